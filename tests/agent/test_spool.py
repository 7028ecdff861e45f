"""The spool: numbered in the committing transaction, emptied by the coordinator alone, its losses declared."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness import wire
from readiness.messages import Event, Health
from readiness_agent.spool import BadSpool, Spool, open_spool, ranges, take_lock

BUDGET = 1 << 20


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    one = open_spool(tmp_path, BUDGET, owner=True)
    yield one
    one.close()


def health(spool: Spool, count: int = 1, pending: int = 0) -> None:
    for _ in range(count):
        spool.append("tele", "health", Health(sensors=(), spool_pending=pending), schema="tele.health/1")


def event(spool: Spool, text: str = "it got hot") -> int:
    return spool.append("evt", "throttle", Event(kind="throttle", text=text), schema="evt/1", id="a1")


def seqs(spool: Spool, stream: str) -> list[int]:
    return [record.seq for record in spool.pending(stream, limit=100_000)]


def test_each_stream_counts_from_one_without_a_hole(spool: Spool) -> None:
    health(spool, 3)
    assert event(spool) == 1
    health(spool, 2)
    assert seqs(spool, "health") == [1, 2, 3, 4, 5]
    assert seqs(spool, "evt") == [1]
    (record,) = spool.pending("evt")
    assert (record.channel, record.kind, record.id, record.schema) == ("evt", "throttle", "a1", "evt/1")
    assert record.payload == b'{"kind":"throttle","text":"it got hot","lost":[]}'
    assert abs(record.at - time.time()) < 5


def test_records_and_epoch_outlive_the_process(tmp_path: Path) -> None:
    first = open_spool(tmp_path, BUDGET, owner=True)
    health(first, 2)
    first.close()
    second = open_spool(tmp_path, BUDGET, owner=True)
    health(second)
    assert second.epoch == first.epoch
    assert seqs(second, "health") == [1, 2, 3]
    second.close()


def test_a_power_cut_is_survived_by_what_was_committed(spool: Spool) -> None:
    assert spool._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert spool._db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_an_acknowledgement_deletes_through_its_mark_and_spares_its_gaps(spool: Spool) -> None:
    health(spool, 10)
    assert spool.acknowledge(spool.epoch, "health", 6, gaps=((2, 3), (5, 5))) == 3
    assert seqs(spool, "health") == [2, 3, 5, 7, 8, 9, 10]
    assert spool.acknowledge(spool.epoch, "health", 6, gaps=((2, 3), (5, 5))) == 0
    assert spool.acknowledge(spool.epoch, "health", 10) == 7
    (stream,) = spool.streams()
    assert (stream.pending, stream.bytes, stream.acknowledged, stream.last_seq) == (0, 0, 10, 10)


@pytest.mark.parametrize(
    ("epoch", "stream", "through"), [("other", "health", 3), (None, "evt", 3), (None, "health", 4)]
)
def test_an_acknowledgement_of_something_else_deletes_nothing(
    spool: Spool, epoch: str | None, stream: str, through: int
) -> None:
    health(spool, 3)
    assert spool.acknowledge(epoch or spool.epoch, stream, through) == 0
    assert seqs(spool, "health") == [1, 2, 3]


def test_pending_goes_on_after_a_seq_and_keeps_its_limit(spool: Spool) -> None:
    health(spool, 9)
    assert [record.seq for record in spool.pending("health", after=3, limit=4)] == [4, 5, 6, 7]


def declared(spool: Spool) -> set[tuple[str, int]]:
    """Every (stream, seq) that a spool-loss event declares."""
    import msgspec

    events = [
        msgspec.json.decode(record.payload, type=Event)
        for record in spool.pending("evt", limit=100_000)
        if record.kind == "spool-loss"
    ]
    return {(stream, seq) for one in events for stream, first, last in one.lost for seq in range(first, last + 1)}


def test_a_full_spool_gives_up_its_oldest_telemetry_and_declares_every_seq(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "small.db", 20_000)
    kept_event = event(spool, "x" * 5000)
    health(spool, 200)
    assert sum(stream.bytes for stream in spool.streams()) <= 20_000
    assert kept_event in seqs(spool, "evt")
    here = set(seqs(spool, "health"))
    gone = set(range(1, 201)) - here
    assert gone == set(range(1, min(here)))
    assert declared(spool) == {("health", seq) for seq in gone}
    assert {stream.name: stream.lost for stream in spool.streams()}["health"] == len(gone)
    spool.close()


def test_events_go_only_when_they_are_alone(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "small.db", 20_000)
    health(spool, 5)
    for _ in range(40):
        event(spool, "x" * 1000)
    here = set(seqs(spool, "evt"))
    assert not seqs(spool, "health")
    assert sum(stream.bytes for stream in spool.streams()) <= 20_000
    last = {stream.name: stream.last_seq for stream in spool.streams()}
    assert declared(spool) == {("health", seq) for seq in range(1, 6)} | {
        ("evt", seq) for seq in set(range(1, last["evt"] + 1)) - here
    }
    spool.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(["tele", "evt", "ack"]), st.integers(0, 3000)), max_size=40),
    budget=st.integers(6_000, 40_000),
)
def test_every_seq_is_held_acknowledged_or_declared_lost(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], budget: int
) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool") / "s.db", budget)
    acknowledged: set[tuple[str, int]] = set()
    told: set[tuple[str, int]] = set()
    for what, size in steps:
        if what == "tele":
            health(spool, pending=size)
        elif what == "evt":
            event(spool, "x" * size)
        else:
            told |= declared(spool)
            for stream in spool.streams():
                through = size % (stream.last_seq + 1)
                acknowledged |= {(stream.name, seq) for seq in seqs(spool, stream.name) if seq <= through}
                spool.acknowledge(spool.epoch, stream.name, through)
    held = {(stream.name, seq) for stream in spool.streams() for seq in seqs(spool, stream.name)}
    given_out = {(stream.name, seq) for stream in spool.streams() for seq in range(1, stream.last_seq + 1)}
    lost = told | declared(spool)
    assert held | acknowledged | lost == given_out
    assert not held & lost
    counts = {stream.name: (stream.pending, stream.bytes) for stream in spool.streams()}
    for name, (pending, size) in counts.items():
        records = spool.pending(name, limit=1000)
        assert (pending, size) == (len(records), sum(record.size for record in records))
    spool.close()


def test_a_record_that_no_coordinator_would_take_is_refused_here(spool: Spool) -> None:
    with pytest.raises(wire.BadMessage, match="over the limit"):
        event(spool, "x" * wire.MAX_PAYLOAD)
    with pytest.raises(wire.BadMessage, match="is not the payload"):
        spool.append("tele", "health", Event(kind="a", text=""), schema="tele.health/1")
    assert not spool.streams()


@pytest.mark.parametrize("harm", ["overwritten", "cut", "scribbled"])
def test_a_damaged_file_is_set_aside_and_a_new_epoch_says_so(tmp_path: Path, harm: str) -> None:
    first = open_spool(tmp_path, BUDGET, owner=True)
    health(first, 500)
    first.close()
    path = tmp_path / "spool.db"
    good = path.read_bytes()
    damaged = {
        "overwritten": b"this is no database" * 1000,
        "cut": good[: len(good) // 2],
        "scribbled": good[:8192] + os.urandom(16384) + good[24576:],
    }[harm]
    path.write_bytes(damaged)
    with pytest.raises(BadSpool, match="is damaged; restart"):
        open_spool(tmp_path, BUDGET, owner=False)
    second = open_spool(tmp_path, BUDGET, owner=True)
    (aside,) = [one for one in tmp_path.iterdir() if ".damaged-" in one.name and one.name[-4:] not in {"-wal", "-shm"}]
    assert aside.read_bytes() == damaged
    assert second.epoch != first.epoch
    (said,) = second.pending("evt")
    assert said.kind == "spool-recreated"
    assert aside.name in said.payload.decode()
    health(second)
    second.close()


def test_what_is_no_damage_is_never_set_aside(tmp_path: Path) -> None:
    (tmp_path / "spool.db").mkdir()
    with pytest.raises(BadSpool, match="cannot be used: unable to open"):
        open_spool(tmp_path, BUDGET, owner=True)
    assert (tmp_path / "spool.db").is_dir()


def test_a_spool_of_another_version_is_left_alone(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "spool.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(BadSpool, match="another version"):
        open_spool(tmp_path, BUDGET, owner=True)


WRITER = """
import sys
from pathlib import Path
from readiness.messages import Event
from readiness_agent.spool import open_spool
spool = open_spool(Path(sys.argv[1]), 1 << 20, owner=False)
for n in range(int(sys.argv[2])):
    spool.append("evt", "throttle", Event(kind="throttle", text=str(n)), schema="evt/1", id="x")
    print(n, flush=True)
"""


def test_processes_that_begin_and_write_together_share_one_gapless_count(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), "60"], stdout=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    spool = open_spool(tmp_path, BUDGET, owner=False)
    assert seqs(spool, "evt") == list(range(1, 181))
    spool.close()


def test_a_killed_writer_leaves_every_record_it_had_told_of(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "100000"], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(50)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().split()]
    writer.wait(10)
    writer.stdout.close()
    spool = open_spool(tmp_path, BUDGET, owner=True)
    here = seqs(spool, "evt")
    assert here == list(range(1, len(here) + 1))
    assert len(here) >= len(told)
    spool.close()


def test_the_link_lock_has_one_holder(tmp_path: Path) -> None:
    lock = take_lock(tmp_path)
    assert lock is not None
    assert take_lock(tmp_path) is None
    lock.release()
    again = take_lock(tmp_path)
    assert again is not None
    again.release()


def test_an_unusable_state_folder_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSpool, match="file: the state folder cannot be used"):
        take_lock(tmp_path / "file")


def test_ranges_join_neighbours() -> None:
    assert ranges([("b", 2), ("a", 2), ("a", 1), ("a", 4), ("b", 3)]) == (("a", 1, 2), ("a", 4, 4), ("b", 2, 3))
