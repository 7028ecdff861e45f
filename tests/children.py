"""Real child processes, and a stand-in for the coordinator, that tests of the product's promises start."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from readiness import messages, wire


class Child:
    """A program run as a real process on 127.0.0.1; what it says goes to a file."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command, self.log = command, log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def stop(self, patience_s: float = 10) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience_s)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class BrokerChild(Child):
    """A broker process and the port that it answers on."""

    def __init__(self, command: list[str], log: Path, port: int) -> None:
        self.port = port
        super().__init__(command, log)

    def start(self) -> None:
        super().start()
        wait_until(lambda: _answers(self.port), f"the broker answers on port {self.port}")


class Coordinator:
    """Subscribes as a coordinator does and keeps what arrives; acknowledges when told to, as an intake would.

    `seen` holds every message; `seqs` the seq numbers that arrived, per epoch and stream.
    """

    def __init__(self, port: int, workspace: str = "default") -> None:
        self.seen: list[wire.Message] = []
        self.seqs: dict[tuple[str, str], list[int]] = {}
        self.acknowledging = True
        self._client = Client(
            CallbackAPIVersion.VERSION2, "coordinator", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(f"mra/v1/{workspace}/#", qos=1)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _on_message(self, client: Client, _data: object, raw: MQTTMessage) -> None:
        message = wire.decode(raw.topic, raw.payload)
        if message.topic.channel == "ack":
            return
        self.seen.append(message)
        if not message.envelope.seq:
            return
        key = (message.envelope.epoch, message.topic.stream)
        self.seqs.setdefault(key, []).append(message.envelope.seq)
        if self.acknowledging:
            self._acknowledge(message.topic, *key)

    def acknowledge_all(self) -> None:
        """From now on, and for all that came before, say what has arrived without a hole."""
        self.acknowledging = True
        last = {(one.envelope.epoch, one.topic.stream): one.topic for one in self.seen if one.envelope.seq}
        for (epoch, stream), topic in last.items():
            self._acknowledge(topic, epoch, stream)

    def _acknowledge(self, topic: wire.Topic, epoch: str, stream: str) -> None:
        arrived, through = set(self.seqs[epoch, stream]), 0
        while through + 1 in arrived:
            through += 1
        ack = wire.encode(
            messages.Ack(epoch=epoch, through=through), schema="ack/1", device=topic.device, ts="2026-11-23T12:00:00Z"
        )
        where = msgspec.structs.replace(topic, channel="ack", kind=stream, id="_")
        self._client.publish(str(where), ack, qos=1, retain=True)

    def of(self, channel: str) -> list[wire.Message]:
        return [one for one in list(self.seen) if one.topic.channel == channel]

    def presence(self) -> str:
        """Give the latest status that a device said of itself, or its will did."""
        states = self.of("state")
        return states[-1].data.status if states else ""

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def wait_until(true: Callable[[], object], what: str, patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {patience_s} s in vain: {what}")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
