"""Looking at files: odd ones are told of, one that kills its process costs only itself, stopping is quick."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import psutil
import pytest

from crashing import FATAL, STALLED, STRANGE, fatal
from parts_dataset import picture
from readiness_coordinator.scan import engines, viewing
from readiness_coordinator.scan.cache import Cache, Known, code
from readiness_coordinator.scan.view import View, look_at, look_into
from slow_scans import gone

NOWHERE = Known(None, "", code())


def written(folder: Path, count: int) -> list[str]:
    paths = [str(folder / f"{index:03d}.png") for index in range(count)]
    for seed, path in enumerate(paths):
        cv2.imwrite(path, picture(seed % 3))
    return paths


def marked(path: str, mark: bytes) -> None:
    with Path(path).open("ab") as file:
        file.write(mark)


def views(chunks: Sequence[list[viewing.Seen]]) -> list[View]:
    return [one.looked.view for chunk in chunks for one in chunk]


def test_a_file_that_kills_or_holds_its_process_costs_only_itself(tmp_path: Path):
    paths = written(tmp_path, 40)
    for index, mark in ((3, FATAL), (4, FATAL), (20, STALLED), (30, STRANGE), (39, FATAL)):
        marked(paths[index], mark)
    Path(paths[11]).unlink()
    with closing(engines.Processes(2)) as pool:
        begun = time.monotonic()
        seen = list(viewing.view_all(paths, pool, NOWHERE, look=fatal, patience_s=1))
    problems = {index: one.problem for index, one in enumerate(views(seen)) if one.problem}
    assert problems == {
        **dict.fromkeys((3, 4, 20, 39), viewing.FATAL),
        11: "cannot be read: No such file or directory",
        30: "cannot be looked at: no such colour",
    }
    assert [how for chunk in seen for _, how in chunk].count("failed") == 6
    assert views(seen)[20].digest == look_at(paths[20]).view.digest
    assert views(seen)[38] == look_at(paths[38]).view
    assert time.monotonic() - begun < 30


def test_what_is_no_regular_file_is_told_of_and_never_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    paths = [str(tmp_path / f"{name}.png") for name in ("pipe", "folder", "loop", "gone")]
    problems = [one.problem for one in views(list(viewing.view_all(paths, engines.Engine(), NOWHERE)))]
    assert problems[:2] == ["cannot be read: not a regular file"] * 2
    assert "symbolic links" in problems[2]
    assert problems[3] == "cannot be read: No such file or directory"


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1)])
def test_odd_shapes_are_looked_at(tmp_path: Path, shape: tuple[int, int]):
    cv2.imwrite(str(tmp_path / "a.png"), cv2.resize(picture(1), shape[::-1]))
    seen = look_at(str(tmp_path / "a.png")).view
    assert ((seen.height, seen.width), seen.problem) == (shape, "")


def test_told_to_stop_it_ends_at_once_with_its_processes(tmp_path: Path):
    paths = written(tmp_path, 64)
    marked(paths[30], STALLED)
    begun, seen = time.monotonic(), list[View]()
    with closing(engines.Processes(2)) as pool:
        for chunk in viewing.view_all(paths, pool, NOWHERE, look=fatal, stop=lambda: len(seen) >= 8):
            seen.extend(views([chunk]))
        started = psutil.Process().children(recursive=True)
        children = [child for child in started if "spawn_main" in " ".join(child.cmdline())]
    assert len(seen) in range(8, 31)
    assert time.monotonic() - begun < 20
    gone(children)


def test_an_unchanged_file_is_not_looked_at_again_and_a_swapped_one_is(tmp_path: Path):
    paths = written(tmp_path, 6)
    cache = Cache(tmp_path / "cache")
    with closing(engines.Engine()) as here:
        first = [one for chunk in viewing.view_all(paths, here, cache.known) for one in chunk]
        cache.put([one.looked for one in first], [])
        kept = Path(paths[5]).stat()
        Path(paths[5]).write_bytes(Path(paths[0]).read_bytes()[::-1])
        os.utime(paths[5], ns=(kept.st_atime_ns, kept.st_mtime_ns))
        again = [one for chunk in viewing.view_all(paths, here, cache.known, look=fatal) for one in chunk]
    assert [one.how for one in again] == ["reused"] * 5 + ["looked"]
    assert [one.looked.view for one in again[:5]] == [one.looked.view for one in first[:5]]
    assert again[5].looked.view.problem
    assert cache.print_of(str(first[0].looked.view.digest)) == first[0].looked.print
    cache.close()


def test_a_worker_of_another_version_is_refused(tmp_path: Path):
    with pytest.raises(viewing.OtherCode, match="another version"):
        viewing.look_at_each([], viewing.Task(look_into, Known(None, "", "0123"), 0))


def test_workers_that_cannot_live_are_one_line_and_no_fault_of_the_files(tmp_path: Path):
    paths = written(tmp_path, 3)
    with closing(engines.Processes(1)) as pool:
        pool._pool = dying(pool)
        with pytest.raises(engines.Unavailable, match="end as soon as they start"):
            list(viewing.view_all(paths, pool, NOWHERE))


def dying(pool: engines.Processes) -> Any:
    class Dying:
        def submit(self, *_words: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(pool.died("gone"))
            return future

        def shutdown(self, **_: Any) -> None:
            pass

    return Dying()


def test_workers_keep_to_themselves_what_image_libraries_print(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    files = written(tmp_path, 2)
    for path in files:
        data = Path(path).read_bytes()
        Path(path).write_bytes(data[: len(data) // 2])
    with closing(engines.Processes(1)) as engine:
        seen = views(list(viewing.view_all(files, engine, NOWHERE)))
    assert all(view.damage for view in seen)
    assert capfd.readouterr().err == ""
