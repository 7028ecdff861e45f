"""One MQTT session with the broker: connect, publish, listen; thrown away whole when it breaks."""

import ssl
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.exception import MQTTException
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from readiness_agent.settings import Broker

CONNECT_TIMEOUT_S = 3.0
_SESSION_S = 24 * 3600
_RECEIVE_MAXIMUM = 20


class Unreachable(Exception):
    """The broker cannot be had; the message says where and why, without what to do."""


class OldBroker(Unreachable):
    """The broker does not speak MQTT 5."""


class TakenOver(Unreachable):
    """A client of the same name has the session now; the message says what to do, too."""


class Connection:
    """A fresh paho client per session: its queue lives in memory and would outlive what the spool knows.

    `mqtt5` chooses MQTT 5 or 3.1.1, which has no will delay, session expiry, nor content type.
    """

    def __init__(self, broker: Broker, client_id: str, *, mqtt5: bool, keepalive_s: int, password: str | None) -> None:
        self.mqtt5 = mqtt5
        self.complaint = ""
        self._broker, self._client_id = broker, client_id
        self._keepalive_s = keepalive_s
        self._answer: ReasonCode | None = None
        self._farewell: ReasonCode | None = None
        self._received: list[tuple[str, bytes]] = []
        self._client = self._made()
        if broker.username:
            self._client.username_pw_set(broker.username, password)
        if broker.tls_ca:
            self._client.tls_set(ca_certs=str(Path(broker.tls_ca).expanduser()), tls_version=ssl.PROTOCOL_TLS_CLIENT)

    def _made(self) -> Client:
        version = MQTTProtocolVersion.MQTTv5 if self.mqtt5 else MQTTProtocolVersion.MQTTv311
        clean_session = None if self.mqtt5 else False
        client = Client(
            CallbackAPIVersion.VERSION2, self._client_id, clean_session, protocol=version, reconnect_on_failure=False
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(_RECEIVE_MAXIMUM)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        return client

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._answer = reason

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._farewell = self._farewell or reason  # the broker's own word comes before the closed socket's

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._received.append((message.topic, bytes(message.payload)))

    def _on_publish(self, _client: Client, _data: Any, _mid: int, reason: ReasonCode, _properties: Any) -> None:
        self._judge("what this device publishes", reason)

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, reasons: Sequence[ReasonCode], _properties: Any
    ) -> None:
        for reason in reasons:
            self._judge("this device's wish to hear acknowledgements", reason)

    def _judge(self, what: str, reason: ReasonCode) -> None:
        if reason.is_failure:
            self.complaint = f"the broker at {self._broker} refuses {what}: {str(reason).lower()}"

    def set_will(self, topic: str, payload: bytes, delay_s: int) -> None:
        """Leave a retained message that the broker publishes when this session dies; under MQTT 5 after `delay_s`."""
        properties = _properties(PacketTypes.WILLMESSAGE, WillDelayInterval=delay_s) if self.mqtt5 else None
        self._client.will_set(topic, payload, qos=1, retain=True, properties=properties)

    def open(self) -> None:
        """Connect within a few seconds; raises OldBroker where only MQTT 3.1.1 is spoken, else Unreachable."""
        deadline = time.monotonic() + CONNECT_TIMEOUT_S
        try:
            self._connect()
        except (OSError, ValueError, MQTTException) as error:
            raise Unreachable(f"no broker at {self._broker} ({_reason(error)})") from None
        while self._answer is None and time.monotonic() < deadline and self._turn(0.1):
            pass
        if self._answer is None or self._answer.is_failure:
            self.drop()
            raise self._refusal()

    def _refusal(self) -> Unreachable:
        """Say why there is no session; one of MQTT 3.1.1 may meet an MQTT 5 will with silence (amqtt 0.12)."""
        if self._answer is None:
            kind = OldBroker if self.mqtt5 else Unreachable
            return kind(f"what listens at {self._broker} does not answer as an MQTT broker")
        kind = OldBroker if self.mqtt5 and str(self._answer) == "Unsupported protocol version" else Unreachable
        return kind(f"the broker at {self._broker} refuses this device: {str(self._answer).lower()}")

    def _connect(self) -> None:
        if self.mqtt5:
            session = _properties(
                PacketTypes.CONNECT, SessionExpiryInterval=_SESSION_S, ReceiveMaximum=_RECEIVE_MAXIMUM
            )
            self._client.connect(
                self._broker.host, self._broker.port, self._keepalive_s, clean_start=False, properties=session
            )
        else:
            self._client.connect(self._broker.host, self._broker.port, self._keepalive_s)

    def subscribe(self, topic: str) -> None:
        self._client.subscribe(topic, qos=1)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Hand over one QoS 1 message; only a bounded number may be under way, the caller sees to that."""
        kind = {"ContentType": "application/json", "PayloadFormatIndicator": 1}
        properties = _properties(PacketTypes.PUBLISH, **kind) if self.mqtt5 else None
        self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)

    def step(self, timeout_s: float) -> tuple[tuple[str, bytes], ...]:
        """Wait for and handle network traffic; gives what arrived, raises Unreachable when the session is over."""
        if not self._turn(timeout_s):
            self.drop()
            if str(self._farewell) == "Session taken over":
                raise TakenOver(
                    f"another client uses the name {self._client_id} on this broker; give each device its own --device"
                )
            raise Unreachable(f"lost the broker at {self._broker}")
        arrived, self._received = tuple(self._received), []
        return arrived

    def _turn(self, timeout_s: float) -> bool:
        try:
            return self._client.loop(timeout_s) == MQTTErrorCode.MQTT_ERR_SUCCESS and self._farewell is None
        except (OSError, ValueError, MQTTException):
            return False

    def close(self, topic: str, payload: bytes, patience_s: float = 1.5) -> None:
        """Publish a last retained message, wait a moment for the broker to have it, and leave in order."""
        properties = _properties(PacketTypes.PUBLISH, ContentType="application/json") if self.mqtt5 else None
        last = self._client.publish(topic, payload, qos=1, retain=True, properties=properties)
        deadline = time.monotonic() + patience_s
        while last.rc == MQTTErrorCode.MQTT_ERR_SUCCESS and not last.is_published() and time.monotonic() < deadline:
            if not self._turn(0.05):
                return
        self._client.disconnect()
        self._turn(0.05)
        self.drop()

    def drop(self) -> None:
        """Free the sockets without a farewell (the broker then publishes the will) and the client with them."""
        if (sock := self._client.socket()) is not None:
            sock.close()
        self._client.on_connect = self._client.on_disconnect = self._client.on_message = None
        self._client.on_publish = self._client.on_subscribe = None


def _properties(kind: int, **values: Any) -> Properties:
    properties = Properties(kind)  # type: ignore[no-untyped-call]  # paho leaves this one untyped
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
