"""Reads the small text files by which Linux describes a machine, under a root that may be a recorded tree."""

import errno
import glob
import math
import os
import stat
from pathlib import Path

ROOT = Path("/")
_MOST_BYTES = 1 << 18
_LONGEST_NUMBER = 20
_MOST_NOTES = 6
_ABSENT = {errno.ENOENT, errno.ENOTDIR}
_DENIED = {errno.EACCES, errno.EPERM}
# Who may read what is closed to others, by the kernel's and the distributions' own rules.
_NEEDS = (("dev/vcio", "group video"), ("sys/class/powercap", "root"), ("sys/kernel/debug", "root"))


class Tree:
    """The files of one machine; what is there and cannot be read is noted, with the reason, for the reader's report.

    A recorded tree stands for another machine: nothing outside it is read, whatever its links say.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self._inside = os.path.realpath(root)
        self.live = self._inside == os.sep
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Give why something is unknown, one line each; the first few stand for all."""
        lines = list(self._notes)
        more = [f"and {len(lines) - _MOST_NOTES} more"] * (len(lines) > _MOST_NOTES)
        return (*lines[:_MOST_NOTES], *more)

    def note(self, line: str) -> None:
        self._notes.setdefault(line)

    def text(self, path: str) -> str | None:
        """Give a file's text (its first 256 KiB) without its NULs and surrounding space; None when there is none."""
        try:
            return _decoded(self._bytes(self._place(path)))
        except OSError as error:
            if error.errno not in _ABSENT:
                self.note(_why(path, error))
            return None

    def integer(self, path: str) -> int | None:
        """Give the whole number that a file holds; None when it cannot be read or holds something else."""
        said = self.text(path)
        number = integer(said)
        if said and number is None:
            self.note(f"no whole number: /{path}")
        return number

    def matches(self, pattern: str) -> list[str]:
        """Give the paths below the root that match a glob, in the order of their numbers."""
        return sorted(glob.glob(pattern, root_dir=self.root), key=lambda path: (len(path), path))  # noqa: PTH207 - pathlib's glob takes three times as long, and the daemon globs every interval

    def exists(self, path: str) -> bool:
        try:
            return os.path.exists(self._place(path))  # noqa: PTH110 - as in _place
        except OSError:
            return False

    def _place(self, path: str) -> str:
        place = os.path.join(self.root, path)  # noqa: PTH118 - hundreds of reads a sample: a Path each costs more than the read
        if not self.live and not os.path.realpath(place).startswith(self._inside + os.sep):
            raise PermissionError(errno.EXDEV, "a link leaves the recorded tree", place)
        return place

    @staticmethod
    def _bytes(place: str) -> bytes:
        """Read a regular file; a pipe or a device is not even opened, it could block or act."""
        if not stat.S_ISREG(os.stat(place).st_mode):  # noqa: PTH116 - as in _place
            raise OSError(errno.EINVAL, "no regular file", place)
        with open(place, "rb", opener=_without_waiting) as file:
            return file.read(_MOST_BYTES) or b""


def text(root: Path, path: str) -> str | None:
    """Give one file's text as `Tree.text` does, for who needs no notes."""
    return Tree(root).text(path)


def integer(said: str | None) -> int | None:
    """Give the whole number that a text is; None for anything else, and for what no counter can hold."""
    try:
        return None if said is None or len(said) > _LONGEST_NUMBER else _counted(int(said))
    except ValueError:
        return None


def number(said: str | None) -> float | None:
    """Give the finite number that a text is; None for anything else."""
    try:
        found = math.nan if said is None else float(said)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def fields(said: str | None, separator: str = ":") -> dict[str, str]:
    """Read `key: value` lines; the first of equal keys counts, as in /proc/cpuinfo."""
    found: dict[str, str] = {}
    for line in (said or "").splitlines():
        key, mark, value = line.partition(separator)
        if mark:
            found.setdefault(key.strip(), value.strip().strip('"'))
    return found


def _counted(count: int) -> int | None:
    return count if abs(count) < 1 << 63 else None


def _decoded(data: bytes) -> str:
    return data.replace(b"\0", b" ").decode("utf-8", "replace").strip()


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _why(path: str, error: OSError) -> str:
    if error.errno not in _DENIED:
        return f"{(error.strerror or 'unreadable').lower()}: /{path}"
    needs = next((f"; needs {who}" for start, who in _NEEDS if path.startswith(start)), "")
    return f"permission denied: /{path}{needs}"


def chips(tree: Tree, driver: str) -> list[str]:
    """Give the hwmon folders whose driver calls itself so (an INA3221 may be recorded under its bus only)."""
    for pattern in ("sys/class/hwmon/hwmon*", "sys/bus/i2c/devices/*/hwmon/hwmon*"):
        found = [folder for folder in tree.matches(pattern) if tree.text(f"{folder}/name") == driver]
        if found:
            return found
    return []
