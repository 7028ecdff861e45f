"""What was seen in image files, kept on disk under the digest of their bytes, so that none is looked at twice."""

import contextlib
import functools
import hashlib
import logging
import os
import shutil
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import msgspec

from readiness_coordinator.scan import seal as sealing
from readiness_coordinator.scan import view as looking
from readiness_coordinator.scan.view import Looked, Print, View

FILE = "looks-2.db"
MOST_BYTES = 10 << 30
Notice = Callable[[str], None]

_BUSY_S = 10
_SPARED = 0.9
_ROOMY_BYTES = 1 << 30
_SOURCES = ("readiness.measures.", "readiness_coordinator.scan.", "readiness_coordinator.formats.")
_LIBRARIES = ("opencv-python-headless", "numpy", "pillow", "simplejpeg")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS looks (
    digest BLOB NOT NULL, code TEXT NOT NULL, used INTEGER NOT NULL, view BLOB NOT NULL, print BLOB,
    seal BLOB NOT NULL, PRIMARY KEY (digest, code)
)
"""
# Replaced and not updated: an update writes over the pages of the old row, damaged or not, and sees nothing wrong.
_PUT = "INSERT OR REPLACE INTO looks (digest, code, used, view, print, seal) VALUES (?, ?, ?, ?, ?, ?)"
# What an error message holds of a damaged schema need not be UTF-8.
_FAULTS = (sqlite3.Error, UnicodeDecodeError)
# Not the file's fault: the disk, its rights, or another program that holds it.
_OUTSIDE = (
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_FULL", "SQLITE_IOERR"),
    *("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_NOMEM"),
)
_log = logging.getLogger(__name__)
_views = msgspec.msgpack.Decoder(View)
_prints = msgspec.msgpack.Decoder(Print)


class NoRoom(Exception):
    """Neither the cache nor a temporary file can be written; the message is one line that says what to do."""


class Known(NamedTuple):
    """Where a worker finds what was seen before: a file on `host`, or none; `code` is what the looks must be of."""

    path: str | None
    host: str
    code: str


class Cache:
    """The looks of this and earlier scans; one thread of one process writes it, its workers read.

    Standard sqlite3 and not sqlite-utils: three statements, in every worker process, need no second library. A cache
    that is damaged is begun anew, one that cannot be written is replaced by a temporary file, both with a notice.
    Each row bears a seal (scan/seal.py, which says what it proves); a row it does not fit is as if it were not there.
    """

    def __init__(self, folder: Path | None, notice: Notice = _log.warning, most_bytes: int = MOST_BYTES) -> None:
        self._notice, self._most_bytes = notice, most_bytes
        self._now_s = int(time.time())
        self._begun_anew = False
        # Workers and file: addresses know nothing of this process's folder.
        self.path = None if folder is None else folder.absolute() / FILE
        self._key = sealing.new_key()
        self._db = self._opened()

    @property
    def known(self) -> Known:
        return Known(None if self.path is None else str(self.path), socket.gethostname(), code())

    def put(self, looked: Sequence[Looked], reused: Sequence[str]) -> None:
        """Keep new looks, and remember which digests were met again; on disk when it returns. Raises NoRoom."""
        rows = [self._row(one) for one in looked if one.view.digest is not None]
        met = [(self._now_s, _key(digest), code(), self._now_s) for digest in reused]
        try:
            self._write(rows, met)
        except _FAULTS as error:
            if self.path is None:
                raise NoRoom(
                    f"the scan's working file cannot be written: {error}; set TMPDIR to a roomier place"
                ) from None
            self._go_on(error)
            self.put(looked, reused)

    def print_of(self, digest: str) -> Print | None:
        """Give the print of a file's digest. Raises KeyError for a digest that was never seen, or cannot be read."""
        found = _found(self._db, self._key, digest, code())
        if found is None:
            raise KeyError(digest)
        return found.print

    def close(self) -> None:
        """Close, the looks that were met longest ago thrown out where all take more than `most_bytes`."""
        try:
            if self.path is not None:
                self._shrink()
        except _FAULTS as error:
            if self._damaged(error):
                self._go_on(error)
        self._db.close()

    def _row(self, one: Looked) -> tuple[bytes, str, int, bytes, bytes | None, bytes]:
        digest = _key(str(one.view.digest))
        view = msgspec.msgpack.encode(one.view)
        print_ = None if one.print is None else msgspec.msgpack.encode(one.print)
        return digest, code(), self._now_s, view, print_, sealing.seal(self._key, digest, code(), view, print_)

    def _write(self, rows: Sequence[tuple[object, ...]], met: Sequence[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(_PUT, rows)
            self._db.executemany("UPDATE looks SET used = ? WHERE digest = ? AND code = ? AND used < ?", met)
            self._db.execute("COMMIT")
        except _FAULTS:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return _connected("")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._key = sealing.made_key(self.path.parent)
            return _connected(str(self.path))
        except (OSError, *_FAULTS) as error:
            return self._instead(error)

    def _instead(self, error: Exception) -> sqlite3.Connection:
        """Open a new file in place of a damaged one, a temporary one where there can be no other."""
        if self._damaged(error):
            self._begun_anew = True
            self._notice(f"{self.path}: it was damaged, and is begun anew")
            for tail in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    Path(f"{self.path}{tail}").unlink()
        else:
            self._notice(f"{self.path}: the scan goes on without its cache: {error}")
            self.path = None
        return self._opened()

    def _go_on(self, error: Exception) -> None:
        self._db.close()
        self._db = self._instead(error)

    def _damaged(self, error: Exception) -> bool:
        if self.path is None or self._begun_anew or isinstance(error, OSError):
            return False
        name = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT")
        # Damage can speak as the disk does: a header that says read-only, row numbers that are used up.
        if name == "SQLITE_READONLY":
            return os.access(self.path, os.W_OK)
        if name == "SQLITE_FULL":
            return shutil.disk_usage(self.path.parent).free > _ROOMY_BYTES
        return not name.startswith(_OUTSIDE)

    def _shrink(self) -> None:
        pages, unused, page_bytes, rows = (
            self._db.execute(question).fetchone()[0]
            for question in (
                "PRAGMA page_count",
                "PRAGMA freelist_count",
                "PRAGMA page_size",
                "SELECT count(*) FROM looks",
            )
        )
        over = (pages - unused) * page_bytes / self._most_bytes
        if over > 1:
            most = int(rows * (1 - _SPARED / over)) + 1
            oldest = "SELECT rowid FROM looks ORDER BY used, rowid LIMIT ?"
            self._db.execute(f"DELETE FROM looks WHERE rowid IN ({oldest})", (most,))  # noqa: S608 - constant text
            # It gives back a page at each step, and execute takes one step only.
            self._db.executescript("PRAGMA incremental_vacuum")


class Prints(Mapping[str, Print]):
    """What stands on disk of each image, by its file's digest; one that has gone from the cache is looked at again."""

    def __init__(self, cache: Cache, views: Mapping[str, View], again: Callable[[str], Print | None]) -> None:
        self._cache, self._views, self._again = cache, views, again

    def __getitem__(self, digest: str) -> Print:
        found = self._found(digest)
        if found is None:
            raise KeyError(digest)
        return found

    def __iter__(self) -> Iterator[str]:
        digests = dict.fromkeys(
            one.digest for one in self._views.values() if one.digest is not None and not one.problem
        )
        return (digest for digest in digests if self._found(digest) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _found(self, digest: str) -> Print | None:
        try:
            return self._cache.print_of(digest)
        except KeyError:
            return self._again(digest)


@contextlib.contextmanager
def seen_before(known: Known | None) -> Iterator[Callable[[str], View | None]]:
    """Look digests up in a worker; whatever is wrong with the file, or its being elsewhere, reads as never seen."""
    here = known is not None and known.host == socket.gethostname() and known.path is not None
    if known is None or not here:
        yield lambda _: None
        return
    path = Path(str(known.path))
    try:
        key = sealing.read_key(path.parent)
        db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)
    except (OSError, sqlite3.Error):
        yield lambda _: None
        return
    db.text_factory = bytes

    def find(digest: str) -> View | None:
        found = _found(db, key, digest, known.code)
        return None if found is None else found.view

    with contextlib.closing(db):
        yield find


@functools.cache
def code() -> str:
    """Name all that a look depends on besides the bytes: our own code for it, and the libraries that decode."""
    total = hashlib.sha256()
    for module in sorted(_modules(looking, {}).values(), key=lambda one: one.__name__):
        total.update(Path(str(module.__file__)).read_bytes())
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            total.update(f"{name} {metadata.version(name)}".encode())
    return total.hexdigest()[:16]


def folder_of(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the cache folder of this user, after the XDG Base Directory Specification."""
    home = environment.get("XDG_CACHE_HOME", "")
    return (Path(home) if home.startswith("/") else Path.home() / ".cache") / "readiness" / "scan"


def _modules(module: ModuleType, found: dict[str, ModuleType]) -> dict[str, ModuleType]:
    """Collect a module and those of ours that it names, directly or through others."""
    found[module.__name__] = module
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str) and name not in found and name.startswith(_SOURCES):
            _modules(sys.modules[name], found)
    return found


def _connected(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    db.text_factory = bytes
    try:
        # Only before the first table can a file be told to give pages back.
        for pragma in ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=NORMAL"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        db.execute(_SCHEMA)
        db.execute("SELECT digest, code, used, view, print, seal FROM looks LIMIT 1").fetchall()
    except _FAULTS:
        db.close()
        raise
    return db


def _found(db: sqlite3.Connection, key: bytes, digest: str, code: str) -> Looked | None:
    """Give a look as it was put; None for one that is not there, cannot be read, or is not as it was put."""
    named = _key(digest), code
    try:
        row = db.execute("SELECT view, print, seal FROM looks WHERE digest = ? AND code = ?", named).fetchone()
        if row is None or row[2] != sealing.seal(key, *named, row[0], row[1]):
            return None
        found = Looked(view=_views.decode(row[0]), print=None if row[1] is None else _prints.decode(row[1]))
    except (*_FAULTS, msgspec.MsgspecError):
        return None
    return found if found.view.digest == digest else None


def _key(digest: str | None) -> bytes:
    return bytes.fromhex(str(digest).removeprefix("sha256:"))
