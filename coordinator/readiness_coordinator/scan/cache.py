"""What was seen in image files, kept on disk under the digest of their bytes, so that none is looked at twice."""

import contextlib
import functools
import hashlib
import logging
import os
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

from readiness_coordinator.scan import view as looking
from readiness_coordinator.scan.view import Looked, Print, View

FILE = "looks-1.db"
MOST_BYTES = 10 << 30
Notice = Callable[[str], None]

_BUSY_S = 10
_SPARED = 0.9
_SOURCES = ("readiness.measures.", "readiness_coordinator.scan.", "readiness_coordinator.formats.")
_LIBRARIES = ("opencv-python-headless", "numpy", "pillow", "simplejpeg")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS looks (
    digest BLOB NOT NULL, code TEXT NOT NULL, used INTEGER NOT NULL, view BLOB NOT NULL, print BLOB,
    PRIMARY KEY (digest, code)
)
"""
_PUT = """
INSERT INTO looks (digest, code, used, view, print) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET used = excluded.used, view = excluded.view, print = excluded.print
"""
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
    """

    def __init__(self, folder: Path | None, notice: Notice = _log.warning, most_bytes: int = MOST_BYTES) -> None:
        self._notice, self._most_bytes = notice, most_bytes
        self._now_s = int(time.time())
        self.path = None if folder is None else folder / FILE
        self._db = self._opened()

    @property
    def known(self) -> Known:
        return Known(None if self.path is None else str(self.path), socket.gethostname(), code())

    def put(self, looked: Sequence[Looked], reused: Sequence[str]) -> None:
        """Keep new looks, and remember which digests were met again; on disk when it returns. Raises NoRoom."""
        rows = [
            (_key(one.view.digest), code(), self._now_s, *_packed(one)) for one in looked if one.view.digest is not None
        ]
        met = [(self._now_s, _key(digest), code(), self._now_s) for digest in reused]
        try:
            self._write(rows, met)
        except sqlite3.Error as error:
            if self.path is not None:
                self._notice(f"{self.path}: the scan goes on without its cache: {error}")
                self._temporarily()
            try:
                self._write(rows, [])
            except sqlite3.Error as again:
                raise NoRoom(
                    f"the scan's working file cannot be written: {again}; set TMPDIR to a roomier place"
                ) from (None)

    def print_of(self, digest: str) -> Print | None:
        """Give the print of a file's digest. Raises KeyError for a digest that was never seen, or cannot be read."""
        try:
            row = self._db.execute(
                "SELECT print FROM looks WHERE digest = ? AND code = ?", (_key(digest), code())
            ).fetchone()
            if row is None:
                raise KeyError(digest)
            return None if row[0] is None else _prints.decode(row[0])
        except (sqlite3.Error, msgspec.MsgspecError):
            raise KeyError(digest) from None

    def close(self) -> None:
        """Close, the looks that were met longest ago thrown out where all take more than `most_bytes`."""
        with contextlib.suppress(sqlite3.Error):
            if self.path is not None:
                self._shrink()
        self._db.close()

    def _write(self, rows: Sequence[tuple[object, ...]], met: Sequence[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(_PUT, rows)
            self._db.executemany("UPDATE looks SET used = ? WHERE digest = ? AND code = ? AND used < ?", met)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _opened(self) -> sqlite3.Connection:
        if self.path is not None:
            try:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                try:
                    return _connected(str(self.path))
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError as error:
                    self._notice(f"{self.path}: begun anew, it was damaged: {error}")
                    for tail in ("", "-wal", "-shm"):
                        Path(f"{self.path}{tail}").unlink(missing_ok=True)
                    return _connected(str(self.path))
            except (OSError, sqlite3.Error) as error:
                self._notice(f"{self.path}: the scan runs without its cache: {error}")
        self.path = None
        return _connected("")

    def _temporarily(self) -> None:
        self._db.close()
        self.path = None
        self._db = _connected("")

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
    try:
        db = sqlite3.connect(f"{Path(str(known.path)).as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)
    except sqlite3.Error:
        yield lambda _: None
        return

    def find(digest: str) -> View | None:
        try:
            row = db.execute(
                "SELECT view FROM looks WHERE digest = ? AND code = ?", (_key(digest), known.code)
            ).fetchone()
            return None if row is None else _views.decode(row[0])
        except (sqlite3.Error, msgspec.MsgspecError):
            return None

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
    try:
        # Only before the first table can a file be told to give pages back.
        for pragma in ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=NORMAL"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        db.execute(_SCHEMA)
        db.execute("SELECT digest, code, used, view, print FROM looks LIMIT 1").fetchall()
    except sqlite3.Error:
        db.close()
        raise
    return db


def _key(digest: str | None) -> bytes:
    return bytes.fromhex(str(digest).removeprefix("sha256:"))


def _packed(one: Looked) -> tuple[bytes, bytes | None]:
    return msgspec.msgpack.encode(one.view), None if one.print is None else msgspec.msgpack.encode(one.print)
