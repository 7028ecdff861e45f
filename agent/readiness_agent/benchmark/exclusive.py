"""Lets one benchmark at a time run on a device: two would each measure the other."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from readiness.exits import UNAVAILABLE, Stop

_NAME = "readiness-benchmark.lock"


@contextmanager
def sole_benchmark() -> Iterator[None]:
    """Hold the device's benchmark lock (flock, which the kernel frees whatever ends this process).

    Raises Stop where another benchmark runs. Where no lock file can be made it is gone without.
    """
    try:
        held = _opened(Path(tempfile.gettempdir(), _NAME))
    except OSError:
        yield
        return
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(_refusal(held), UNAVAILABLE) from None
        yield
    finally:
        os.close(held)


def _opened(path: Path) -> int:
    """Open the lock file, which may be another user's: reading is enough to lock it."""
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)


def _refusal(held: int) -> str:
    holder = _holder(os.fstat(held))
    who = "another benchmark" if holder is None else f"another benchmark (process {holder})"
    return f"{who} runs on this device, and two would disturb each other; wait until it has ended"


def _holder(lock: os.stat_result) -> int | None:
    """Give the process that holds a lock on the file, as Linux lists them (proc(5), /proc/locks)."""
    place = f"{os.major(lock.st_dev):02x}:{os.minor(lock.st_dev):02x}:{lock.st_ino}"
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    holders = [
        words[4] for words in map(str.split, lines) if len(words) > 5 and words[5] == place and "->" not in words
    ]
    return next((int(pid) for pid in holders if int(pid) > 0), None)
