"""Frame sources: what is no image is counted and named, and nothing usable is one clear refusal."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from live_sources import jpeg
from readiness.canonical import digest_bytes
from readiness.evidence.benchmark import Source
from readiness.measures.decode import pixels
from readiness_agent import frameset
from readiness_agent.frames import Flow, Frame, NoFrames, Pace, Skipped, camera, open_frames, spread
from readiness_agent.frames.live import opencv
from readiness_agent.frames.live.address import redacted
from readiness_agent.frames.live.gaps import Gaps
from readiness_agent.frameset import CapturedFrame, FrameSet, Statistics, Totals
from readiness_agent.worker.calling import run_job
from readiness_agent.worker.jobs import Survey, Surveyed
from readiness_agent.worker.survey import survey


def picture(path: Path, value: int) -> Path:
    Image.fromarray(np.full((8, 8, 3), value, dtype=np.uint8)).save(path)
    return path


def test_folder_gives_images_in_name_order_and_names_the_rest(tmp_path: Path) -> None:
    for name, value in (("b.png", 1), ("a.jpg", 2), ("c.webp", 3), ("d.bmp", 4)):
        picture(tmp_path / name, value)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8 no more")
    done = survey(Survey(src=str(tmp_path), most=100, spill=str(tmp_path)))
    assert [Path(file).name for file in done.files] == ["a.jpg", "b.png", "c.webp", "d.bmp"]
    assert done.skipped.total == 2
    assert {line.split(":")[0] for line in done.skipped.named} == {"notes.txt", "torn.jpg"}


def test_the_digest_is_of_the_usable_frames_bytes(tmp_path: Path) -> None:
    first = picture(tmp_path / "a.png", 1)
    survey_ = Survey(src=str(tmp_path), most=100, spill=str(tmp_path))
    wanted = hashlib.sha256(hashlib.sha256(first.read_bytes()).digest()).hexdigest()
    assert survey(survey_).digest == f"sha256:{wanted}"
    picture(first, 2)
    assert survey(survey_).digest != f"sha256:{wanted}"


def test_a_frame_of_the_same_content_is_kept_once_and_named(tmp_path: Path) -> None:
    job = Survey(src=str(tmp_path), most=100, spill=str(tmp_path))
    picture(tmp_path / "a.png", 1)
    picture(tmp_path / "c.png", 2)
    alone = survey(job)
    for name in ("b.png", "d.png"):
        (tmp_path / name).write_bytes((tmp_path / "a.png").read_bytes())
    done = survey(job)
    assert (done.files, done.digest) == (alone.files, alone.digest)
    assert [Path(file).name for file in done.files] == ["a.png", "c.png"]
    assert alone.repeated.total == 0
    assert done.repeated.total == 2
    assert done.repeated.named == ("b.png: the same as a.png", "d.png: the same as a.png")


def test_a_name_that_is_not_utf_8_is_skipped_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    good = picture(folder / "a.png", 1)
    for name in (b"caf\xe9.png", b"\xff.txt"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(good.read_bytes())
    done = run_job(Survey(src=str(folder), most=100, spill=str(tmp_path)), Surveyed, str(folder), 60)
    assert done.files == (str(good),)
    assert sorted(done.skipped.named) == [
        r"\xff.txt: no image by its suffix",
        r"caf\xe9.png: its name is not UTF-8; rename it",
    ]


@pytest.mark.parametrize("names", [(), ("readme.md",), ("torn.png",)])
def test_nothing_usable_is_refused_in_one_line(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"no image")
    with pytest.raises(NoFrames, match=f"{tmp_path}: no usable frame, {len(names)} files skipped") as refused:
        survey(Survey(src=str(tmp_path), most=100, spill=str(tmp_path)))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("src", ["ftp://joe:s3cret@10.0.0.1/stream", "/no/such/folder", "camera"])
def test_unsupported_sources_are_refused_in_one_line(src: str) -> None:
    with pytest.raises(NoFrames, match=r"frames come from a camera .*, a folder of images, .* a video file") as refused:
        open_frames(src, 10)
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_video_that_is_none_is_refused(tmp_path: Path) -> None:
    fake = tmp_path / "clip.mp4"
    fake.write_bytes(b"no video at all")
    with pytest.raises(NoFrames, match="no video that OpenCV can open"):
        list(open_frames(str(fake), 10))


def test_video_frames_stand_at_even_spacing(shared_data: Path) -> None:
    frames = list(open_frames(str(shared_data / "frames/video/udacity_test_video.mp4"), 5))
    assert [frame.name for frame in frames] == ["000000.bmp", "000007.bmp", "000015.bmp", "000022.bmp", "000030.bmp"]
    assert isinstance(frames[0], Frame)
    assert pixels(frames[0].data).shape == (720, 1280, 3)


def test_most_frames_are_spread_over_the_folder(tmp_path: Path) -> None:
    for number in range(10):
        picture(tmp_path / f"{number}.png", number)
    names = [frame.name for frame in open_frames(str(tmp_path), 5) if not isinstance(frame, Skipped)]
    assert names == ["0.png", "2.png", "4.png", "6.png", "8.png"]
    assert spread(3, 10) == [0, 1, 2]
    assert spread(0, 10) == []


def video(path: Path, frames: int) -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(frames):
        writer.write(np.full((48, 64, 3), 4 * number, dtype=np.uint8))
    writer.release()
    return path.read_bytes()


def test_a_video_that_was_cut_off_says_so(tmp_path: Path) -> None:
    whole = tmp_path / "whole.avi"
    data = video(whole, 50)
    job = Survey(src=str(whole), most=100, spill=str(tmp_path))
    assert survey(job).source == Source(kind="video")
    whole.write_bytes(data[: len(data) // 2])
    done = survey(job)
    assert done.source is not None
    assert done.source.ended.startswith("the video ends at frame ")
    assert 10 < len(done.files) < 40


class FakeCapture:
    """What OpenCV gives for a camera: `plan` says how each grab goes; a number is seconds that it blocks."""

    def __init__(self, plan: Sequence[object], size: tuple[int, int] = (64, 48)) -> None:
        self.plan, self.size, self.number, self.released = list(plan), size, 0, False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def get(self, what: int) -> float:
        sizes = {cv2.CAP_PROP_FRAME_WIDTH: self.size[0], cv2.CAP_PROP_FRAME_HEIGHT: self.size[1]}
        return sizes.get(what, 33.0 * self.number if what == cv2.CAP_PROP_POS_MSEC else -1.0)

    def grab(self) -> bool:
        step = self.plan.pop(0) if self.plan else True
        if isinstance(step, float):
            time.sleep(step)
        self.number += step if type(step) is int else 1
        time.sleep(0.002)
        return step is not False

    def retrieve(self) -> tuple[bool, object]:
        return True, np.full((self.size[1], self.size[0], 3), self.number % 256, dtype=np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def plug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeCapture], list[dict[int, int]]]:
    """Plug in a camera 0 that behaves as told; gives what it was opened with."""
    monkeypatch.setattr(camera, "DEVICES", tmp_path)

    def plugged(fake: FakeCapture) -> list[dict[int, int]]:
        asked: list[dict[int, int]] = []
        (tmp_path / "video0").touch()

        def opened(target: str, backend: int, settings: dict[int, int]) -> FakeCapture:
            asked.append(settings)
            return fake

        monkeypatch.setattr(opencv, "open_capture", opened)
        return asked

    return plugged


def taken(src: str, most: int, pace: Pace) -> tuple[list[Frame], Flow]:
    """Read a source to its end; gives its frames and the sum of all that it told."""
    every = list(open_frames(src, most, pace))
    flows = [one for one in every if isinstance(one, Flow)]
    total = Flow(
        arrived=sum(flow.arrived for flow in flows),
        dropped=sum(flow.dropped for flow in flows),
        reconnects=sum(flow.reconnects for flow in flows),
        ended="; ".join(flow.ended for flow in flows if flow.ended),
    )
    return [one for one in every if isinstance(one, Frame)], total


def test_a_camera_gives_fresh_frames_at_the_pace(plug: Callable[..., list[dict[int, int]]]) -> None:
    fake = FakeCapture(())
    asked = plug(fake)
    frames, flow = taken("camera:0?size=64x48&fps=30", 3, Pace(every_s=0.1))
    numbers = [int(pixels(frame.data)[0, 0, 0]) for frame in frames]
    assert numbers[0] <= 3
    assert all(second - first >= 5 for first, second in pairwise(numbers))
    assert flow.arrived >= numbers[-1]
    assert (flow.dropped, flow.ended, fake.released) == (0, "", True)
    assert asked == [{cv2.CAP_PROP_FRAME_WIDTH: 64, cv2.CAP_PROP_FRAME_HEIGHT: 48, cv2.CAP_PROP_FPS: 30}]


def test_a_camera_that_is_unplugged_ends_with_the_reason_and_keeps_its_frames(plug: Callable[..., object]) -> None:
    plug(FakeCapture([*[True] * 20, False]))
    frames, flow = taken("camera:0", 100, Pace())
    assert 5 <= len(frames) <= 20
    assert flow.ended == "the camera gives no more frames; was it unplugged?"


def test_a_read_that_blocks_is_not_waited_for(plug: Callable[..., object]) -> None:
    plug(FakeCapture([True, True, True, 5.0]))
    began = time.monotonic()
    frames, flow = taken("camera:0", 100, Pace(read_s=0.3))
    assert time.monotonic() - began < 3
    assert 1 <= len(frames) <= 3
    assert flow.ended == "no frame within 0.3 s"


def test_frames_that_a_camera_left_out_are_counted(plug: Callable[..., object]) -> None:
    plug(FakeCapture([*[1] * 10, 4, *[1] * 10, 2, *[1] * 200]))
    _, flow = taken("camera:0", 30, Pace())
    assert flow.dropped == 4


@pytest.mark.parametrize(
    ("src", "line"),
    [
        ("camera:0?size=640x480", "the camera gives 64x48 and not the size asked"),
        ("camera:7", "there is no .*video7; cameras here: video0"),
        ("camera:0?zoom=2", "no camera; write camera:0"),
        ("camera:0?size=0x4", "no camera; write camera:0"),
        ("camera:", "no camera; write camera:0"),
    ],
)
def test_a_camera_that_cannot_be_had_is_one_line(plug: Callable[..., object], src: str, line: str) -> None:
    plug(FakeCapture(()))
    with pytest.raises(NoFrames, match=line):
        list(open_frames(src, 3))


def test_a_camera_asked_for_jpeg_keeps_its_bytes(plug: Callable[..., object]) -> None:
    fake = FakeCapture(())
    asked = plug(fake)
    data = jpeg(1)
    fake.retrieve = lambda: (True, np.frombuffer(data, dtype=np.uint8)[None])  # type: ignore[method-assign]
    frames, _ = taken("camera:0?fourcc=MJPG", 1, Pace())
    assert (frames[0].data, frames[0].name) == (data, "000000.jpg")
    assert asked == [{cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*"MJPG"), cv2.CAP_PROP_CONVERT_RGB: 0}]


@given(st.lists(st.integers(1, 6), min_size=10, max_size=60), st.floats(5.0, 100.0))
def test_gaps_count_what_is_missing(steps: list[int], period_ms: float) -> None:
    """With a rate that is known by then, every frame left out is counted, and a late one is not."""
    gaps, at = Gaps(), 0
    for step in [1] * 120:
        at += step
        gaps.add(at * period_ms)
    for step in steps:
        for one in (step, *[1] * 40):
            at += one
            gaps.add(at * period_ms)
    assert gaps.dropped == sum(steps) - len(steps)


def test_late_frames_are_not_lost_and_a_slower_camera_loses_none() -> None:
    gaps = Gaps()
    at = [10.0 * n for n in range(20)] + [250.0, 251.0, 252.0, 253.0, 254.0, 255.0, 260.0]
    for moment in at:
        gaps.add(moment)
    assert gaps.dropped == 0
    slower = Gaps()
    for n in range(200):
        slower.add(33.0 * n * (1 + n / 400))
    assert slower.dropped == 0


def frame_set(folder: Path, values: Sequence[int]) -> FrameSet:
    frames = []
    folder.mkdir()
    seen = Statistics(brightness=1, contrast=1, sharpness=1, entropy=1, shadow=0, highlight=1)
    for index, value in enumerate(values):
        data = picture(folder / f"{index:06d}.png", value).read_bytes()
        frames.append(
            CapturedFrame(
                index=index,
                file=f"{index:06d}.png",
                digest=digest_bytes(data),
                time="2026-11-24T10:00:00.000Z",
                source="camera:0",
                width=8,
                height=8,
                statistics=seen,
            )
        )
    totals = Totals(asked=9, got=len(frames), arrived=90, dropped=2, reconnects=1, ended="no more")
    made = FrameSet(
        schema="readiness.frames/1",
        source="camera:0",
        kind="camera",
        every_s=1,
        begun_at="",
        updated_at="",
        totals=totals,
        frames=tuple(frames),
    )
    frameset.write(folder, made)
    return made


def test_a_frame_set_has_the_digest_of_its_images_and_tells_what_its_capture_lost(tmp_path: Path) -> None:
    frame_set(tmp_path / "set", [1, 2, 2, 3])
    done = survey(Survey(src=str(tmp_path / "set"), most=100, spill=str(tmp_path)))
    (tmp_path / "set" / "frames.json").unlink()
    plain = survey(Survey(src=str(tmp_path / "set"), most=100, spill=str(tmp_path)))
    assert (done.files, done.digest, done.repeated) == (plain.files, plain.digest, plain.repeated)
    assert len(done.files) == 3
    assert plain.source == Source(kind="folder")
    assert done.source == Source(
        kind="frame-set", arrived=90, dropped=2, reconnects=1, ended="no more at 4 of 9 frames"
    )


def test_changed_and_missing_files_of_a_set_are_told_and_not_run(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    made = frame_set(folder, [1, 2, 3, 4])
    picture(folder / "000001.png", 9)
    (folder / "000002.png").unlink()
    picture(folder / "stray.png", 5)
    out = msgspec.structs.replace(made.frames[3], file="../../stray.png")
    frameset.write(folder, msgspec.structs.replace(made, frames=(*made.frames[:3], out)))
    done = survey(Survey(src=str(folder), most=100, spill=str(tmp_path)))
    assert [Path(file).name for file in done.files] == ["000000.png"]
    assert done.changed.named == (
        "000001.png: its bytes are not those that were captured",
        "000002.png: no such file or directory",
        "../../stray.png: its name leads out of the folder",
    )
    assert {line.split(":")[0] for line in done.skipped.named} == {"000003.png", "stray.png"}


@pytest.mark.parametrize("said", ["", "[1]", '{"schema": "readiness.frames/2"}', "\xff"])
def test_a_frames_json_that_is_none_is_refused_in_one_line(tmp_path: Path, said: str) -> None:
    (tmp_path / "frames.json").write_text(said)
    with pytest.raises(NoFrames, match=r"frames.json: no frame set \(readiness.frames/1\)"):
        survey(Survey(src=str(tmp_path), most=100, spill=str(tmp_path)))


def test_a_full_place_for_frames_is_one_line(plug: Callable[..., object]) -> None:
    plug(FakeCapture(()))
    with pytest.raises(NoFrames, match=r"/nowhere: frames cannot be kept here: .*; free some room"):
        survey(Survey(src="camera:0", most=5, spill="/nowhere", every_s=0))


@pytest.mark.parametrize(
    ("src", "shown"),
    [
        ("rtsp://joe:pa/ss@w0rd@cam.local:554/live?x=1", "rtsp://***@cam.local:554/live?x=1"),
        ("http://cam/snap.cgi?user=joe&pwd=s3cret&channel=1", "http://cam/snap.cgi?user=***&pwd=***&channel=1"),
        ("http://cam/video?access_token=abc", "http://cam/video?access_token=***"),
        ("rtsp://cam/live", "rtsp://cam/live"),
        ("camera:0?fps=30", "camera:0?fps=30"),
    ],
)
def test_what_grants_access_is_never_shown(src: str, shown: str) -> None:
    assert redacted(src) == shown
