"""Looking at files: odd ones are told of, one that kills its process costs only itself, stopping is quick."""

import os
import time
from pathlib import Path

import cv2
import pytest

from crashing import fatal
from parts_dataset import picture
from readiness_coordinator.scan import viewing
from readiness_coordinator.scan.view import look_at


def written(folder: Path, count: int) -> list[str]:
    paths = [str(folder / f"{index:03d}.png") for index in range(count)]
    for seed, path in enumerate(paths):
        cv2.imwrite(path, picture(seed % 3))
    return paths


def test_a_file_that_kills_its_process_costs_only_itself(tmp_path: Path):
    paths = written(tmp_path, 40)
    paths[20] = str(tmp_path / "fatal.png")
    cv2.imwrite(paths[20], picture(1))
    looked = list(viewing.in_processes(fatal, paths, 2))
    views = [one.view for one in looked]
    assert [index for index, one in enumerate(views) if one.problem] == [20]
    assert views[20].problem == "kills the image decoder"
    assert views[20].digest == look_at(paths[20]).view.digest
    assert looked[39] == look_at(paths[39])


def test_what_is_no_regular_file_is_told_of_and_never_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    assert look_at(str(tmp_path / "pipe.png")).view.problem == "cannot be read: not a regular file"
    assert look_at(str(tmp_path / "folder.png")).view.problem == "cannot be read: not a regular file"
    assert "symbolic links" in look_at(str(tmp_path / "loop.png")).view.problem
    assert look_at(str(tmp_path / "gone.png")).view.problem == "cannot be read: No such file or directory"


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1)])
def test_odd_shapes_are_looked_at(tmp_path: Path, shape: tuple[int, int]):
    cv2.imwrite(str(tmp_path / "a.png"), cv2.resize(picture(1), shape[::-1]))
    seen = look_at(str(tmp_path / "a.png")).view
    assert ((seen.height, seen.width), seen.problem) == (shape, "")


def test_an_exception_of_the_progress_stops_the_work(tmp_path: Path):
    class Stopping(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopping

    paths = written(tmp_path, 64) * 40
    begun = time.monotonic()
    with pytest.raises(Stopping):
        viewing.view_all(paths, 2, stop)
    assert time.monotonic() - begun < 20
