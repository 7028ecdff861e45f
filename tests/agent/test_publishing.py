"""A benchmark result is in the spool before anything else, and it is said plainly when it stays there."""

from pathlib import Path

import msgspec
import pytest

import specimens
from children import free_port
from readiness.exits import UNAVAILABLE, UNUSABLE, Stop
from readiness.messages import BenchResult
from readiness_agent.publishing import publish_benchmark
from readiness_agent.settings import Broker, Settings
from readiness_agent.spool import open_spool, take_lock


def settings(tmp_path: Path) -> Settings:
    return Settings(device="line-3", state=str(tmp_path), broker=Broker(port=free_port()))


def spooled(tmp_path: Path) -> list[BenchResult]:
    spool = open_spool(tmp_path, 1 << 20, owner=False)
    records = spool.pending("bench")
    spool.close()
    assert all((record.kind, record.id) == ("run-1", "result") for record in records)
    return [msgspec.json.decode(record.payload, type=BenchResult) for record in records]


def test_without_a_broker_it_stays_in_the_spool_and_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        Stop, match=r"no broker at .*; the result is kept in the spool; `readiness-agent run` will"
    ) as stop:
        publish_benchmark(specimens.model(), specimens.benchmark(), "run-1", settings(tmp_path))
    assert stop.value.code == UNAVAILABLE
    assert spooled(tmp_path) == [BenchResult(run="run-1", model=specimens.model(), benchmark=specimens.benchmark())]


def test_a_running_daemon_is_left_to_send_it(tmp_path: Path) -> None:
    lock = take_lock(tmp_path)
    assert lock is not None
    publish_benchmark(specimens.model(), specimens.benchmark(), "run-1", settings(tmp_path))
    assert len(spooled(tmp_path)) == 1
    lock.release()


def test_a_run_name_that_no_topic_can_hold_is_refused_before_it_is_spooled(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="run name 'a/b' cannot be used") as stop:
        publish_benchmark(specimens.model(), specimens.benchmark(), "a/b", settings(tmp_path))
    assert stop.value.code == UNUSABLE
    assert not (tmp_path / "spool.db").exists()
