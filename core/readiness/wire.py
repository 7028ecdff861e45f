"""Topics of fixed depth and the versioned envelope: what is said between device and coordinator, and how."""

import re

import msgspec

from readiness.messages import SCHEMAS

ROOT = "mra/v1"
MAX_PAYLOAD = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEPTH = 7
_CHANNELS = frozenset({"state", "birth", "tele", "evt", "bench", "cmd", "cmdst", "twin", "ack"})


class BadMessage(ValueError):
    """A topic or payload that cannot be taken in; the message says what is wrong with it."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """`mra/v1/<workspace>/<device>/<channel>/<kind>/<id>`; `_` stands where there is no id."""

    workspace: str
    device: str
    channel: str
    kind: str
    id: str = "_"

    @property
    def stream(self) -> str:
        """Name the numbered series that a spooled record counts in, and is acknowledged in by `ack/<stream>/_`.

        A kind of telemetry is its own stream (`health`, `inference`); every other channel is one (`evt`, `bench`).
        """
        return self.kind if self.channel == "tele" else self.channel

    def __str__(self) -> str:
        return f"{ROOT}/{self.workspace}/{self.device}/{self.channel}/{self.kind}/{self.id}"


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One message: `seq` is given in the transaction that commits the record to the spool, `epoch` names the spool.

    Within an epoch each stream counts 1, 2, 3 …; 0 marks a message that no spool holds (state, birth, ack).
    """

    v: int = 1
    device: str
    epoch: str = ""
    seq: int = 0
    ts: str
    mono_ms: int = 0
    clock_synced: bool | None = None
    historical: bool = False
    schema: str
    data: msgspec.Raw


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded message: where it came from, its envelope, and its payload as the record its schema names."""

    topic: Topic
    envelope: Envelope
    data: msgspec.Struct


_ENVELOPE = msgspec.json.Decoder(Envelope)
_DATA = {schema: msgspec.json.Decoder(kind) for schema, kind in SCHEMAS.items()}


def parse_topic(text: str) -> Topic:
    """Read a topic; raises BadMessage when it has another depth, root, channel or a name outside the alphabet."""
    parts = text.split("/")
    if len(parts) != _DEPTH or "/".join(parts[:2]) != ROOT or parts[4] not in _CHANNELS:
        raise BadMessage(f"topic '{text[:200]}' is not {ROOT}/<workspace>/<device>/<channel>/<type>/<id>")
    for part in parts[2:]:
        if not _NAME.fullmatch(part):
            raise BadMessage(f"topic '{text[:200]}': '{part[:80]}' is no name of 1 to 64 letters, digits, _ or -")
    return Topic(workspace=parts[2], device=parts[3], channel=parts[4], kind=parts[5], id=parts[6])


def is_name(text: str) -> bool:
    """Tell whether `text` may stand in a topic."""
    return _NAME.fullmatch(text) is not None


def encode(
    data: msgspec.Struct,
    *,
    schema: str,
    device: str,
    ts: str,
    epoch: str = "",
    seq: int = 0,
    mono_ms: int = 0,
    clock_synced: bool | None = None,
    historical: bool = False,
) -> bytes:
    """Give the JSON bytes of one message; raises BadMessage when `data` is not what `schema` names."""
    envelope = Envelope(
        device=device,
        epoch=epoch,
        seq=seq,
        ts=ts,
        mono_ms=mono_ms,
        clock_synced=clock_synced,
        historical=historical,
        schema=schema,
        data=msgspec.Raw(encode_data(data, schema)),
    )
    return msgspec.json.encode(envelope)


def encode_data(data: msgspec.Struct, schema: str) -> bytes:
    """Give the JSON bytes of a payload alone; raises BadMessage when `data` is not what `schema` names."""
    if not isinstance(data, SCHEMAS.get(schema, ())):
        raise BadMessage(f"{type(data).__name__} is not the payload of schema '{schema}'")
    return msgspec.json.encode(data)


def decode(topic: str, payload: bytes) -> Message:
    """Read one message whole; raises BadMessage naming what cannot be taken: topic, version, schema or field."""
    where = parse_topic(topic)
    if len(payload) > MAX_PAYLOAD:
        raise BadMessage(f"payload of {len(payload)} bytes is over the limit of {MAX_PAYLOAD}")
    try:
        envelope = _ENVELOPE.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"envelope: {error}") from None
    if envelope.v != 1:
        raise BadMessage(f"envelope version {envelope.v} is not known here; this coordinator reads version 1")
    if envelope.device != where.device:
        raise BadMessage(f"the envelope says device '{envelope.device[:80]}', the topic '{where.device}'")
    if envelope.seq < 0 or envelope.seq >= 1 << 63:
        raise BadMessage(f"seq {envelope.seq} is out of range")
    if (decoder := _DATA.get(envelope.schema)) is None:
        raise BadMessage(f"schema '{envelope.schema[:80]}' is not known here")
    try:
        data = decoder.decode(envelope.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"{envelope.schema}: {error}") from None
    return Message(topic=where, envelope=envelope, data=data)
