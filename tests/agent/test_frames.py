"""Frame sources: what is no image is counted and named, and nothing usable is one clear refusal."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from readiness.measures.decode import pixels
from readiness_agent.frames import Frame, NoFrames, Skipped, open_frames, spread
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


@pytest.mark.parametrize("src", ["rtsp://10.0.0.1/stream", "camera:0", "/no/such/folder"])
def test_unsupported_sources_are_refused_in_one_line(src: str) -> None:
    with pytest.raises(NoFrames, match="frames come from a folder of images or a video file"):
        open_frames(src, 10)


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
