"""Topics and envelopes: golden payloads decode for ever, newer senders are understood, hostile input is refused."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import messages, wire
from readiness.evidence.device import Sensed

GOLDEN = sorted((Path(__file__).parents[2] / "fixtures" / "wire" / "v1").glob("*.json"))
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
HEALTH = "mra/v1/plant-a/line-3/tele/health/_"


def golden(path: Path) -> tuple[str, dict]:
    read = json.loads(path.read_text())
    return read["topic"], read["payload"]


def holds(read: object, written: object) -> bool:
    """Tell whether all that was written was read; fields that came later may stand beside it."""
    if isinstance(written, dict):
        return isinstance(read, dict) and all(key in read and holds(read[key], written[key]) for key in written)
    if isinstance(written, list):
        return isinstance(read, (list, tuple)) and len(read) == len(written) and all(map(holds, read, written))
    return read == written


def envelope(**changes: object) -> bytes:
    """A good health message with some keys of its envelope changed."""
    good = {"v": 1, "device": "line-3", "epoch": "e", "seq": 1, "ts": "2026-11-23T12:00:00Z", "schema": "tele.health/1"}
    return json.dumps({**good, "data": {"sensors": []}, **changes}).encode()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_payloads_decode_and_keep_every_value(path: Path) -> None:
    topic, payload = golden(path)
    message = wire.decode(topic, json.dumps(payload).encode())
    assert str(message.topic) == topic
    read = {**json.loads(msgspec.json.encode(message.envelope)), "data": msgspec.to_builtins(message.data)}
    assert holds(read, payload)


def test_every_schema_has_a_golden_payload() -> None:
    assert {golden(path)[1]["schema"] for path in GOLDEN} == set(messages.SCHEMAS)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_fields_of_a_newer_sender_are_ignored(path: Path) -> None:
    topic, payload = golden(path)
    newer = {**payload, "later": {"a": [1]}, "data": {**payload["data"], "later": [None, {"deep": 1}]}}
    old, new = (wire.decode(topic, json.dumps(one).encode()) for one in (payload, newer))
    assert new.data == old.data


@pytest.mark.parametrize(
    ("topic", "payload", "words"),
    [
        (HEALTH, envelope(v=2), "version 2"),
        (HEALTH, envelope(device="line-4"), "'line-4'"),
        (HEALTH, envelope(schema="tele.unheard/1"), "tele.unheard/1"),
        (HEALTH, envelope(seq=-1), "seq -1"),
        (HEALTH, envelope(seq=1 << 63), "seq"),
        (HEALTH, envelope(seq="1"), "seq"),
        (HEALTH, envelope(data={}), "sensors"),
        (HEALTH, envelope(data={"sensors": [], "spool_pending": "many"}), "spool_pending"),
        (HEALTH, envelope(data={"sensors": [], "spool_pending": float("nan")}), "envelope"),
        (HEALTH, envelope()[:-1], "envelope"),
        (HEALTH, b"", "envelope"),
        (HEALTH, b"\xff\xfe", "envelope"),
        (HEALTH, envelope().replace(b'"e"', b'"\xff"'), "envelope"),
        (HEALTH, b'{"data":' + b"[" * 100_000, "envelope"),
        (HEALTH, envelope().replace(b'{"sensors": []}', b"[" * 100_000 + b"]" * 100_000), "envelope"),
        (HEALTH, envelope(device="line-3", ts="x" * wire.MAX_PAYLOAD), "over the limit"),
        ("mra/v1/plant-a/line-3/tele/health", envelope(), "mra/v1/<workspace>"),
        ("mra/v1/plant-a/line-3/tele/health/_/_", envelope(), "mra/v1/<workspace>"),
        ("mra/v2/plant-a/line-3/tele/health/_", envelope(), "mra/v1/<workspace>"),
        ("mra/v1/plant-a/line-3/gossip/health/_", envelope(), "mra/v1/<workspace>"),
        ("mra/v1/plant-a/line 3/tele/health/_", envelope(), "'line 3'"),
        ("mra/v1/plant-a//tele/health/_", envelope(), "''"),
        ("mra/v1/plant-a/" + "x" * 65 + "/tele/health/_", envelope(), "1 to 64"),
        ("mra/v1/plant-a/line-3\n/tele/health/_", envelope(), "1 to 64"),
        ("mra/v1/plant-a/+/tele/health/_", envelope(), "'+'"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(topic: str, payload: bytes, words: str) -> None:
    with pytest.raises(wire.BadMessage, match=None) as refused:
        wire.decode(topic, payload)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 600


def test_a_payload_of_another_schema_is_not_sent() -> None:
    with pytest.raises(wire.BadMessage, match=r"Event is not the payload of schema 'tele.health/1'"):
        wire.encode(messages.Event(kind="x", text=""), schema="tele.health/1", device="d", ts="")


def test_telemetry_counts_per_kind_and_every_other_channel_as_one() -> None:
    def stream(topic: str) -> str:
        return wire.parse_topic(topic).stream

    assert stream(HEALTH) == "health"
    assert stream("mra/v1/a/b/evt/throttle/1") == stream("mra/v1/a/b/evt/spool-loss/2") == "evt"
    assert stream("mra/v1/a/b/bench/run-1/result") == "bench"


@settings(max_examples=100, deadline=None)
@given(
    device=NAMES,
    kind=NAMES,
    seq=st.integers(0, (1 << 63) - 1),
    historical=st.booleans(),
    synced=st.sampled_from([None, True, False]),
    readings=st.dictionaries(
        st.text(max_size=8),
        st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=20),
        max_size=4,
    ),
)  # fmt: skip
def test_what_is_encoded_decodes_to_the_same(
    device: str, kind: str, seq: int, historical: bool, synced: bool | None, readings: dict[str, object]
) -> None:
    topic = wire.Topic(workspace="w", device=device, channel="tele", kind=kind)
    health = messages.Health(sensors=(Sensed(sensor="s", ok=True, took_ms=0.5, readings=readings),), spool_pending=seq)
    payload = wire.encode(
        health,
        schema="tele.health/1",
        device=device,
        ts="t",
        epoch="e",
        seq=seq,
        historical=historical,
        clock_synced=synced,
    )
    message = wire.decode(str(topic), payload)
    assert message.topic == topic
    assert message.data == health
    assert (message.envelope.seq, message.envelope.historical, message.envelope.clock_synced) == (
        seq,
        historical,
        synced,
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.binary(max_size=200))
def test_no_input_brings_anything_but_a_refusal(topic: str, payload: bytes) -> None:
    for where in (topic, HEALTH):
        with pytest.raises(wire.BadMessage):
            wire.decode(where, payload)
