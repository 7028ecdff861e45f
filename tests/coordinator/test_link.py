"""The coordinator's session with a real broker: what is committed is acknowledged, and nothing before."""

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from readiness import wire
from readiness.messages import Ack, Health, Presence
from readiness_coordinator.broker import Broker, find_mosquitto
from readiness_coordinator.link import Link, client_id
from readiness_coordinator.settings import Broker as Address
from readiness_coordinator.store import devices, inbox
from readiness_coordinator.store.database import Store, open_store

pytestmark = pytest.mark.broker

ACKS = f"{wire.ROOT}/w/line-3/ack/+/+"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "readiness.db")
    yield store
    store.close()


@pytest.fixture(params=["mosquitto", "amqtt"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    if request.param == "mosquitto" and find_mosquitto() is None:
        pytest.skip("the mosquitto binary is not installed (Debian: apt-get install mosquitto)")
    child = Broker(tmp_path / "broker", lambda _: None, kind=request.param)
    child.start()
    yield child
    child.stop()


@pytest.fixture
def start_link(store: Store) -> Iterator[Callable[[int], tuple[Link, list[str]]]]:
    started: list[Link] = []

    def start(port: int) -> tuple[Link, list[str]]:
        notices: list[str] = []
        started.append(Link(store, Address(port=port), "coordinator-test", notices.append))
        started[-1].start()
        return started[-1], notices

    yield start
    for link in started:
        link.stop()


class Device:
    """A plain client that publishes records and collects acknowledgements."""

    def __init__(self, port: int) -> None:
        self.acks: list[Ack] = []
        self._client = Client(CallbackAPIVersion.VERSION2, "line-3-1", protocol=MQTTProtocolVersion.MQTTv311)
        self._client.username_pw_set("line-3")
        self._client.on_connect = lambda client, *_: client.subscribe(ACKS, qos=1)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, seq: int) -> None:
        self.publish(
            "tele/health/_",
            wire.encode(Health(sensors=()), schema="tele.health/1", device="line-3", ts="", epoch="e1", seq=seq),
        )

    def publish(self, tail: str, payload: bytes) -> None:
        self._client.publish(f"{wire.ROOT}/w/line-3/{tail}", payload, qos=1)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        ack = wire.decode(message.topic, bytes(message.payload)).data
        assert isinstance(ack, Ack)
        self.acks.append(ack)


@pytest.fixture
def device(broker: Broker) -> Iterator[Device]:
    device = Device(broker.port)
    yield device
    device.close()


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_what_is_committed_is_acknowledged_and_the_acknowledgement_is_retained(
    broker: Broker, device: Device, start_link: Callable[[int], tuple[Link, list[str]]], store: Store
):
    link, notices = start_link(broker.port)
    assert wait_until(lambda: link.connected)
    presence = wire.encode(Presence(status="online"), schema="state.online/1", device="line-3", ts="")
    device.publish("state/online/_", presence)
    device.publish("tele/health/_", b"not a message")
    for seq in (1, 2, 3):
        device.send(seq)
    assert wait_until(lambda: bool(device.acks) and device.acks[-1] == Ack(epoch="e1", through=3))
    with store.read() as c:
        assert devices.list_devices(c)[0].status == "online"
        assert [refused.payload for refused in inbox.refused(c)] == [b"not a message"]
    late = Device(broker.port)
    assert wait_until(lambda: bool(late.acks) and late.acks[-1].through == 3)
    late.close()
    assert len(notices) == (1 if broker.kind == "amqtt" else 0)


def test_no_acknowledgement_before_the_commit(
    broker: Broker,
    device: Device,
    start_link: Callable[[int], tuple[Link, list[str]]],
    tmp_path: Path,
):
    link, _ = start_link(broker.port)
    assert wait_until(lambda: link.connected)
    with contextlib.closing(sqlite3.connect(tmp_path / "readiness.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        device.send(1)
        time.sleep(1.0)
        assert device.acks == []
        other.execute("ROLLBACK")
    assert wait_until(lambda: device.acks == [Ack(epoch="e1", through=1)])


def test_what_came_while_the_coordinator_was_away_is_taken_when_it_is_back(
    broker: Broker, device: Device, start_link: Callable[[int], tuple[Link, list[str]]]
):
    link, _ = start_link(broker.port)
    assert wait_until(lambda: link.connected)
    device.send(1)
    assert wait_until(lambda: bool(device.acks))
    link.stop()
    for seq in range(2, 302):
        device.send(seq)
    time.sleep(0.5)
    assert device.acks[-1].through == 1
    start_link(broker.port)
    assert wait_until(lambda: device.acks[-1] == Ack(epoch="e1", through=301))


def test_a_broker_that_restarts_is_joined_again(
    broker: Broker, device: Device, start_link: Callable[[int], tuple[Link, list[str]]]
):
    link, notices = start_link(broker.port)
    assert wait_until(lambda: link.connected)
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    assert wait_until(lambda: not link.connected)
    assert wait_until(lambda: link.connected)
    assert wait_until(lambda: _acknowledged(device))
    assert any("lost the broker" in notice for notice in notices)


def test_a_broker_that_is_not_there_is_waited_for_with_one_notice(
    start_link: Callable[[int], tuple[Link, list[str]]], tmp_path: Path
):
    link, notices = start_link(1)
    time.sleep(1.5)
    assert not link.connected
    assert notices == ["no broker (Connection refused) at 127.0.0.1:1; trying again"]


def test_a_session_keeps_its_name(tmp_path: Path):
    name = client_id(tmp_path)
    assert client_id(tmp_path) == name
    assert name.startswith("coordinator-")
    (tmp_path / "client-id").unlink()
    assert client_id(tmp_path) != name


def _acknowledged(device: Device) -> bool:
    device.send(1)
    time.sleep(0.2)
    return bool(device.acks)
