"""Fixtures that start real brokers and the device daemon as child processes."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from children import BrokerChild, Child, Coordinator, free_port

_MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[BrokerChild]:
    """A real Mosquitto with persistence, open to anybody on 127.0.0.1."""
    if _MOSQUITTO is None:
        pytest.skip("the mosquitto binary is not installed (Debian: apt-get install mosquitto)")
    port, folder = free_port(), tmp_path / "mosquitto"
    folder.mkdir()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
        f"autosave_interval 1\nmax_queued_messages 100000\nuser {_me()}\n"
    )
    broker = BrokerChild([_MOSQUITTO, "-c", str(config)], folder / "log.txt", port)
    yield broker
    broker.stop()


@pytest.fixture
def amqtt(tmp_path: Path) -> Iterator[BrokerChild]:
    """The embedded broker amqtt, which speaks MQTT 3.1.1 alone."""
    port = free_port()
    script = Path(__file__).parent / "amqtt_broker.py"
    broker = BrokerChild([sys.executable, str(script), str(port)], tmp_path / "amqtt.txt", port)
    yield broker
    broker.stop()


@pytest.fixture
def coordinator_at() -> Iterator[Callable[[int], Coordinator]]:
    """Start stand-in coordinators; they end with the test."""
    started: list[Coordinator] = []

    def start(port: int) -> Coordinator:
        started.append(Coordinator(port))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def start_agent(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Start `readiness-agent run` as its own process: a fast device with a will of one second."""
    started: list[Child] = []

    def start(port: int, *flags: str) -> Child:
        config = tmp_path / "agent.toml"
        config.write_text(
            f'device = "line-3"\nstate = "{tmp_path}/state"\ninterval_s = 0.2\nwill_delay_s = 1\nack_timeout_s = 1.0\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {port}\n'
        )
        command = [sys.executable, "-m", "readiness_agent", "run", "--config", str(config), *flags]
        started.append(Child(command, tmp_path / "agent.txt"))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def _me() -> str:
    return "root" if os.geteuid() == 0 else os.environ.get("USER", "mosquitto")
