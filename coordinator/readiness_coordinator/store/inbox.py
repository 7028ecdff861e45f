"""What devices sent: each record once, how far each stream has come, what is missing, and what was refused."""

from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from readiness import canonical
from readiness.wire import Envelope, Message, Topic, is_name
from readiness_coordinator.store.schema import gaps, messages, streams
from readiness_coordinator.store.schema import refused as refusals

SHOWN_GAPS: Final = 100


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """Every record of `epoch` up to `through` is held, but for `gaps` (first and last seq of each)."""

    stream: str
    epoch: str
    through: int
    gaps: tuple[tuple[int, int], ...] = ()


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be taken in, kept whole."""

    at: str
    topic: str
    reason: str
    payload: bytes


def commit(c: sa.Connection, message: Message, received_at: str) -> Watermark:
    """Hold one record under (workspace, device, epoch, stream, seq); a repeat changes nothing.

    Another record under a seq that is already held is refused: the first one stays.
    """
    topic, envelope = message.topic, message.envelope
    reached = mark(c, topic, envelope, received_at)
    row = {
        **_stream(topic, envelope),
        "seq": envelope.seq,
        "kind": topic.kind,
        "id": topic.id,
        "schema": envelope.schema,
        "ts": envelope.ts,
        "mono_ms": envelope.mono_ms,
        "clock_synced": envelope.clock_synced,
        "historical": envelope.historical,
        "received_at": received_at,
        "data": bytes(envelope.data),
    }
    if not c.execute(insert(messages).values(row).on_conflict_do_nothing()).rowcount:
        _keep_other(c, message, row, received_at)
    return reached


def mark(c: sa.Connection, topic: Topic, envelope: Envelope, received_at: str) -> Watermark:
    """Count a seq as received and give how far its stream has come."""
    key, seq = _stream(topic, envelope), envelope.seq
    high = _raise_high(c, key, seq, received_at)
    if seq <= high:
        _carve(c, key, seq, seq)
    else:
        _add_gap(c, key, high + 1, seq - 1)
    return _watermark(c, key, max(high, seq))


def give_up(
    c: sa.Connection, topic: Topic, envelope: Envelope, lost: tuple[str, int, int], received_at: str
) -> Watermark | None:
    """Note that a device will never send a range (stream, first, last): it stays a gap, but is waited for no more.

    Gives None for a range that is none, or one that no stream could hold.
    """
    stream, first, last = lost
    if not (is_name(stream) and 0 < first <= last < 1 << 63):
        return None
    key = {**_stream(topic, envelope), "stream": stream}
    high = _raise_high(c, key, last, received_at)
    if last > high:
        _add_gap(c, key, high + 1, last)
    for low, top in _carve(c, key, first, last, open_only=True):
        _add_gap(c, key, low, top, lost_because=f"{topic.kind} {topic.id}")
    return _watermark(c, key, max(high, last))


def refuse(c: sa.Connection, topic: str, payload: bytes, reason: str, at: str) -> None:
    """Keep a message that cannot be taken in, with the reason; the same one again changes nothing."""
    digest = canonical.digest([topic, reason, payload])
    row = insert(refusals).values(digest=digest, at=at, topic=topic, reason=reason, payload=payload)
    c.execute(row.on_conflict_do_nothing())


def refused(c: sa.Connection, limit: int = 100) -> list[Refused]:
    """Give the newest refusals first."""
    rows = c.execute(sa.select(refusals).order_by(refusals.c.number.desc()).limit(limit))
    return [Refused(at=row.at, topic=row.topic, reason=row.reason, payload=row.payload) for row in rows]


def _stream(topic: Topic, envelope: Envelope) -> dict[str, str]:
    return {
        "workspace": topic.workspace,
        "device": topic.device,
        "epoch": envelope.epoch,
        "stream": topic.stream,
    }


def _of(table: sa.Table, key: dict[str, str]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in key.items()))


def _raise_high(c: sa.Connection, key: dict[str, str], seq: int, at: str) -> int:
    """Give the highest seq seen before this one, 0 for a stream not seen before."""
    high = c.execute(sa.select(streams.c.high).where(_of(streams, key))).scalar()
    if high is None:
        c.execute(sa.insert(streams).values(**key, high=seq, updated_at=at))
        return 0
    c.execute(sa.update(streams).where(_of(streams, key)).values(high=max(high, seq), updated_at=at))
    return int(high)


def _add_gap(c: sa.Connection, key: dict[str, str], first: int, last: int, lost_because: str = "") -> None:
    if first <= last:
        c.execute(sa.insert(gaps).values(**key, first=first, last=last, lost_because=lost_because))


def _carve(
    c: sa.Connection, key: dict[str, str], first: int, last: int, *, open_only: bool = False
) -> list[tuple[int, int]]:
    """Take first..last out of every gap that holds any of it; gives the parts taken out."""
    overlap = sa.and_(_of(gaps, key), gaps.c.first <= last, gaps.c.last >= first)
    if open_only:
        overlap = sa.and_(overlap, gaps.c.lost_because == "")
    taken = []
    for row in c.execute(sa.select(gaps.c.first, gaps.c.last, gaps.c.lost_because).where(overlap)).all():
        c.execute(sa.delete(gaps).where(_of(gaps, key), gaps.c.first == row.first))
        _add_gap(c, key, row.first, first - 1, row.lost_because)
        _add_gap(c, key, last + 1, row.last, row.lost_because)
        taken.append((max(first, row.first), min(last, row.last)))
    return taken


def _watermark(c: sa.Connection, key: dict[str, str], high: int) -> Watermark:
    """Claim no more than the gaps shown allow: the one after the last shown is the end of the claim."""
    missing = sa.select(gaps.c.first, gaps.c.last).where(_of(gaps, key), gaps.c.lost_because == "")
    rows = c.execute(missing.order_by(gaps.c.first).limit(SHOWN_GAPS + 1)).all()
    return Watermark(
        stream=key["stream"],
        epoch=key["epoch"],
        through=rows[SHOWN_GAPS].first - 1 if len(rows) > SHOWN_GAPS else high,
        gaps=tuple((row.first, row.last) for row in rows[:SHOWN_GAPS]),
    )


def _keep_other(c: sa.Connection, message: Message, row: dict[str, Any], received_at: str) -> None:
    held = sa.select(messages.c.schema, messages.c.data).where(
        _of(messages, _stream(message.topic, message.envelope)), messages.c.seq == row["seq"]
    )
    first = c.execute(held).one()
    if (first.schema, first.data) != (row["schema"], row["data"]):
        reason = f"another record of stream '{message.topic.stream}' is already held as seq {row['seq']}"
        refuse(c, str(message.topic), msgspec.json.encode(message.envelope), reason, received_at)
