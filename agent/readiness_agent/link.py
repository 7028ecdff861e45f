"""The line to the coordinator: reconnects, sends what the spool holds, and deletes only what is acknowledged."""

import logging
import random
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Literal

import msgspec

from readiness import wire
from readiness.messages import Ack, Birth, Presence
from readiness_agent.connection import Connection, OldBroker, TakenOver, Unreachable
from readiness_agent.settings import Settings
from readiness_agent.spool import Record, Spool

WINDOW = 48
HISTORICAL_S = 60.0
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 300.0
_STEADY_S = 60.0
_TRYING = "trying again until then"
_ADVICE = f"check that the coordinator runs, and --broker and --device; {_TRYING}"
_LOG = logging.getLogger("readiness-agent")
_LOG.addHandler(logging.NullHandler())


class Flight:
    """What one stream has under way: sent, but not acknowledged by the coordinator.

    A broker's acknowledgement is not counted: it may have dropped the record since. Without news from the
    coordinator for `patience_s` everything unacknowledged counts as unsent; the patience doubles up to 5 minutes,
    so that a coordinator that is away finds no flood of copies when it comes back.
    """

    def __init__(self, ack_timeout_s: float) -> None:
        self.sent_through = 0
        self._ack_timeout_s = ack_timeout_s
        self._patience_s = ack_timeout_s
        self._under_way: deque[int] = deque()
        self._heard_at = 0.0

    def room(self, window: int, now: float) -> int:
        """Tell how many more records may be sent."""
        if self._under_way and now - self._heard_at > self._patience_s:
            self._patience_s = min(2 * self._patience_s, max(_LONGEST_WAIT_S, self._ack_timeout_s))
            self._under_way.clear()
            self.sent_through = 0
        return window - len(self._under_way)

    def sent(self, seq: int, now: float) -> None:
        if not self._under_way:
            self._heard_at = now
        self._under_way.append(seq)
        self.sent_through = seq

    def acknowledged(self, ack: Ack, now: float) -> None:
        """Take an acknowledgement in: progress makes room and restores the patience."""
        left = deque(seq for seq in self._under_way if seq > ack.through or _inside(seq, ack.gaps))
        if len(left) < len(self._under_way):
            self._heard_at, self._patience_s = now, self._ack_timeout_s
        self._under_way = left


class Link:
    """Keeps the device's presence, birth and records flowing; `step` is called over and over by one thread.

    `clock` gives Unix time, `mono` steady seconds, `chance` a number in [0, 1), `wait` sleeps.
    """

    def __init__(
        self,
        settings: Settings,
        spool: Spool,
        birth: Birth,
        *,
        password: str | None = None,
        boot_id: str = "",
        clock: Callable[[], float] = time.time,
        mono: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.trouble = ""
        self._settings, self._spool, self._birth = settings, spool, birth
        self._password, self._boot_id = password, boot_id
        self._clock, self._mono, self._chance, self._wait = clock, mono, chance, wait
        self._connection: Connection | None = None
        self._flights: dict[str, Flight] = {}
        self._mqtt5 = True
        self._failures = 0
        self._connected_at = 0.0
        self._next_try_at = 0.0

    @property
    def connected(self) -> bool:
        return self._connection is not None

    @property
    def protocol(self) -> str:
        """Name the MQTT version of the session, or of the next attempt."""
        return "MQTT 5" if self._mqtt5 else "MQTT 3.1.1"

    def step(self, timeout_s: float) -> None:
        """Do what is due within about `timeout_s`: connect, send, take acknowledgements in."""
        if self._connection is None and self._mono() >= self._next_try_at:
            self._connect()
        if self._connection is None:
            self._wait(max(0.0, min(timeout_s, self._next_try_at - self._mono())))
            return
        self._send(self._connection)
        try:
            arrived = self._connection.step(timeout_s)
        except TakenOver as taken:
            self._failed(str(taken), _TRYING)
            return
        except Unreachable as lost:
            self._failed(str(lost))
            return
        self._say(self._connection.complaint)
        for topic, payload in arrived:
            self._take(topic, payload)

    def stop(self) -> None:
        """Say `stopped`, retained, and leave in order; without a session there is nobody to tell."""
        if self._connection is not None:
            self._connection.close(*self._presence("stopped"))
            self._connection = None

    def _connect(self) -> None:
        settings = self._settings
        connection = Connection(
            settings.broker,
            settings.device,
            mqtt5=self._mqtt5,
            keepalive_s=settings.keepalive_s,
            password=self._password,
        )
        topic, payload = self._presence("offline")
        connection.set_will(topic, payload, settings.will_delay_s)
        try:
            connection.open()
        except OldBroker:
            _LOG.warning("the broker at %s does not speak MQTT 5; falling back to MQTT 3.1.1", settings.broker)
            self._mqtt5 = False
        except Unreachable as trouble:
            self._mqtt5 = True  # another broker may answer next time
            self._failed(str(trouble))
        else:
            self._connected(connection)

    def _connected(self, connection: Connection) -> None:
        _LOG.info("connected to %s over %s", self._settings.broker, self.protocol)
        self._connection = connection
        self._connected_at, self.trouble = self._mono(), ""
        self._flights.clear()
        connection.subscribe(str(self._topic("ack", "+")))
        connection.publish(*self._unspooled("birth", "manifest", "birth.manifest/1", self._birth), retain=True)
        connection.publish(*self._presence("online"), retain=True)

    def _failed(self, trouble: str, advice: str = _ADVICE) -> None:
        """Wait with full jitter, 1 s doubling to 5 min (M. Brooker, "Exponential Backoff and Jitter", 2015).

        Only a session that held for a minute starts the row anew, so that two devices of one name do not chase
        each other off the broker all day.
        """
        if self._connection is not None and self._mono() - self._connected_at > _STEADY_S:
            self._failures = 0
        self._connection = None
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(self._failures, 16))
        self._failures += 1
        self._next_try_at = self._mono() + longest * self._chance()
        self._say(trouble, advice)

    def _say(self, trouble: str, advice: str = _ADVICE) -> None:
        if trouble and trouble != self.trouble:
            _LOG.warning("%s; records are kept in %s; %s", trouble, self._spool.path, advice)
        self.trouble = trouble or self.trouble

    def _send(self, connection: Connection) -> None:
        streams = [stream for stream in self._spool.streams() if stream.pending]
        for stream in streams:
            flight = self._flights.setdefault(stream.name, Flight(self._settings.ack_timeout_s))
            room = flight.room(max(1, WINDOW // len(streams)), self._mono())
            if room <= 0:
                continue
            for record in self._spool.pending(stream.name, flight.sent_through, room):
                connection.publish(*self._sealed(record))
                flight.sent(record.seq, self._mono())

    def _take(self, topic: str, payload: bytes) -> None:
        try:
            message = wire.decode(topic, payload)
        except wire.BadMessage as bad:
            _LOG.warning("a message was refused: %s", bad)
            return
        if message.topic.channel == "ack" and isinstance(message.data, Ack):
            self._acknowledge(message.topic.kind, message.data)

    def _acknowledge(self, stream: str, ack: Ack) -> None:
        gone = self._spool.acknowledge(ack.epoch, stream, ack.through, ack.gaps)
        if ack.epoch == self._spool.epoch and stream in self._flights:
            self._flights[stream].acknowledged(ack, self._mono())
        if gone:
            _LOG.debug("%s: %d records acknowledged through %d", stream, gone, ack.through)

    def _topic(self, channel: str, kind: str, id: str = "_") -> wire.Topic:  # noqa: A002 - the topic's own word
        where = self._settings
        return wire.Topic(workspace=where.workspace, device=where.device, channel=channel, kind=kind, id=id)

    def _sealed(self, record: Record) -> tuple[str, bytes]:
        envelope = wire.Envelope(
            device=self._settings.device,
            epoch=self._spool.epoch,
            seq=record.seq,
            ts=rfc3339(record.at),
            mono_ms=record.mono_ms,
            clock_synced=record.clock_synced,
            historical=self._clock() - record.at > HISTORICAL_S,
            schema=record.schema,
            data=msgspec.Raw(record.payload),
        )
        return str(self._topic(record.channel, record.kind, record.id)), msgspec.json.encode(envelope)

    def _presence(self, status: Literal["online", "stopped", "offline"]) -> tuple[str, bytes]:
        said = Presence(status=status, boot_id=self._boot_id, interval_s=self._settings.interval_s)
        return self._unspooled("state", "online", "state.online/1", said)

    def _unspooled(self, channel: str, kind: str, schema: str, data: msgspec.Struct) -> tuple[str, bytes]:
        payload = wire.encode(
            data,
            schema=schema,
            device=self._settings.device,
            ts=rfc3339(self._clock()),
            epoch=self._spool.epoch,
            mono_ms=int(self._mono() * 1000),
            clock_synced=self._spool.clock_synced,
        )
        return str(self._topic(channel, kind)), payload


def rfc3339(at: float) -> str:
    """Write Unix time as RFC 3339 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _inside(seq: int, gaps: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= seq <= last for first, last in gaps)
