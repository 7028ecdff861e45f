"""One message from a device into the store: taken in, or refused and kept with the reason; never lost, never a stop."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from readiness import wire
from readiness.messages import Ack, BenchProgress, BenchResult, Birth, Event, Presence
from readiness.wire import BadMessage, Envelope, Message, Topic
from readiness_coordinator.store import devices, evidence, inbox, lineage
from readiness_coordinator.store.inbox import Watermark

T = TypeVar("T")

_ENVELOPE = msgspec.json.Decoder(Envelope)
_MAX_REASON = 500
# Said again at every start, or idempotent by digest: these count without a spool behind them.
_UNSPOOLED = (Presence, Birth, BenchProgress, BenchResult)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An acknowledgement to publish, retained, under `ack/<stream>/_` of the device."""

    topic: str
    device: str
    ack: Ack


def take(c: sa.Connection, topic: str, payload: bytes, received_at: str) -> list[Answer]:
    """Take one message in, within the caller's transaction, and give what to acknowledge once it is committed.

    A message that cannot be taken is kept among the refused; if it names its place in a stream it counts as
    received there, so that its device need not send it for ever. Only the store's own failure (disk full, locked)
    raises, as sqlalchemy's OperationalError: nothing is then committed and the message is taken again.
    """
    try:
        message = wire.decode(topic, payload)
        return _undone_on_error(c, lambda: _apply(c, message, received_at))
    except sa.exc.OperationalError:
        raise
    except BadMessage as error:
        return _refuse(c, topic, payload, str(error), received_at)
    except Exception as error:  # noqa: BLE001 - a fault that one message brings out must not stop those behind it
        return _refuse(c, topic, payload, f"{type(error).__name__}: {error}", received_at)


def _apply(c: sa.Connection, message: Message, received_at: str) -> list[Answer]:
    """Commit a record to its stream, and what it says to where it is looked up; the same again changes nothing."""
    topic, data = message.topic, message.data
    answers: list[Answer] = []
    if topic.channel == "ack":
        return answers  # our own word: amqtt hands it back to a session that was cut off while saying it
    if _is_spooled(message.envelope):
        answers.append(_answer(topic, inbox.commit(c, message, received_at)))
    elif not isinstance(data, _UNSPOOLED):
        raise BadMessage(f"{message.envelope.schema} needs the epoch and seq of the spool that holds it")
    match data:
        case Presence():
            devices.present(c, topic.workspace, topic.device, data, received_at)
            return answers
        case Birth():
            devices.born(c, topic.workspace, topic.device, data, received_at)
        case BenchResult():
            _benchmark(c, topic, data, received_at)
        case Event():
            lost = [inbox.give_up(c, topic, message.envelope, gap, received_at) for gap in data.lost]
            answers += [_answer(topic, reached) for reached in lost if reached is not None]
    devices.seen(c, topic.workspace, topic.device, received_at)
    return answers


def _benchmark(c: sa.Connection, topic: Topic, result: BenchResult, received_at: str) -> None:
    if result.benchmark.model != result.model.digest:
        raise BadMessage(
            f"the benchmark is of model {result.benchmark.model[:80]}, the message of {result.model.digest}"
        )
    evidence.put(c, "benchmark", result.benchmark, received_at, device=topic.device)
    if lineage.get_model(c, result.model.digest) is None:
        source = f"benchmark on {topic.workspace}/{topic.device}"
        lineage.put_model(c, result.model.digest, "", result.model, None, source, received_at)
    lineage.learn_head(c, result.model.digest, result.model.head_classes)


def _refuse(c: sa.Connection, topic: str, payload: bytes, reason: str, received_at: str) -> list[Answer]:
    inbox.refuse(c, _storable(topic), payload, _storable(reason[:_MAX_REASON]), received_at)
    try:
        where, envelope = wire.parse_topic(topic), _ENVELOPE.decode(payload)
    except (BadMessage, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if envelope.device != where.device or not _is_spooled(envelope):
        return []
    return [_answer(where, inbox.mark(c, where, envelope, received_at))]


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _is_spooled(envelope: Envelope) -> bool:
    return bool(envelope.epoch) and 0 < envelope.seq < 1 << 63


def _undone_on_error(c: sa.Connection, act: Callable[[], T]) -> T:
    with c.begin_nested():
        return act()


def _answer(topic: Topic, reached: Watermark) -> Answer:
    where = Topic(workspace=topic.workspace, device=topic.device, channel="ack", kind=reached.stream)
    ack = Ack(epoch=reached.epoch, through=reached.through, gaps=reached.gaps)
    return Answer(topic=str(where), device=topic.device, ack=ack)
