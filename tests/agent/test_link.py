"""The link: what is under way per stream, how it waits for a broker, and what it makes of brokers that are none."""

import itertools
import logging
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from readiness import wire
from readiness.evidence.device import Device
from readiness.messages import Ack, Birth, Health
from readiness_agent.link import WINDOW, Flight, Link, rfc3339
from readiness_agent.settings import Broker, Settings
from readiness_agent.spool import Spool, open_spool

BIRTH = Birth(device=Device(board="x86-64", arch="x86_64"), fingerprint="sha256:0")


class Time:
    """A clock that moves only when somebody waits on it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    one = open_spool(tmp_path, 1 << 20, owner=True)
    yield one
    one.close()


def settings(port: int, tmp_path: Path) -> Settings:
    return Settings(device="line-3", state=str(tmp_path), broker=Broker(port=port), ack_timeout_s=10.0)


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_flight_holds_back_until_the_coordinator_answers() -> None:
    flight = Flight(ack_timeout_s=10.0)
    for seq in range(1, 49):
        assert flight.room(WINDOW, 0.0) > 0
        flight.sent(seq, 0.0)
    assert flight.room(WINDOW, 9.0) == 0
    flight.acknowledged(Ack(epoch="e", through=20, gaps=((3, 4),)), 9.0)
    assert flight.room(WINDOW, 9.0) == 18
    assert flight.sent_through == 48


def test_silence_makes_a_flight_start_over_with_more_patience_each_time() -> None:
    flight = Flight(ack_timeout_s=10.0)
    now, sent_at = 0.0, []
    for _ in range(7):
        while flight.room(1, now) == 0:
            now += 1.0
        assert flight.sent_through == 0
        flight.sent(1, now)
        sent_at.append(now)
    waits = [after - before for before, after in itertools.pairwise(sent_at)]
    assert waits == [11.0, 21.0, 41.0, 81.0, 161.0, 301.0]
    flight.acknowledged(Ack(epoch="e", through=1), now)
    flight.sent(2, now)
    assert flight.room(1, now + 11.0) == 1


def test_an_old_acknowledgement_is_no_progress() -> None:
    flight = Flight(ack_timeout_s=10.0)
    flight.sent(5, 0.0)
    flight.acknowledged(Ack(epoch="e", through=4), 9.0)
    assert flight.room(1, 11.0) == 1


def test_waits_grow_with_full_jitter_from_one_second_to_five_minutes(spool: Spool, tmp_path: Path) -> None:
    time = Time()
    link = Link(settings(closed_port(), tmp_path), spool, BIRTH, mono=time, wait=time.wait, chance=lambda: 1.0)
    tries = []
    for _ in range(12):
        link.step(0.0)
        tries.append(link._next_try_at - time.now)
        time.now = link._next_try_at
    assert tries == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    lucky = Link(settings(closed_port(), tmp_path), spool, BIRTH, mono=time, wait=time.wait, chance=lambda: 0.25)
    lucky.step(0.0)
    assert lucky._next_try_at - time.now == 0.25


def test_a_step_waits_no_longer_than_it_may(spool: Spool, tmp_path: Path) -> None:
    time = Time()
    link = Link(settings(closed_port(), tmp_path), spool, BIRTH, mono=time, wait=time.wait, chance=lambda: 0.7)
    link.step(0.5)
    link.step(0.5)
    assert time.waits == pytest.approx([0.5, 0.2])


def test_a_missing_broker_is_said_once(spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    port = closed_port()
    link = Link(settings(port, tmp_path), spool, BIRTH, mono=time, wait=time.wait, chance=lambda: 0.0)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            link.step(0.0)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"no broker at 127.0.0.1:{port} (Connection refused); records are kept in ")
    assert not link.connected
    link.stop()


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x03\x00\x87\x00", b"\x20\xff\xff\xff\xff\xff"]
)
def test_what_is_no_broker_is_said_and_survived(spool: Spool, tmp_path: Path, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=(server, answer))
        thread.start()
        link = Link(settings(server.getsockname()[1], tmp_path), spool, BIRTH, chance=lambda: 1.0)
        link.step(0.0)
        link.step(0.0)
        assert not link.connected
        assert "127.0.0.1" in link.trouble
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@pytest.mark.parametrize(
    ("goodbye", "words"),
    [
        (
            b"\xe0\x02\x8e\x00",
            "another client uses the name line-3 on this broker; give each device its own --device; records are kept",
        ),
        (b"", "lost the broker at .* check that the coordinator runs"),
    ],
    ids=["taken-over", "closed"],
)
def test_the_end_of_a_session_is_said_once(
    spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture, goodbye: bytes, words: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=(server, b"\x20\x03\x00\x00\x00" + goodbye))
        thread.start()
        link = Link(settings(server.getsockname()[1], tmp_path), spool, BIRTH, chance=lambda: 1.0)
        for _ in range(10):
            link.step(0.1)
        assert not link.connected
        (line,) = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
        assert re.match(words, line)
        assert line.startswith(link.trouble)
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _answer(server: socket.socket, answer: bytes) -> None:
    """Meet every caller with the same bytes, then hang up."""
    while True:
        try:
            caller, _ = server.accept()
        except OSError:
            return
        with caller:
            caller.recv(4096)
            caller.sendall(answer)
            caller.shutdown(socket.SHUT_WR)
            while caller.recv(4096):
                pass


def test_an_acknowledgement_frees_the_spool_and_anything_else_is_refused(
    spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    link = Link(settings(closed_port(), tmp_path), spool, BIRTH)
    for _ in range(3):
        spool.append("tele", "health", Health(sensors=()), schema="tele.health/1")
    topic = "mra/v1/default/line-3/ack/health/_"
    ack = wire.encode(Ack(epoch=spool.epoch, through=2), schema="ack/1", device="line-3", ts="t")
    stale = wire.encode(Ack(epoch="another", through=3), schema="ack/1", device="line-3", ts="t")
    for payload in (b"nonsense", stale):
        link._take(topic, payload)
    assert [record.seq for record in spool.pending("health")] == [1, 2, 3]
    assert "a message was refused" in caplog.text
    link._take(topic, ack)
    assert [record.seq for record in spool.pending("health")] == [3]


def test_what_is_sent_late_says_so(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s.db", 1 << 20, clock=lambda: 1_795_000_000.25, mono=lambda: 12.5)
    spool.clock_synced = True
    spool.append("tele", "health", Health(sensors=()), schema="tele.health/1")
    (record,) = spool.pending("health")
    for age_s, historical in ((1.0, False), (60.0, False), (60.5, True)):
        link = Link(settings(1, tmp_path), spool, BIRTH, clock=lambda age_s=age_s: 1_795_000_000.25 + age_s)
        message = wire.decode(*link._sealed(record))
        assert message.envelope.historical is historical
        assert message.envelope.ts == "2026-11-18T11:06:40.250Z"
        assert (message.envelope.epoch, message.envelope.seq, message.envelope.mono_ms) == (spool.epoch, 1, 12500)
        assert message.envelope.clock_synced is True
        assert msgspec.to_builtins(message.data) == {"sensors": (), "spool_pending": 0}
    spool.close()


def test_times_are_utc_with_z() -> None:
    assert rfc3339(0.0) == "1970-01-01T00:00:00.000Z"
