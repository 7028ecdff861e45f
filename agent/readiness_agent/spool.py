"""The device's outbox: records on disk until the coordinator, and nobody else, says that it has them."""

import contextlib
import fcntl
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from readiness import wire
from readiness.messages import Event

T = TypeVar("T", bound=msgspec.Struct)

_LAYOUT = 1
_BUSY_S = 10.0
_ROW_BYTES = 256
_KEPT_SHARE = 0.9
_SCHEMA = """
CREATE TABLE spool (epoch TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE stream (
  name TEXT PRIMARY KEY, channel TEXT NOT NULL, last_seq INTEGER NOT NULL DEFAULT 0,
  acknowledged INTEGER NOT NULL DEFAULT 0, acknowledged_at REAL,
  pending INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE record (
  stream TEXT NOT NULL, seq INTEGER NOT NULL, schema TEXT NOT NULL, channel TEXT NOT NULL, kind TEXT NOT NULL,
  id TEXT NOT NULL, at REAL NOT NULL, mono_ms INTEGER NOT NULL, clock_synced INTEGER, payload BLOB NOT NULL,
  size INTEGER NOT NULL,
  UNIQUE (stream, seq)
);
CREATE TRIGGER record_in AFTER INSERT ON record BEGIN
  UPDATE stream SET pending = pending + 1, bytes = bytes + NEW.size WHERE name = NEW.stream;
END;
CREATE TRIGGER record_out AFTER DELETE ON record BEGIN
  UPDATE stream SET pending = pending - 1, bytes = bytes - OLD.size WHERE name = OLD.stream;
END;
PRAGMA user_version = 1;
"""


_TELEMETRY = "SELECT rowid, stream, seq, size FROM record WHERE channel = 'tele' ORDER BY rowid"
_THE_REST = """SELECT rowid, stream, seq, size FROM record
WHERE channel <> 'tele' AND kind <> 'spool-loss' ORDER BY rowid"""
_DELETE = """DELETE FROM record WHERE stream = ? AND seq <= ? AND NOT EXISTS (
  SELECT 1 FROM json_each(?) AS gap
  WHERE record.seq BETWEEN json_extract(gap.value, '$[0]') AND json_extract(gap.value, '$[1]'))"""


class BadSpool(Exception):
    """The spool cannot be used; the message says which file, why, and what to do."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One spooled message; `at` is Unix time in seconds, `payload` the JSON of its data without the envelope."""

    stream: str
    seq: int
    schema: str
    channel: str
    kind: str
    id: str
    at: float
    mono_ms: int
    clock_synced: bool | None
    payload: bytes
    size: int


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """How one stream stands: `last_seq` was given, all up to `acknowledged` is with the coordinator."""

    name: str
    channel: str
    last_seq: int
    acknowledged: int
    acknowledged_at: float | None
    pending: int
    bytes: int
    lost: int


class Spool:
    """Records in SQLite (WAL, synchronous FULL: a committed record survives a power cut), safe for two processes.

    `budget_bytes` bounds what waits: payloads plus 256 bytes each. `clock` gives Unix time, `mono` seconds since boot;
    `clock_synced` is what is known of that clock, and is kept with every record.
    """

    def __init__(
        self,
        path: Path,
        budget_bytes: int,
        clock: Callable[[], float] = time.time,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open or create the file; raises sqlite3.DatabaseError as SQLite does (see `open_spool`)."""
        self.path = path
        self.clock_synced: bool | None = None
        self._budget_bytes = budget_bytes
        self._clock, self._mono = clock, mono
        self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        try:
            self.epoch = self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> str:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        with self._transaction():
            layout = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            if layout == 0:
                for statement in _statements(_SCHEMA):
                    self._db.execute(statement)
                self._db.execute("INSERT INTO spool VALUES (?, ?)", (str(uuid.uuid4()), self._clock()))
            elif layout != _LAYOUT:
                raise BadSpool(f"{self.path} was written by another version of this program; use that, or move it away")
        if self._db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("quick_check found damage")
        return str(self._db.execute("SELECT epoch FROM spool").fetchone()[0])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()

    def append(self, channel: str, kind: str, data: msgspec.Struct, *, schema: str, id: str = "_") -> int:  # noqa: A002 - the topic's own word
        """Commit one record and give its seq; a full spool gives up its oldest telemetry first, and says so.

        Raises wire.BadMessage when the record would be refused at the other end (schema, size).
        """
        payload = wire.encode_data(data, schema)
        if len(payload) > wire.MAX_PAYLOAD - 1024:
            raise wire.BadMessage(f"{schema} of {len(payload)} bytes is over the limit of {wire.MAX_PAYLOAD - 1024}")
        with self._transaction():
            self._make_room(len(payload) + _ROW_BYTES)
            return self._insert(channel, kind, id, schema, payload)

    def _insert(self, channel: str, kind: str, id: str, schema: str, payload: bytes) -> int:  # noqa: A002 - as above
        stream = wire.Topic(workspace="_", device="_", channel=channel, kind=kind, id=id).stream
        self._db.execute("INSERT OR IGNORE INTO stream (name, channel) VALUES (?, ?)", (stream, channel))
        self._db.execute("UPDATE stream SET last_seq = last_seq + 1 WHERE name = ?", (stream,))
        seq = int(self._db.execute("SELECT last_seq FROM stream WHERE name = ?", (stream,)).fetchone()[0])
        moment = (self._clock(), int(self._mono() * 1000), self.clock_synced)
        row = (stream, seq, schema, channel, kind, id, *moment, payload, len(payload) + _ROW_BYTES)
        self._db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return seq

    def _make_room(self, wanted_bytes: int) -> None:
        used = int(self._db.execute("SELECT coalesce(sum(bytes), 0) FROM stream").fetchone()[0])
        if used + wanted_bytes <= self._budget_bytes:
            return
        excess = used + wanted_bytes - int(self._budget_bytes * _KEPT_SHARE)
        lost: list[tuple[str, int]] = []
        for oldest_first in (_TELEMETRY, _THE_REST):
            victims = []
            for rowid, stream, seq, size in self._db.execute(oldest_first):
                if excess <= 0:
                    break
                victims.append((rowid,))
                lost.append((stream, seq))
                excess -= size
            self._db.executemany("DELETE FROM record WHERE rowid = ?", victims)
        self._declare(lost)

    def _declare(self, lost: Sequence[tuple[str, int]]) -> None:
        if not lost:
            return
        for stream, _ in lost:
            self._db.execute("UPDATE stream SET lost = lost + 1 WHERE name = ?", (stream,))
        text = f"the spool is full at {self._budget_bytes} bytes; its {len(lost)} oldest records were given up"
        self._event(Event(kind="spool-loss", text=text, lost=ranges(lost)))

    def _event(self, event: Event) -> None:
        self._insert("evt", event.kind, uuid.uuid4().hex[:16], "evt/1", wire.encode_data(event, "evt/1"))

    def pending(self, stream: str, after: int = 0, limit: int = 50) -> tuple[Record, ...]:
        """Give up to `limit` records of a stream with seq over `after`, in order."""
        query = "SELECT * FROM record WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
        rows = self._db.execute(query, (stream, after, limit)).fetchall()
        return tuple(_as(Record, row) for row in rows)

    def acknowledge(self, epoch: str, stream: str, through: int, gaps: Sequence[tuple[int, int]] = ()) -> int:
        """Delete what the coordinator has: seq up to `through` but for `gaps`; gives how many records went.

        An acknowledgement of another epoch, or of records never given here, deletes nothing.
        """
        with self._transaction():
            row = self._db.execute("SELECT last_seq FROM stream WHERE name = ?", (stream,)).fetchone()
            if epoch != self.epoch or row is None or not 0 < through <= row[0]:
                return 0
            gone = self._db.execute(_DELETE, (stream, through, msgspec.json.encode(gaps).decode()))
            self._db.execute(
                "UPDATE stream SET acknowledged = max(acknowledged, ?), acknowledged_at = ? WHERE name = ?",
                (through, self._clock(), stream),
            )
            return gone.rowcount

    def streams(self) -> tuple[Stream, ...]:
        """Tell how every stream stands."""
        rows = self._db.execute("SELECT * FROM stream ORDER BY name").fetchall()
        return tuple(_as(Stream, row) for row in rows)

    def begin_anew(self, because: str) -> None:
        """Say as the first event of a new epoch why the one before it ended."""
        with self._transaction():
            self._event(Event(kind="spool-recreated", text=because))


class Lock:
    """Held by the one process that may talk to the broker for a spool; freed by the kernel when it dies."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def release(self) -> None:
        self._file.close()


def take_lock(folder: Path) -> Lock | None:
    """Take the link lock of a state folder, or give None when another process holds it."""
    file = _open_lock(folder)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return Lock(file)


def open_spool(folder: Path, budget_bytes: int, *, owner: bool) -> Spool:
    """Open the spool of a state folder that is there, made on first use; raises BadSpool when it cannot be had.

    A damaged file is moved aside, never deleted, by the `owner` (who holds the link lock); a new epoch then begins.
    """
    path = folder / "spool.db"
    try:
        return Spool(path, budget_bytes)
    except sqlite3.DatabaseError as error:
        # SQLite's subclasses of DatabaseError mean locked, full, forbidden; damage is the bare class.
        if type(error) is not sqlite3.DatabaseError:
            raise BadSpool(f"{path} cannot be used: {error}; check the folder's disk and permissions") from None
        if not owner:
            raise BadSpool(f"{path} is damaged; restart the running `readiness-agent run`, it sets it aside") from None
        reason = str(error)
    aside = _set_aside(path)
    spool = Spool(path, budget_bytes)
    spool.begin_anew(f"the spool was damaged ({reason}) and set aside as {aside.name}; what it held was not sent")
    return spool


def ranges(numbers: Sequence[tuple[str, int]]) -> tuple[tuple[str, int, int], ...]:
    """Join (stream, seq) pairs into (stream, first, last) runs."""
    runs: list[tuple[str, int, int]] = []
    for stream, seq in sorted(numbers):
        if runs and runs[-1][0] == stream and runs[-1][2] == seq - 1:
            runs[-1] = (stream, runs[-1][1], seq)
        else:
            runs.append((stream, seq, seq))
    return tuple(runs)


def _as(kind: type[T], row: Sequence[object]) -> T:
    """Read a row into a record whose fields stand in the order of the columns; SQLite says 0 and 1 for a bool."""
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind, strict=False)


def _set_aside(path: Path) -> Path:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    aside = path.with_name(f"{path.name}.damaged-{stamp}-{uuid.uuid4().hex[:6]}")
    for tail in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + tail).replace(aside.with_name(aside.name + tail))
    return aside


def _open_lock(folder: Path) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return (folder / "link.lock").open("a", encoding="utf-8")
    except OSError as error:
        raise BadSpool(f"{folder}: the state folder cannot be used: {error.strerror}; name another: --state") from None


def _statements(script: str) -> Iterator[str]:
    """Cut a script into statements, so that it can run inside one transaction (executescript commits first)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
