"""Where datasets lie: folders, zips read in place and remote roots, all under the path methods of pathlib."""

import contextlib
import errno
import os
import re
import stat
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from fsspec.implementations.zip import ZipFileSystem
from fsspec.registry import register_implementation
from upath import UPath

from readiness_coordinator.formats import door
from readiness_coordinator.formats.labelled import Fault, Unreadable

# No label file or image is longer; one that is would be the end of the memory.
MOST_BYTES = 2 << 30
# Deflate reaches 1032:1 on zeros only. Black masks and blank bitmaps come near that, but they are small.
_MOST_RATIO = 200
_SMALL_MEMBER = 64 << 20
_SMALL_ARCHIVE = 4 << 30

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class Archive(ZipFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A zip as a tree of folders, read only. Members whose names lead out of it are left out, named in `refused`.

    The tree is built once: the parent class would walk all members again for each folder that is listed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused: list[str] = []
        self.members: dict[str, zipfile.ZipInfo] = {}
        self.folders: dict[str, set[str]] = {"": set()}
        for member in self.zip.infolist():
            # Zips made on Windows may separate by \, against the format.
            said = member.filename.replace("\\", "/")
            parts = [part for part in said.split("/") if part not in {"", "."}]
            if said.startswith("/") or ".." in parts or re.match("[A-Za-z]:/", said):
                self.refused.append(member.filename)
            elif parts:
                self._add(parts, None if said.endswith("/") else member)

    def _add(self, parts: list[str], member: zipfile.ZipInfo | None) -> None:
        if member is not None:
            self.members["/".join(parts)] = member
        else:
            self.folders.setdefault("/".join(parts), set())
        for depth in range(len(parts) - 1, -1, -1):
            folder = self.folders.setdefault("/".join(parts[:depth]), set())
            if parts[depth] in folder:
                break
            folder.add(parts[depth])

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        path = self._strip_protocol(path)
        if path in self.folders:
            return {"name": path, "type": "directory", "size": 0}
        if path in self.members:
            return {"name": path, "type": "file", "size": self.members[path].file_size}
        raise FileNotFoundError(errno.ENOENT, "no such member", path)

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
        said = self.info(path)
        inside = sorted(self.folders.get(said["name"], ()))
        names = [f"{said['name']}/{name}".lstrip("/") for name in inside] if said["type"] == "directory" else [path]
        return [self.info(name) for name in names] if detail else names

    def find(self, path: str, *args: Any, **kwargs: Any) -> Any:
        return super(ZipFileSystem, self).find(path, *args, **kwargs)

    def _open(self, path: str, mode: str = "rb", **_: Any) -> Any:
        if mode != "rb" or self.info(path)["type"] != "file":
            raise OSError(errno.EINVAL, "not a regular file", path)
        member = self.members[self._strip_protocol(path)]
        if member.file_size > max(_SMALL_MEMBER, _MOST_RATIO * member.compress_size):
            raise OSError(errno.EFBIG, f"unpacks to {member.file_size:,} bytes, as a zip bomb does", path)
        return self.zip.open(member)


register_implementation("zip", Archive, clobber=True)


def place(text: str) -> Path:
    """Give the place that a path or URL names; a zip is its own root folder, and never unpacked.

    Raises Unreadable, with one line, for a URL that nothing here reads and for a zip that is none.
    """
    if text.lower().startswith("file://"):
        text = text[len("file://") :]
    if not _URL.match(text):
        return _root(text) if text.lower().endswith(".zip") and Path(text).is_file() else Path(text)
    if text.lower().startswith("zip://"):
        member, _, archive = text[len("zip://") :].rpartition("::")
        return _root(archive) / member if member else _root(archive)
    try:
        remote = UPath(text)
        zipped = remote.fs.isfile(remote.path) if text.lower().endswith(".zip") else remote.fs is None
    except Exception as error:  # noqa: BLE001 - each file system fails with exceptions of its own
        raise Unreadable(f"{text}: cannot be reached: {_line(error)}") from None
    return _root(text) if zipped else cast("Path", remote)


def is_remote(path: Path) -> bool:
    """Tell whether a place is read through fsspec: a zip or a URL."""
    return remote(path) is not None


def remote(path: Path) -> UPath | None:
    """Give a place that is read through fsspec as what it is; None for a plain path."""
    found: object = path
    return found if isinstance(found, UPath) else None


def on_disk(path: Path) -> Path | None:
    """Give the local file or folder that holds a place: the zip of a member; None for what lies on another machine."""
    if not is_remote(path):
        return path
    archive = str(path).rpartition("::")[2] if str(path).startswith("zip://") else ""
    return None if not archive or _URL.match(archive) else Path(archive)


def stem(path: Path) -> str:
    """Give the name of the dataset at a place: of its zip, for what is all of one."""
    return Path(path.name or str(path).rpartition("::")[2]).stem


def faults(path: Path) -> tuple[Fault, ...]:
    """Tell of what lies in a zip and cannot be read from there."""
    zipped = remote(path)
    if zipped is None or zipped.protocol != "zip":
        return ()
    refused = zipped.fs.refused
    return tuple(Fault(f"member {name!a}"[:200], "leads out of the zip; it is left out") for name in refused)


def admit(path: Path) -> None:
    """Ask the door, where there is one, before a file is opened or a folder listed. Raises door.Outside."""
    if (here := door.HERE.get()) is not None:
        here.admit(on_disk(path), path)


def is_named(path: Path) -> bool:
    """Tell whether a path may be asked for at all: what lies elsewhere counts as not there, whether it is or not."""
    here = door.HERE.get()
    return here is None or here.names(on_disk(path))


def regular_bytes(path: Path | str, most: int = -1) -> bytes:
    """Read a regular file, or its first `most` bytes, from a path or URL.

    Raises OSError for anything else, where reading may never end, and for a file of over MOST_BYTES.
    """
    try:
        found = (place(path) if _URL.match(path) else Path(path)) if isinstance(path, str) else path
    except Unreadable as error:
        raise OSError(errno.EIO, str(error), str(path)) from None
    admit(found)
    if (elsewhere := remote(found)) is not None:
        return _remote_bytes(elsewhere, most)
    _size_bytes(found.stat(), most, str(path))
    with open(found, "rb", opener=_at_once) as file:
        # Asked again, of what was opened: by now the name may lead to a pipe.
        size_bytes = _size_bytes(os.fstat(file.fileno()), most, str(path))
        # No more than it said it holds: what the kernel makes up as it is read, such as /proc/kmsg, has no end.
        return file.read(size_bytes if most < 0 else min(most, size_bytes))


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # to open a pipe waits for its writer


def _size_bytes(status: os.stat_result, most: int, path: str) -> int:
    _readable(stat.S_ISREG(status.st_mode), status.st_size, most, path)
    return status.st_size


def _remote_bytes(path: UPath, most: int) -> bytes:
    try:
        said = path.fs.info(path.path)
        _readable(said["type"] == "file", said.get("size") or 0, most, str(path))
        with path.fs.open(path.path, "rb") as file:
            return cast("bytes", file.read(most if most >= 0 else MOST_BYTES))
    except OSError as error:
        raise OSError(error.errno or errno.EIO, error.strerror or _line(error), str(path)) from None
    except Exception as error:  # noqa: BLE001 - a broken zip and each remote file system fail in their own ways
        raise OSError(errno.EIO, _line(error), str(path)) from None


def _readable(regular: bool, size: int, most: int, path: str) -> None:
    if not regular:
        raise OSError(errno.EINVAL, "not a regular file", path)
    if size > MOST_BYTES and not 0 <= most <= MOST_BYTES:
        raise OSError(errno.EFBIG, f"{size:,} bytes are over the limit of {MOST_BYTES:,}", path)


def _root(archive: str) -> Path:
    stamp = None
    with contextlib.suppress(OSError):
        status = os.stat(archive)  # noqa: PTH116 - of a URL too, which then has no stamp
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
    return _opened(archive if _URL.match(archive) else str(Path(archive).absolute()), stamp)


@lru_cache(maxsize=4)
def _opened(archive: str, _stamp: tuple[int, ...] | None) -> Path:
    """Open a zip once for all of its members; another stamp means that the file was replaced."""
    if "::" in archive:
        raise Unreadable(f"{archive}: a zip's path may not hold '::'; move or rename it")
    try:
        root = UPath(f"zip://::{archive}")
        root.fs.info("")
        members = root.fs.zip.infolist()
    except Exception as error:  # noqa: BLE001 - a broken zip and each remote file system fail in their own ways
        raise Unreadable(f"{archive}: not a zip that can be read: {_line(error)}") from None
    packed, unpacked = (sum(getattr(one, size) for one in members) for size in ("compress_size", "file_size"))
    if unpacked > max(_SMALL_ARCHIVE, _MOST_RATIO * packed):
        raise Unreadable(f"{archive}: unpacks to {unpacked:,} bytes from {packed:,}, as a zip bomb does; not read")
    return cast("Path", root)


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
