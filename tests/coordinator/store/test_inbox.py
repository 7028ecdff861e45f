"""Each record once, every gap known, nothing refused without a trace."""

from collections.abc import Callable

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness import wire
from readiness.wire import Message
from readiness_coordinator.store import inbox
from readiness_coordinator.store.database import Store
from readiness_coordinator.store.inbox import Watermark
from readiness_coordinator.store.schema import messages

AT = "2026-11-23T12:00:00Z"
Health = Callable[..., Message]


def held(c: sa.Connection, epoch: str = "e1") -> list[int]:
    query = sa.select(messages.c.seq).where(messages.c.epoch == epoch).order_by(messages.c.seq)
    return list(c.execute(query).scalars())


def test_a_watermark_follows_the_records(store: Store, health: Health):
    with store.write() as c:
        reached = [inbox.commit(c, health(seq), AT) for seq in (1, 2, 3)]
        assert held(c) == [1, 2, 3]
    assert reached[-1] == Watermark(stream="health", epoch="e1", through=3)


def test_a_repeat_changes_nothing(store: Store, health: Health):
    with store.write() as c:
        first = inbox.commit(c, health(1), AT)
        assert inbox.commit(c, health(1), "2026-11-24T00:00:00Z") == first
        assert c.execute(sa.select(messages.c.received_at)).scalars().all() == [AT]
        assert inbox.refused(c) == []


def test_another_record_under_the_same_seq_is_kept_apart(store: Store, health: Health):
    with store.write() as c:
        inbox.commit(c, health(1, pending=1), AT)
        inbox.commit(c, health(1, pending=2), AT)
        (other,) = inbox.refused(c)
        assert other.reason == "another record of stream 'health' is already held as seq 1"
        assert wire.decode(other.topic, other.payload) == health(1, pending=2)
        assert c.execute(sa.select(messages.c.data)).scalar() == b'{"sensors":[],"spool_pending":1}'


def test_gaps_are_named_and_closed_when_the_records_come(store: Store, health: Health):
    with store.write() as c:
        inbox.commit(c, health(2), AT)
        assert inbox.commit(c, health(6), AT).gaps == ((1, 1), (3, 5))
        assert inbox.commit(c, health(4), AT).gaps == ((1, 1), (3, 3), (5, 5))
        assert inbox.commit(c, health(3), AT).gaps == ((1, 1), (5, 5))
        assert inbox.commit(c, health(1), AT).gaps == ((5, 5),)
        assert inbox.commit(c, health(5), AT) == Watermark(stream="health", epoch="e1", through=6)


def test_a_new_epoch_and_another_device_count_for_themselves(store: Store, health: Health):
    with store.write() as c:
        inbox.commit(c, health(9), AT)
        assert inbox.commit(c, health(1, epoch="e2"), AT) == Watermark(stream="health", epoch="e2", through=1)
        assert inbox.commit(c, health(1, device="line-4"), AT).through == 1
        assert inbox.commit(c, health(10), AT).gaps == ((1, 8),)


def test_a_declared_loss_is_waited_for_no_more(store: Store, health: Health):
    with store.write() as c:
        inbox.commit(c, health(1), AT)
        inbox.commit(c, health(5), AT)
        told = health(6)
        reached = inbox.give_up(c, told.topic, told.envelope, ("health", 2, 3), AT)
        assert reached == Watermark(stream="health", epoch="e1", through=5, gaps=((4, 4),))
        beyond = inbox.give_up(c, told.topic, told.envelope, ("health", 4, 8), AT)
        assert beyond == Watermark(stream="health", epoch="e1", through=8)
        assert inbox.commit(c, health(9), AT).gaps == ()


def test_a_loss_that_is_no_range_is_ignored(store: Store, health: Health):
    told = health(1)
    with store.write() as c:
        for lost in (("health", 3, 2), ("health", 0, 2), ("health", 1, 1 << 63), ("no/name", 1, 2)):
            assert inbox.give_up(c, told.topic, told.envelope, lost, AT) is None


def test_a_claim_never_reaches_past_the_gaps_it_shows(store: Store, health: Health):
    last = 2 * inbox.SHOWN_GAPS + 6
    with store.write() as c:
        for seq in range(2, last + 1, 2):
            reached = inbox.commit(c, health(seq), AT)
    assert len(reached.gaps) == inbox.SHOWN_GAPS
    assert reached.through == 2 * inbox.SHOWN_GAPS


def test_refusals_are_kept_whole_newest_first(store: Store):
    with store.write() as c:
        for payload in (b"\xff\x00", b"{", b"{"):
            inbox.refuse(c, "mra/v1/x", payload, "why", AT)
        assert [(r.payload, r.reason, r.at) for r in inbox.refused(c)] == [(b"{", "why", AT), (b"\xff\x00", "why", AT)]
        assert len(inbox.refused(c, limit=1)) == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seqs=st.lists(st.integers(1, 25), min_size=1, max_size=40))
def test_in_any_order_the_claim_is_exactly_what_is_held(store: Store, health: Health, seqs: list[int]):
    with store.write() as c:
        for seq in seqs:
            reached = inbox.commit(c, health(seq), AT)
        missing = {seq for first, last in reached.gaps for seq in range(first, last + 1)}
        assert set(range(1, reached.through + 1)) - missing == set(held(c)) == set(seqs)
        _undo(c)


def _undo(c: sa.Connection) -> None:
    for table in ("messages", "gaps", "streams"):
        c.exec_driver_sql(f"DELETE FROM {table}")
