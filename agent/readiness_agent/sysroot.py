"""Reads the small text files by which Linux describes a machine, under a root that may be a recorded tree."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
_MOST_BYTES = 1 << 20


def text(root: Path, path: str) -> str | None:
    """Give a file's text without its NULs and surrounding space; None when it cannot be read."""
    try:
        with (root / path).open("rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError:
        return None
    return data.replace(b"\0", b" ").decode("utf-8", "replace").strip()


def integer(root: Path, path: str) -> int | None:
    """Give the whole number that a file holds; None when it cannot be read or holds something else."""
    said = text(root, path)
    try:
        return None if said is None else int(said)
    except ValueError:
        return None


def fields(said: str | None, separator: str = ":") -> dict[str, str]:
    """Read `key: value` lines; the first of equal keys counts, as in /proc/cpuinfo."""
    found: dict[str, str] = {}
    for line in (said or "").splitlines():
        key, mark, value = line.partition(separator)
        if mark:
            found.setdefault(key.strip(), value.strip().strip('"'))
    return found


def matches(root: Path, pattern: str) -> Iterator[str]:
    """Give the paths below the root that match a glob, sorted; a folder that cannot be listed gives none."""
    try:
        found = sorted(root.glob(pattern))
    except OSError:
        return
    for path in found:
        yield str(path.relative_to(root))
