"""Whatever arrives is taken in or refused with a reason, once, and never stops what comes after it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import specimens
from readiness import wire
from readiness.messages import Ack, BenchProgress, BenchResult, Birth, Event, Health, Presence
from readiness_coordinator import intake
from readiness_coordinator.store import devices, evidence, inbox, lineage
from readiness_coordinator.store.database import Store, open_store
from readiness_coordinator.store.schema import messages

AT = "2026-11-23T12:00:00Z"
RESULT = BenchResult(run="r1", model=specimens.model(), benchmark=specimens.benchmark())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "readiness.db")
    yield store
    store.close()


def send(c: sa.Connection, tail: str, data: msgspec.Struct, schema: str, seq: int = 0, **more: Any) -> list[Ack]:
    values = {"device": "line-3", "ts": AT, "seq": seq, "epoch": "e1" if seq else "", **more}
    answers = intake.take(c, f"mra/v1/w/line-3/{tail}", wire.encode(data, schema=schema, **values), AT)
    return [answer.ack for answer in answers]


def test_presence_and_birth_show_the_device_and_need_no_acknowledgement(store: Store):
    birth = Birth(device=specimens.device(), fingerprint="sha256:1")
    with store.write() as c:
        assert send(c, "state/online/_", Presence(status="online"), "state.online/1") == []
        assert send(c, "birth/manifest/_", birth, "birth.manifest/1") == []
        (row,) = devices.list_devices(c)
    assert (row.workspace, row.name, row.status, row.birth) == ("w", "line-3", "online", birth)


def test_health_is_held_and_acknowledged_in_its_stream(store: Store):
    with store.write() as c:
        answers = intake.take(
            c,
            "mra/v1/w/line-3/tele/health/_",
            wire.encode(Health(sensors=()), schema="tele.health/1", device="line-3", ts=AT, epoch="e1", seq=1),
            AT,
        )
        assert devices.list_devices(c)[0].last_seen == AT
    (answer,) = answers
    assert (answer.topic, answer.device) == ("mra/v1/w/line-3/ack/health/_", "line-3")
    assert answer.ack == Ack(epoch="e1", through=1)


def test_a_benchmark_becomes_evidence_and_makes_its_model_known_once(store: Store):
    with store.write() as c:
        for _ in range(2):
            assert send(c, "bench/r1/result", RESULT, "bench.result/1", seq=1) == [Ack(epoch="e1", through=1)]
        assert evidence.latest_benchmark(c, specimens.MODEL, ()) == specimens.benchmark()
        (known,) = lineage.list_models(c)
        assert (known.model_id, known.source) == (specimens.MODEL, "benchmark on w/line-3")
        assert evidence.counts(c)["benchmark"] == 1


def test_a_benchmark_of_a_named_model_leaves_its_name(store: Store):
    with store.write() as c:
        lineage.put_model(c, "parts-n", "belt", specimens.model(), None, "upload", AT)
        send(c, "bench/r1/result", RESULT, "bench.result/1")
        assert [known.model_id for known in lineage.list_models(c)] == ["parts-n"]


def test_a_benchmark_tells_how_many_classes_the_head_of_a_registered_file_has(store: Store):
    unread = msgspec.structs.replace(RESULT.model, head_classes=None)
    with store.write() as c:
        lineage.put_model(c, "parts-7", "line", unread, None, "parts.onnx", AT)
        send(c, "bench/r1/result", RESULT, "bench.result/1", seq=1)
        known = lineage.get_model(c, "parts-7")
    assert known is not None
    assert known.model.head_classes == 2


def test_progress_needs_no_spool_and_leaves_only_a_sign_of_life(store: Store):
    with store.write() as c:
        progress = BenchProgress(model_name="parts", done=1, total=5)
        assert send(c, "bench/r1/progress", progress, "bench.progress/1") == []
        assert devices.list_devices(c)[0].last_seen == AT
        assert inbox.refused(c) == []


def test_a_declared_loss_is_acknowledged_in_the_stream_that_lost(store: Store):
    loss = Event(kind="spool-loss", text="full", lost=(("health", 1, 3), ("no/stream", 1, 2)))
    with store.write() as c:
        answers = intake.take(
            c,
            "mra/v1/w/line-3/evt/spool-loss/1",
            wire.encode(loss, schema="evt/1", device="line-3", ts=AT, epoch="e1", seq=1),
            AT,
        )
        assert devices.list_devices(c)[0].lost == 3
    assert [(answer.topic.split("/")[5], answer.ack.through) for answer in answers] == [("evt", 1), ("health", 3)]


@pytest.mark.parametrize(
    ("tail", "data", "schema", "said"),
    [
        ("tele/health/_", Health(sensors=()), "tele.health/1", "needs the epoch and seq"),
        ("evt/throttle/1", Event(kind="throttle", text=""), "evt/1", "needs the epoch and seq"),
        (
            "bench/r1/result",
            msgspec.structs.replace(RESULT, model=specimens.model(digest=specimens.OTHER)),
            "bench.result/1",
            "the benchmark is of model",
        ),
        (
            "bench/r1/result",
            msgspec.structs.replace(RESULT, benchmark=specimens.benchmark(observed_at="noon")),
            "bench.result/1",
            "BadTime: 'noon' is no RFC 3339 time",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    store: Store, tail: str, data: msgspec.Struct, schema: str, said: str
):
    with store.write() as c:
        assert send(c, tail, data, schema) == []
        (refused,) = inbox.refused(c)
        assert said in refused.reason
        assert evidence.counts(c)["benchmark"] == 0
        assert lineage.list_models(c) == []


def test_a_bad_record_with_a_seq_counts_as_received_so_that_its_stream_goes_on(store: Store):
    bad = b'{"device":"line-3","epoch":"e1","seq":1,"ts":"","schema":"tele.newer/9","data":{"x":[1]}}'
    topic = "mra/v1/w/line-3/tele/health/_"
    with store.write() as c:
        (answer,) = intake.take(c, topic, bad, AT)
        assert answer.ack == Ack(epoch="e1", through=1)
        assert send(c, "tele/health/_", Health(sensors=()), "tele.health/1", seq=2) == [Ack(epoch="e1", through=2)]
        (refused,) = inbox.refused(c)
        assert (refused.payload, refused.reason) == (bad, "schema 'tele.newer/9' is not known here")


def test_a_number_that_no_column_holds_is_refused_and_stops_nothing(store: Store):
    with store.write() as c:
        assert send(c, "tele/health/_", Health(sensors=()), "tele.health/1", seq=1, mono_ms=1 << 63)[0].through == 1
        assert "OverflowError" in inbox.refused(c)[0].reason
        assert c.execute(sa.select(sa.func.count()).select_from(messages)).scalar() == 0


def test_a_device_cannot_speak_for_another(store: Store):
    with store.write() as c:
        assert send(c, "tele/health/_", Health(sensors=()), "tele.health/1", seq=1, device="line-4") == []
        assert "the envelope says device 'line-4', the topic 'line-3'" in inbox.refused(c)[0].reason
        assert devices.list_devices(c) == []


def test_the_stores_own_failure_is_not_the_messages_fault(store: Store):
    with store.read() as c, pytest.raises(sa.exc.OperationalError, match="readonly"):
        send(c, "tele/health/_", Health(sensors=()), "tele.health/1", seq=1)


NAME = st.text("ab_-9", min_size=1, max_size=3)
TOPIC = st.one_of(
    st.text(max_size=40),
    st.builds(
        lambda names, channel: f"mra/v1/{names[0]}/line-3/{channel}/{names[1]}/_",
        st.tuples(NAME, NAME),
        st.sampled_from(["state", "birth", "tele", "evt", "bench", "cmdst", "ack", "twin"]),
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ENVELOPE = st.fixed_dictionaries(
    {
        "device": st.sampled_from(["line-3", "line-4", ""]),
        "ts": st.sampled_from([AT, "", "noon"]),
        "schema": st.sampled_from(["tele.health/1", "evt/1", "state.online/1", "birth.manifest/1", "ack/1", "x/1"]),
        "data": st.one_of(
            JSON,
            st.fixed_dictionaries({"sensors": st.just([]), "spool_pending": st.integers()}),
            st.fixed_dictionaries({"status": st.sampled_from(["online", "offline"])}),
            st.fixed_dictionaries(
                {
                    "kind": st.text(max_size=3),
                    "text": st.text(max_size=3),
                    "lost": st.lists(st.tuples(NAME, st.integers(), st.integers()), max_size=3),
                }
            ),
        ),
    },
    optional={
        "v": st.integers(0, 2),
        "epoch": st.text(max_size=4),
        "seq": st.integers(-1, 5) | st.integers(),
        "mono_ms": st.integers(),
        "historical": st.booleans(),
    },
).map(lambda envelope: msgspec.json.encode(envelope) if _fits(envelope) else b"{}")


def _fits(value: Any) -> bool:
    try:
        msgspec.json.encode(value)
    except (OverflowError, msgspec.EncodeError):
        return False
    return True


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(topic=TOPIC, payload=st.binary(max_size=60) | ENVELOPE)
@example(topic="mra/v1/w/line-3/tele/\ud800/_", payload=b"[" * 100_000)
def test_nothing_that_arrives_raises_and_the_next_message_is_taken(store: Store, topic: str, payload: bytes):
    with store.write() as c:
        first = intake.take(c, topic, payload, AT)
        assert [answer.ack for answer in intake.take(c, topic, payload, AT)] == [answer.ack for answer in first]
        assert send(c, "tele/health/_", Health(sensors=()), "tele.health/1", 1, epoch="after")[0].through == 1
        for table in ("messages", "gaps", "streams", "refused", "devices"):
            c.exec_driver_sql(f"DELETE FROM {table}")
