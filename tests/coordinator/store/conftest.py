"""A store on a real file, and messages to put into it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readiness import wire
from readiness.messages import Health
from readiness.wire import Message
from readiness_coordinator.store.database import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "data" / "readiness.db")
    yield store
    store.close()


@pytest.fixture
def health() -> Callable[..., Message]:
    """Make the health record of one seq, as it comes off the wire."""

    def make(seq: int, *, device: str = "line-3", epoch: str = "e1", pending: int = 0) -> Message:
        payload = wire.encode(
            Health(sensors=(), spool_pending=pending),
            schema="tele.health/1",
            device=device,
            ts="2026-11-23T12:00:00Z",
            epoch=epoch,
            seq=seq,
        )
        return wire.decode(f"mra/v1/w/{device}/tele/health/_", payload)

    return make
