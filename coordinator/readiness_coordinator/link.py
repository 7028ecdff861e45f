"""MQTT in: what devices publish goes to intake in batches, and is acknowledged only after its commit."""

import queue
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from readiness import wire
from readiness_coordinator import intake
from readiness_coordinator.intake import Answer
from readiness_coordinator.settings import Broker
from readiness_coordinator.store.database import Store

CHANNELS = ("state", "birth", "tele", "evt", "bench", "cmdst")
BATCH = 500
_CONNECT_TIMEOUT_S = 5.0
_KEEPALIVE_S = 30
_SESSION_S = 7 * 24 * 3600
# Under MQTT 5 the broker holds back what exceeds this, so that a slow disk does not fill the memory.
_RECEIVE_MAXIMUM = 1000
_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0)
_STORE_RETRY_S = 1.0
_IDLE_S = 0.2
_LEAVE_S = 3.0

Delivery = tuple[Client, MQTTMessage]


def now() -> str:
    """Give this moment as the store and the wire have it."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def client_id(folder: Path) -> str:
    """Give the name of this coordinator's session with the broker, made once and kept with its data.

    It is random: who can guess it could take the session over.
    """
    path = folder / "client-id"
    if not path.exists():
        path.write_text(f"coordinator-{secrets.token_hex(8)}\n", "utf-8")
    return path.read_text("utf-8").strip()


class Link:
    """The coordinator's session with the broker, on two threads: one reads the network, one commits and answers.

    A message is acknowledged to the broker (PUBACK) and to its device (`ack/<stream>/_`, retained) after the
    transaction that holds it is on disk; what was not acknowledged comes again, and counts once.
    """

    def __init__(
        self,
        store: Store,
        broker: Broker,
        client_name: str,
        notice: Callable[[str], None],
        *,
        password: str | None = None,
        clock: Callable[[], str] = now,
    ) -> None:
        self.connected = False
        self._store, self._broker, self._client_name = store, broker, client_name
        self._notice, self._password, self._clock = notice, password, clock
        self._received: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._client: Client | None = None
        self._ended = threading.Event()
        self._version: MQTTProtocolVersion | None = None
        self._trouble = ""
        self._store_failed = False
        self._threads = (
            threading.Thread(target=self._listen, name="link", daemon=True),
            threading.Thread(target=self._work, name="intake", daemon=True),
        )

    def start(self) -> None:
        """Connect and keep connected in the background; a broker that is not there is waited for."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the batch at hand, then leave; what is still unacknowledged comes again at the next start."""
        self._stopping.set()
        listener, worker = self._threads
        worker.join()
        if self._client is not None:
            self._client.disconnect()
            self._ended.wait(_LEAVE_S)
        self._ended.set()
        listener.join()

    def _listen(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            trouble = self._session()
            if self._stopping.is_set():
                return
            if not (trouble and failures):
                self._notice(f"{trouble or 'lost the broker'} at {self._broker.host}:{self._broker.port}; trying again")
            failures = failures + 1 if trouble else 0
            self._stopping.wait(_BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])

    def _session(self) -> str:
        """Run one session to its end; gives why it never began, or nothing when it did."""
        self._ended.clear()
        self._trouble = "no answer from what listens"
        try:
            self._version = self._version or self._spoken()
            client = self._made(self._client_name, self._version)
            self._connect(client)
        except (OSError, ValueError) as error:
            return f"no broker ({getattr(error, 'strerror', None) or error})"
        self._client = client
        # Only with its own network thread does paho let another thread publish without writing to the socket itself.
        client.loop_start()
        self._ended.wait()
        client.loop_stop()
        self.connected = False
        return self._trouble

    def _spoken(self) -> MQTTProtocolVersion:
        """Ask which MQTT the broker speaks.

        The question carries neither name nor properties: amqtt reads those of MQTT 5 as lengths, and waits for ever.
        """
        answers: list[str] = []
        probe = self._made(f"probe-{secrets.token_hex(8)}", MQTTProtocolVersion.MQTTv5)
        probe.on_connect = lambda *said: answers.append(str(said[3]))
        probe.connect(*self._where())
        deadline = time.monotonic() + _CONNECT_TIMEOUT_S
        while not answers and time.monotonic() < deadline and not self._stopping.is_set():
            if probe.loop(_IDLE_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
        probe.disconnect()
        if answers != ["Unsupported protocol version"]:
            return MQTTProtocolVersion.MQTTv5
        self._notice("the broker speaks MQTT 3.1.1 only; records and acknowledgements are kept as under 5")
        return MQTTProtocolVersion.MQTTv311

    def _made(self, name: str, version: MQTTProtocolVersion) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            name,
            clean_session=None if version == MQTTProtocolVersion.MQTTv5 else False,
            protocol=version,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = _CONNECT_TIMEOUT_S
        if self._broker.tls_ca:
            client.tls_set(ca_certs=self._broker.tls_ca, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        return client

    def _where(self) -> tuple[str, int, int]:
        return self._broker.host, self._broker.port, _KEEPALIVE_S

    def _connect(self, client: Client) -> None:
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        if self._broker.username:
            client.username_pw_set(self._broker.username, self._password)
        if self._version == MQTTProtocolVersion.MQTTv5:
            wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            wishes.SessionExpiryInterval = _SESSION_S
            wishes.ReceiveMaximum = _RECEIVE_MAXIMUM
            client.connect(*self._where(), clean_start=False, properties=wishes)
        else:
            client.connect(*self._where())

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._trouble = f"the broker refuses the coordinator ({reason})"
            return
        self._trouble = ""
        self.connected = True
        for channel in CHANNELS:
            client.subscribe(f"{wire.ROOT}/+/+/{channel}/+/+", qos=1)

    def _on_disconnect(self, *_: Any) -> None:
        self._ended.set()

    def _on_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        self._received.put((client, message))

    def _work(self) -> None:
        while not self._stopping.is_set():
            batch = self._gathered()
            answers = self._committed(batch)
            while answers is None and not self._stopping.wait(_STORE_RETRY_S):
                answers = self._committed(batch)
            if answers is not None:
                self._acknowledge(batch, answers)

    def _gathered(self) -> list[Delivery]:
        """Wait a moment for one message, then take all that have come meanwhile: a commit costs a disk flush."""
        batch = []
        try:
            batch.append(self._received.get(timeout=_IDLE_S))
            while len(batch) < BATCH:
                batch.append(self._received.get_nowait())
        except queue.Empty:
            pass
        return batch

    def _committed(self, batch: list[Delivery]) -> list[Answer] | None:
        """Commit a batch whole; gives None when the store cannot, and the batch is to be tried again."""
        if not batch:
            return []
        try:
            with self._store.write() as c:
                answers = [a for _, m in batch for a in intake.take(c, _topic(m), bytes(m.payload), self._clock())]
        except sa.exc.OperationalError as error:
            if not self._store_failed:
                self._notice(f"the store cannot be written ({error.orig}); devices keep their records until it can")
            self._store_failed = True
            return None
        self._store_failed = False
        return answers

    def _acknowledge(self, batch: list[Delivery], answers: Iterable[Answer]) -> None:
        """Answer the devices, the last word per stream, and only then the broker."""
        newest = {answer.topic: answer for answer in answers}
        for topic, answer in newest.items():
            said = wire.encode(answer.ack, schema="ack/1", device=answer.device, ts=self._clock())
            if self._client is not None:
                self._client.publish(topic, said, qos=1, retain=True)
        for client, message in batch:
            client.ack(message.mid, message.qos)


def _topic(message: MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return "(a topic that is no UTF-8 text)"
