"""The embedded broker: starts on a free port, says what is wrong, comes back when it dies, and never outlives us."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from readiness.exits import UNAVAILABLE, Stop
from readiness_coordinator.broker import Broker, find_mosquitto

pytestmark = pytest.mark.broker

OWNER = """
import sys, time
from pathlib import Path
from readiness_coordinator.broker import Broker

broker = Broker(Path(sys.argv[1]), lambda _: None, kind=sys.argv[2])
broker.start()
print(broker.pid, broker.port, flush=True)
time.sleep(600)
"""


@pytest.fixture(params=["mosquitto", "amqtt"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "mosquitto" and find_mosquitto() is None:
        pytest.skip("the mosquitto binary is not installed (Debian: apt-get install mosquitto)")
    return str(request.param)


@pytest.fixture
def start(tmp_path: Path, kind: str) -> Iterator[Callable[..., tuple[Broker, list[str]]]]:
    """Start brokers whose notices are collected; they end with the test. The folder's name has a space in it."""
    started: list[Broker] = []

    def starting(folder: str = "a broker", port: int = 0) -> tuple[Broker, list[str]]:
        notices: list[str] = []
        broker = Broker(tmp_path / folder, notices.append, port=port, kind=kind)
        broker.start()
        started.append(broker)
        return broker, notices

    yield starting
    for broker in started:
        broker.stop()


def listens(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_it_listens_on_loopback_alone_and_stops(start: Callable[..., tuple[Broker, list[str]]], kind: str):
    broker, notices = start()
    pid = broker.pid
    assert listens(broker.port)
    assert pid is not None
    with contextlib.closing(socket.socket()) as elsewhere:
        elsewhere.bind(("127.0.0.2", broker.port))  # taken, if the broker listened everywhere
    assert len(notices) == (1 if kind == "amqtt" else 0)
    broker.stop()
    assert not listens(broker.port)
    assert not is_running(pid)


def test_a_taken_port_is_one_line_and_exit_4(start: Callable[..., tuple[Broker, list[str]]]):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(Stop, match=f"cannot listen on 127.0.0.1:{port}: Address already in use; stop") as stop:
            start(port=port)
    assert stop.value.code == UNAVAILABLE


def test_a_folder_in_use_is_one_line_and_exit_4(start: Callable[..., tuple[Broker, list[str]]]):
    start()
    with pytest.raises(Stop, match="a coordinator already runs on this folder") as stop:
        start()
    assert stop.value.code == UNAVAILABLE


def test_a_broker_that_dies_comes_back_on_its_port(start: Callable[..., tuple[Broker, list[str]]]):
    broker, notices = start()
    first = broker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: broker.pid != first and listens(broker.port))
    assert "started again" in notices[-1]


def test_a_broker_that_keeps_dying_stays_down_and_says_so(start: Callable[..., tuple[Broker, list[str]]]):
    broker, notices = start()
    known: set[int] = set()
    while not broker.failed:
        assert wait_until(lambda: broker.failed or (broker.pid not in known and listens(broker.port)))
        if not broker.failed and broker.pid is not None:
            known.add(broker.pid)
            os.kill(broker.pid, signal.SIGKILL)
            assert wait_until(lambda: broker.failed or broker.pid not in known)
    assert len(known) == 5
    assert "stays down" in notices[-1]


def test_it_ends_when_its_owner_is_killed(tmp_path: Path, kind: str):
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path / "b"), kind], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    pid, port = (int(word) for word in owner.stdout.readline().split())
    assert is_running(pid)
    assert listens(port)
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    assert wait_until(lambda: not is_running(pid) and not listens(port))


def test_mosquitto_keeps_what_is_retained_over_a_restart(tmp_path: Path):
    if find_mosquitto() is None:
        pytest.skip("the mosquitto binary is not installed (Debian: apt-get install mosquitto)")
    first, second = (Broker(tmp_path / "broker", lambda _: None, kind="mosquitto") for _ in range(2))
    first.start()
    with client(first.port) as teller:
        teller.publish("kept/here", b"x", qos=1, retain=True).wait_for_publish(5)
    first.stop()
    second.start()
    got: list[bytes] = []
    with client(second.port) as listener:
        listener.on_message = lambda _client, _data, message: got.append(bytes(message.payload))
        listener.subscribe("kept/#", qos=1)
        assert wait_until(lambda: got == [b"x"])
    second.stop()


@contextlib.contextmanager
def client(port: int) -> Iterator[Client]:
    one = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    one.connect("127.0.0.1", port)
    one.loop_start()
    yield one
    one.disconnect()
    one.loop_stop()
