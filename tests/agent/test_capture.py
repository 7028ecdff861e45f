"""The capture command: a set is whole at every moment, says how far it came, and is continued."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest

from children import free_port, wait_until
from live_sources import Camera, camera, jpeg, playing
from readiness_agent import frameset
from readiness_agent.__main__ import main
from readiness_agent.frameset import CapturedFrame, Statistics
from readiness_agent.worker import capture as capturing
from readiness_agent.worker.jobs import Capture, Survey
from readiness_agent.worker.looking import Looker, notes
from readiness_agent.worker.survey import survey


def words(src: str, out: Path, count: int, *more: str) -> list[str]:
    return ["capture", "--source", src, "--count", str(count), "--every", "0.02", "--out", str(out), *more]


def whole(folder: Path) -> dict[str, Any]:
    """Read a set and hold every file that it names against its digest."""
    made: dict[str, Any] = json.loads((folder / "frames.json").read_bytes())
    for index, frame in enumerate(made["frames"]):
        data = (folder / frame["file"]).read_bytes()
        assert frame["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert (frame["index"], frame["width"], frame["height"]) == (index, 64, 48)
    assert made["totals"]["got"] == len(made["frames"])
    return made


def test_a_stream_becomes_a_set_with_the_digest_that_a_benchmark_names(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    with camera(playing()) as server:
        assert main(words(server.url.replace("://", "://joe:s3cret@"), out, 5, "--json", str(tmp_path / "j"))) == 0
    made = whole(out)
    assert made == json.loads((tmp_path / "j").read_bytes())
    assert made["totals"] | {"arrived": 0, "dropped": 0} == {
        "asked": 5,
        "got": 5,
        "arrived": 0,
        "dropped": 0,
        "reconnects": 0,
        "repeated": 0,
        "skipped": 0,
        "ended": "",
    }
    assert (made["schema"], made["kind"], made["every_s"]) == ("readiness.frames/1", "stream", 0.02)
    assert made["source"] == server.url.replace("://", "://***@")
    assert survey(Survey(src=str(out), most=99, spill=str(tmp_path))).digest == made["digest"]
    said = capfd.readouterr()
    assert said.out.startswith(f"5 of 5 frames from {made['source']} in {out}; ")
    written = b"".join(path.read_bytes() for path in out.iterdir())
    assert b"s3cret" not in written
    assert "s3cret" not in said.out + said.err


def test_fewer_than_asked_is_missing_evidence_and_the_next_run_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with camera(playing(3, 0.1), lambda self: self.wait(9), playing(9, 0.1)) as server:
        assert main(words(server.url, tmp_path / "set", 6, "--timeout", "0.9")) == 3
        first = whole(tmp_path / "set")
        assert first["totals"]["ended"].startswith("the time limit of 0.9 s came")
        assert f"{first['totals']['got']} of 6 frames are in {tmp_path / 'set'}" in capfd.readouterr().err
        assert main(words(server.url, tmp_path / "set", 6)) == 0
    second = whole(tmp_path / "set")
    assert (second["totals"]["got"], second["totals"]["ended"]) == (6, "")
    assert second["frames"][: len(first["frames"])] == first["frames"]
    assert second["begun_at"] == first["begun_at"]
    assert main(words(server.url, tmp_path / "set", 6)) == 0  # nothing is left to do, with the camera gone


@pytest.mark.parametrize("kind", ["foreign", "file", "other source", "changed", "torn"])
def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set"
    with camera(playing()) as server:
        if kind in {"other source", "changed", "torn"}:
            src = server.url + "?camera=2" if kind == "other source" else server.url
            assert main(words(src, out, 2)) == 0
        lines = {
            "foreign": "holds files and is no frame set",
            "other source": "holds frames from http",
            "file": "exists",
        }
        if kind == "foreign":
            out.mkdir()
            (out / "mine.txt").write_text("mine")
        if kind == "file":
            out.write_text("mine")
        if kind == "changed":
            (out / "000001.jpg").write_bytes(jpeg(999))
        if kind == "torn":
            (out / "frames.json").write_text("{")
        capfd.readouterr()
        assert main(words(server.url, out, 4)) == 2
    line = capfd.readouterr().err
    assert line.count("\n") == 1
    assert lines.get(kind, {"changed": "not those that were captured", "torn": "no frame set"}.get(kind, "?")) in line


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"--source": "http://joe:s3cret@127.0.0.1:{port}/x"}, "cannot be reached: Connection refused"),
        ({"--source": "camera:93"}, "there is no /dev/video93"),
        ({"--count": "0"}, "--count is 0; it must be 1 to"),
        ({"--every": "-1"}, "--every is -1"),
        ({"--every": "nan"}, "--every is nan"),
        ({"--timeout": "0"}, "--timeout is 0"),
        ({"--out": "/no/such/place/set"}, "its folder does not exist"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, change: dict[str, str], line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    given = {"--source": str(tmp_path), "--count": "2", "--out": str(tmp_path / "set")} | change
    given["--source"] = given["--source"].format(port=free_port())
    assert main(["capture", *(word for pair in given.items() for word in pair)]) == 2
    said = capfd.readouterr().err
    assert line in said
    assert said.count("\n") == 1
    assert "s3cret" not in said


def test_a_video_and_a_folder_become_sets_too(tmp_path: Path) -> None:
    writer = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(10):
        writer.write(np.full((48, 64, 3), 20 * number, dtype=np.uint8))
    writer.release()
    assert main(words(str(tmp_path / "clip.avi"), tmp_path / "set", 5, "--format", "jpg")) == 0
    made = whole(tmp_path / "set")
    assert made["kind"] == "video"
    assert main(words(str(tmp_path / "clip.avi"), tmp_path / "many", 50)) == 3
    many = whole(tmp_path / "many")
    assert (many["totals"]["got"], many["totals"]["ended"]) == (10, "the source has no more frames")
    assert {Path(frame["file"]).suffix for frame in many["frames"]} == {".png"}


def start(src: str, out: Path, count: int = 10_000) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "readiness_agent", *words(src, out, count)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_keeps_what_came_and_says_so(tmp_path: Path, number: int, code: int) -> None:
    out = tmp_path / "set"
    with camera(playing()) as server:
        process = start(server.url, out)
        wait_until(lambda: len(list(out.glob("*.jpg"))) > 3, "three frames")
        workers = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, number)
        _, said = process.communicate(timeout=10)
    assert process.returncode == code
    made = whole(out)
    assert made["totals"]["ended"] == "the capture was cut off"
    assert f"{made['totals']['got']} of 10000 frames are in {out}" in said.decode()
    assert "Traceback" not in said.decode()
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive


def in_a_child(work: Callable[[], object]) -> int:
    """Fork, so that twenty captures need not import OpenCV twenty times; the child never comes back here."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def test_killed_at_any_moment_the_set_is_whole(tmp_path: Path) -> None:
    source, random_ = tmp_path / "source", random.Random(5)
    source.mkdir()
    for number in range(400):
        (source / f"{number:04d}.jpg").write_bytes(jpeg(number))
    job = Capture(src=str(source), count=400, every_s=0, within_s=60, out=str(tmp_path / "set"))
    came = []
    for round_ in range(20):
        child = in_a_child(lambda: capturing.capture(job, lambda done, total: None))
        wait_until((tmp_path / "set" / "frames.json").exists, "a set")
        time.sleep(random_.uniform(0.0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        made = whole(tmp_path / "set")
        came.append(made["totals"]["got"])
        assert made["totals"]["ended"] in {"the capture was cut off", ""}
        if round_ % 4 == 3:
            (tmp_path / "set").rename(tmp_path / f"set{round_}")
    assert max(came) > 10


def test_a_worker_that_is_killed_leaves_its_frames_and_a_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with camera(playing()) as server:
        process = start(server.url, tmp_path / "set")
        wait_until(lambda: len(list((tmp_path / "set").glob("*.jpg"))) > 3, "three frames")
        for worker in psutil.Process(process.pid).children():
            worker.kill()
        _, said = process.communicate(timeout=10)
    assert process.returncode == 3
    assert "killed by SIGKILL" in said.decode()
    assert f"{whole(tmp_path / 'set')['totals']['got']} of 10000 frames are in" in said.decode()


@pytest.mark.parametrize("room", [3000, 6000, 9000, 9500, 10_000, 12_000])
def test_a_full_disk_keeps_what_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    put, out = frameset.put, tmp_path / "set"

    def full(path: Path, data: bytes) -> None:
        if sum(one.stat().st_size for one in out.iterdir()) + len(data) > room:
            raise OSError(28, "No space left on device")
        put(path, data)

    monkeypatch.setattr(frameset, "put", full)
    with camera(playing(every_s=0.05)) as server:
        job = Capture(src=server.url, count=30, every_s=0, within_s=9, out=str(out))
        done = capturing.capture(job, lambda done, total: None)
    assert done.trouble == f"{out}: no more frames can be written: No space left on device; make room there"
    made = whole(out)
    assert made["totals"]["ended"] in {"the capture was cut off", "No space left on device"}
    assert made["totals"]["got"] == len(list(out.glob("*.jpg")))
    assert made["totals"]["got"] > 0 or room < 6000


def test_two_captures_do_not_share_a_folder(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "set").mkdir()
    with camera(playing()) as server, frameset.held(tmp_path / "set"):
        assert main(words(server.url, tmp_path / "set", 3)) == 2
    assert "another capture writes here" in capfd.readouterr().err


def test_torn_pictures_are_left_out_and_others_taken_instead(tmp_path: Path) -> None:
    def script(self: Camera) -> None:
        self.start()
        for number in range(1000):
            data = self.next_jpeg()
            self.part(data if number % 2 else data[:20])
            self.wait(0.01)

    with camera(script) as server:
        assert main(words(server.url, tmp_path / "set", 4)) == 0
    whole(tmp_path / "set")


def test_a_frozen_camera_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def script(self: Camera) -> None:
        self.start("image/jpeg")
        self.wfile.write(jpeg(1))

    with camera(script) as server:
        assert main(words(server.url, tmp_path / "set", 4)) == 0
    made = whole(tmp_path / "set")
    assert made["totals"]["repeated"] == 3
    said = "all 4 frames are the same, byte for byte: the camera is frozen, or shows a still picture"
    assert said in made["notes"]
    assert f"note: {said}" in capfd.readouterr().out


def noted(pictures: list[np.ndarray[Any, np.dtype[np.uint8]]]) -> str:
    looker = Looker()
    frames = [
        CapturedFrame(
            index=index,
            file="",
            digest=str(index),
            time="",
            source="",
            width=picture.shape[1],
            height=picture.shape[0],
            statistics=looker.statistics(picture),
        )
        for index, picture in enumerate(pictures)
    ]
    return "; ".join(notes(frames))


def test_what_is_odd_about_the_frames_is_said_and_nothing_about_good_ones() -> None:
    drawn = np.random.default_rng(1)
    good = [cv2.resize(drawn.integers(0, 255, (30, 40, 3), dtype=np.uint8), (320, 240)) for _ in range(5)]
    assert noted(good) == ""
    assert noted([picture // 8 for picture in good]) == "5 of 5 frames are dark; is the lens covered, or the light off?"
    assert "5 of 5 frames are over-exposed" in noted([np.full_like(picture, 254) for picture in good])
    blurred = cv2.GaussianBlur(cv2.resize(good[4][:40, :40], (320, 240)), (0, 0), 9)
    assert noted([*good[:4], blurred]) == "1 of 5 frames are blurred; focus the lens, or clean it"
    assert "the frames hardly differ" in noted([good[0]] * 3)
    assert "several sizes: 160x120, 320x240" in noted([good[0], good[1][::2, ::2]])


def test_statistics_are_in_the_file_and_differences_between_frames() -> None:
    looker = Looker()
    first = looker.statistics(np.full((48, 64, 3), 100, dtype=np.uint8))
    second = looker.statistics(np.full((48, 64, 3), 130, dtype=np.uint8))
    assert (first.brightness, first.contrast, first.sharpness, first.difference) == (100, 0, 0, None)
    assert second == Statistics(
        brightness=130,
        contrast=0,
        sharpness=0,
        entropy=0,
        shadow=second.shadow,
        highlight=second.highlight,
        difference=30.0,
    )


def test_the_command_itself_decodes_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from readiness_agent.__main__ import main\n"
        f"assert main(['capture', '--source', {str(tmp_path / 'no')!r}, '--count', '1', '--out', 'x']) == 2\n"
        "assert not {'cv2', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, stderr=subprocess.DEVNULL)
