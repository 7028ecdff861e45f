"""A folder for frames that are no files of their own; one that a killed benchmark left is removed by the next."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "readiness-frames-"


@contextmanager
def spill_folder() -> Iterator[str]:
    """Give a fresh folder, locked (flock, which the kernel frees) and there for as long as the block lasts."""
    for stale in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            _sweep(stale)
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder, _opened(Path(folder)) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder


def _sweep(folder: Path) -> None:
    """Remove a folder that nobody holds; an empty one may be about to be. Raises OSError where it may not be had."""
    with _opened(folder) as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if any(folder.iterdir()):
            shutil.rmtree(folder)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield held
    finally:
        os.close(held)
