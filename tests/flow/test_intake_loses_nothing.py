"""What the coordinator acknowledges it holds, exactly once, however often it is killed in the middle."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from readiness import wire
from readiness.messages import Ack, Health
from readiness_coordinator import broker as brokers
from readiness_coordinator.link import Link
from readiness_coordinator.settings import Broker
from readiness_coordinator.store.database import open_store

RECORDS = 2000
KILLS = 4
PATIENCE_S = 45.0
DEVICE, EPOCH = "line-3", "0b5c7c4e"


class Publisher:
    """A device reduced to the contract: it sends a record until an acknowledgement covers it."""

    def __init__(self, port: int, database: Path) -> None:
        self.unacknowledged = set(range(1, RECORDS + 1))
        self.last: Ack | None = None
        self.overclaims: list[tuple[Ack, int]] = []
        self._database = database
        self._client = Client(
            CallbackAPIVersion.VERSION2, f"{DEVICE}-1", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.username_pw_set(DEVICE)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{wire.ROOT}/w/{DEVICE}/ack/+/+", qos=1)
        self._client.on_message = self._on_ack
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def send(self, seqs: list[int]) -> None:
        for seq in seqs:
            payload = wire.encode(
                Health(sensors=(), spool_pending=seq),
                schema="tele.health/1",
                device=DEVICE,
                ts="2026-11-23T12:00:00Z",
                epoch=EPOCH,
                seq=seq,
            )
            self._client.publish(f"{wire.ROOT}/w/{DEVICE}/tele/health/_", payload, qos=1)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_ack(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        ack = wire.decode(message.topic, bytes(message.payload)).data
        assert isinstance(ack, Ack)
        missing = {seq for first, last in ack.gaps for seq in range(first, last + 1)}
        claimed = set(range(1, ack.through + 1)) - missing
        with contextlib.closing(sqlite3.connect(self._database)) as db:
            held = {row[0] for row in db.execute("SELECT seq FROM messages WHERE epoch = ?", (EPOCH,))}
        if not claimed <= held:
            self.overclaims.append((ack, len(claimed - held)))
        self.unacknowledged -= claimed
        self.last = ack


def start_link(database: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, __file__, str(database), str(port)])


@pytest.fixture(params=["mosquitto", "amqtt"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[brokers.Broker]:
    if request.param == "mosquitto" and brokers.find_mosquitto() is None:
        pytest.skip("the mosquitto binary is not installed (Debian: apt-get install mosquitto)")
    child = brokers.Broker(tmp_path / "broker", lambda _: None, kind=request.param)
    child.start()
    yield child
    child.stop()


@pytest.mark.broker
@pytest.mark.slow
def test_nothing_acknowledged_is_missing_though_the_link_is_killed(broker: brokers.Broker, tmp_path: Path):
    database = tmp_path / "readiness.db"
    open_store(database).close()
    publisher = Publisher(broker.port, database)
    link = start_link(database, broker.port)
    killed, deadline, fresh = 0, time.monotonic() + PATIENCE_S, list(range(1, RECORDS + 1))
    resend_at = time.monotonic() + 2.0
    try:
        while publisher.unacknowledged and time.monotonic() < deadline:
            publisher.send(fresh[:40])
            del fresh[:40]
            progress = (RECORDS - len(publisher.unacknowledged)) / RECORDS
            if killed < KILLS and progress > killed / (KILLS + 1):
                os.kill(link.pid, signal.SIGKILL)
                link.wait()
                killed += 1
                link = start_link(database, broker.port)
            if not fresh and time.monotonic() > resend_at:
                publisher.send(sorted(publisher.unacknowledged)[:500])
                resend_at = time.monotonic() + 2.0
            time.sleep(0.05)
    finally:
        publisher.stop()
        link.terminate()
        assert link.wait(10) == 0
    with contextlib.closing(sqlite3.connect(database)) as db:
        seqs = [row[0] for row in db.execute("SELECT seq FROM messages ORDER BY seq")]
        wrong = db.execute(
            "SELECT count(*) FROM messages WHERE json_extract(data, '$.spool_pending') <> seq"
        ).fetchone()
        refused = db.execute("SELECT topic, reason, payload FROM refused").fetchall()
    assert killed == KILLS
    assert publisher.overclaims == []
    assert seqs == list(range(1, RECORDS + 1))
    assert (wrong[0], refused) == (0, [])
    assert publisher.last == Ack(epoch=EPOCH, through=RECORDS)


def _link(database: Path, port: int) -> None:
    """The process that is killed: a store and a link, nothing else."""
    store = open_store(database)
    link = Link(store, Broker(port=port), "coordinator-test", lambda line: print(line, file=sys.stderr))
    link.start()
    signal.sigwait({signal.SIGTERM})
    link.stop()
    store.close()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    _link(Path(sys.argv[1]), int(sys.argv[2]))
