"""A device's row: what it said last, whether that was itself, and what of it is missing."""

from collections.abc import Callable

import specimens
from readiness.messages import Birth, Presence
from readiness.wire import Message
from readiness_coordinator.store import devices, inbox
from readiness_coordinator.store.database import Store

EARLY, LATE = "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z"
BIRTH = Birth(device=specimens.device(), fingerprint="sha256:1", agent_version="0.1.0")


def test_birth_and_presence_make_one_row(store: Store):
    online = Presence(status="online", boot_id="b1")
    with store.write() as c:
        devices.present(c, "w", "line-3", online, EARLY)
        devices.born(c, "w", "line-3", BIRTH, LATE)
        (row,) = devices.list_devices(c)
        assert devices.get_device(c, "w", "line-3") == row
        assert devices.get_device(c, "w", "line-4") is None
    assert (row.name, row.status, row.status_at, row.last_seen) == ("line-3", "online", EARLY, LATE)
    assert (row.board, row.fingerprint, row.birth, row.presence) == ("x86-64", "sha256:1", BIRTH, online)
    assert not row.incomplete


def test_the_brokers_word_that_a_device_is_gone_is_no_sign_of_life(store: Store):
    with store.write() as c:
        devices.present(c, "w", "line-3", Presence(status="online"), EARLY)
        devices.present(c, "w", "line-3", Presence(status="offline"), LATE)
        (row,) = devices.list_devices(c)
    assert (row.status, row.status_at, row.last_seen) == ("offline", LATE, EARLY)


def test_a_retained_presence_said_again_is_no_sign_of_life(store: Store):
    with store.write() as c:
        for at in (EARLY, LATE):
            devices.present(c, "w", "line-3", Presence(status="online", boot_id="b1"), at)
        assert devices.list_devices(c)[0].last_seen == EARLY


def test_missing_and_lost_records_are_counted_per_device(store: Store, health: Callable[..., Message]):
    told = health(10)
    with store.write() as c:
        for name in ("line-3", "line-4"):
            devices.seen(c, "w", name, EARLY)
        inbox.commit(c, health(10), EARLY)
        inbox.give_up(c, told.topic, told.envelope, ("health", 1, 4), EARLY)
        first, second = devices.list_devices(c)
    assert (first.missing, first.lost, first.incomplete, first.status) == (5, 4, True, "unknown")
    assert (second.missing, second.lost, second.incomplete) == (0, 0, False)
