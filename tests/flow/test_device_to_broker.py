"""What a device says reaches the coordinator over crashes of daemon and broker, and so does its end."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import specimens
from children import BrokerChild, Child, Coordinator, free_port, wait_until
from readiness.exits import Stop
from readiness.messages import BenchResult, Birth, Health
from readiness_agent.publishing import publish_benchmark
from readiness_agent.settings import Broker, Settings

pytestmark = pytest.mark.broker


def spool(state: Path) -> dict[str, object]:
    """What `readiness-agent spool --json` says."""
    command = [sys.executable, "-m", "readiness_agent", "spool", "--state", str(state), "--device", "any", "--json"]
    return dict(json.loads(subprocess.run(command, capture_output=True, check=True, timeout=30).stdout))


def gapless(seqs: list[int]) -> bool:
    return sorted(set(seqs)) == list(range(1, max(seqs) + 1))


def test_birth_presence_and_health_arrive(
    mosquitto: BrokerChild, coordinator_at: Callable[[int], Coordinator], start_agent: Callable[..., Child]
) -> None:
    coordinator = coordinator_at(mosquitto.port)
    start_agent(mosquitto.port)
    wait_until(lambda: len(coordinator.of("tele")) >= 3, "three health samples")
    birth = coordinator.of("birth")[0]
    assert isinstance(birth.data, Birth)
    assert birth.data.fingerprint == birth.data.device.fingerprint()
    assert birth.envelope.device == "line-3"
    assert coordinator.presence() == "online"
    health = coordinator.of("tele")[0]
    assert isinstance(health.data, Health)
    assert {"memory", "cpu"} <= {one.sensor for one in health.data.sensors}
    assert not health.envelope.historical


def test_only_the_coordinators_word_empties_the_spool(
    mosquitto: BrokerChild,
    coordinator_at: Callable[[int], Coordinator],
    start_agent: Callable[..., Child],
    tmp_path: Path,
) -> None:
    coordinator = coordinator_at(mosquitto.port)
    coordinator.acknowledging = False
    agent = start_agent(mosquitto.port)
    wait_until(lambda: len(coordinator.of("tele")) >= 5, "five health samples, acknowledged by the broker alone")
    assert agent.stop() == 0
    held = spool(tmp_path / "state")
    assert held["pending"] == held["streams"][0]["last_seq"] >= 5
    coordinator.acknowledge_all()
    start_agent(mosquitto.port)
    wait_until(lambda: spool(tmp_path / "state")["pending"] <= 1, "the spool empties on acknowledgements")
    assert all(gapless(seqs) for seqs in coordinator.seqs.values())


def test_unacknowledged_records_are_sent_again_after_a_while(
    mosquitto: BrokerChild, coordinator_at: Callable[[int], Coordinator], start_agent: Callable[..., Child]
) -> None:
    coordinator = coordinator_at(mosquitto.port)
    coordinator.acknowledging = False
    start_agent(mosquitto.port)
    wait_until(lambda: [one.envelope.seq for one in coordinator.of("tele")].count(1) >= 2, "seq 1 comes a second time")


def test_a_killed_daemon_and_a_killed_broker_lose_nothing(
    mosquitto: BrokerChild,
    coordinator_at: Callable[[int], Coordinator],
    start_agent: Callable[..., Child],
    tmp_path: Path,
) -> None:
    coordinator = coordinator_at(mosquitto.port)
    agent = start_agent(mosquitto.port)
    wait_until(lambda: len(coordinator.of("tele")) >= 5, "health samples before the crashes")
    coordinator.acknowledging = False
    wait_until(lambda: len(coordinator.of("tele")) >= 9, "samples that nobody acknowledged")
    mosquitto.kill()
    time.sleep(1)
    agent.kill()
    time.sleep(0.5)
    agent.start()
    time.sleep(1)
    mosquitto.start()
    coordinator.acknowledge_all()
    given = spool(tmp_path / "state")["streams"][0]["last_seq"]
    (key,) = coordinator.seqs
    wait_until(
        lambda: max(coordinator.seqs[key]) > given and gapless(coordinator.seqs[key]), "every seq, without a hole"
    )
    wait_until(lambda: spool(tmp_path / "state")["pending"] <= 1, "the spool is acknowledged empty")
    assert len(coordinator.seqs) == 1
    assert "no broker at" in agent.said()


def test_a_graceful_stop_leaves_stopped(
    mosquitto: BrokerChild, coordinator_at: Callable[[int], Coordinator], start_agent: Callable[..., Child]
) -> None:
    agent = start_agent(mosquitto.port)
    coordinator = coordinator_at(mosquitto.port)
    wait_until(lambda: coordinator.presence() == "online", "the device is online")
    begun = time.monotonic()
    assert agent.stop() == 0
    assert time.monotonic() - begun < 5
    time.sleep(1.5)
    assert coordinator_at(mosquitto.port) is not coordinator
    wait_until(lambda: coordinator.presence() == "stopped", "the retained state says stopped")


def test_a_killed_daemon_leaves_offline_by_its_will(
    mosquitto: BrokerChild, coordinator_at: Callable[[int], Coordinator], start_agent: Callable[..., Child]
) -> None:
    agent = start_agent(mosquitto.port)
    coordinator = coordinator_at(mosquitto.port)
    wait_until(lambda: coordinator.presence() == "online", "the device is online")
    agent.kill()
    wait_until(lambda: coordinator.presence() == "offline", "the will says offline")


def test_a_broker_that_is_not_there_is_said_in_one_line_and_waited_for(
    coordinator_at: Callable[[int], Coordinator], start_agent: Callable[..., Child], tmp_path: Path
) -> None:
    agent = start_agent(free_port(), "--for", "3")
    assert agent.process.wait(15) == 0
    lines = [line for line in agent.said().splitlines() if "no broker at 127.0.0.1:" in line]
    assert len(lines) == 1
    assert "Connection refused" in lines[0]
    assert "check that the coordinator runs, and --broker" in lines[0]
    assert "Traceback" not in agent.said()
    assert spool(tmp_path / "state")["pending"] >= 5


def test_once_without_a_broker_ends_with_four(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "readiness_agent", "run", "--once", "--device", "line-3"]
    command += ["--state", str(tmp_path / "state"), "--broker", f"127.0.0.1:{free_port()}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "kept in the spool" in done.stderr


def test_amqtt_is_spoken_to_in_the_older_version_and_loses_nothing(
    amqtt: BrokerChild, coordinator_at: Callable[[int], Coordinator], start_agent: Callable[..., Child], tmp_path: Path
) -> None:
    coordinator = coordinator_at(amqtt.port)
    agent = start_agent(amqtt.port)
    wait_until(lambda: len(coordinator.of("tele")) >= 5, "health samples over amqtt")
    assert "falling back to MQTT 3.1.1" in agent.said()
    assert coordinator.of("birth")
    agent.kill()
    wait_until(lambda: coordinator.presence() == "offline", "the will, at once for want of a delay")
    agent.start()
    wait_until(lambda: coordinator.presence() == "online", "the device is back")
    wait_until(lambda: spool(tmp_path / "state")["pending"] <= 1, "the spool is acknowledged empty")
    assert agent.stop() == 0
    wait_until(lambda: coordinator.presence() == "stopped", "the retained state says stopped")
    assert all(gapless(seqs) for seqs in coordinator.seqs.values())


@pytest.mark.parametrize("running", [False, True], ids=["alone", "beside-the-daemon"])
def test_a_published_benchmark_reaches_the_coordinator(
    mosquitto: BrokerChild,
    coordinator_at: Callable[[int], Coordinator],
    start_agent: Callable[..., Child],
    tmp_path: Path,
    running: bool,
) -> None:
    coordinator = coordinator_at(mosquitto.port)
    if running:
        start_agent(mosquitto.port)
        wait_until(lambda: coordinator.of("tele"), "the daemon is at work")
    settings = Settings(device="line-3", state=f"{tmp_path}/state", broker=Broker(port=mosquitto.port))
    publish_benchmark(specimens.model(), specimens.benchmark(), "run-1", settings)
    wait_until(lambda: coordinator.of("bench"), "the result")
    (result,) = coordinator.of("bench")
    assert result.data == BenchResult(run="run-1", model=specimens.model(), benchmark=specimens.benchmark())
    wait_until(lambda: _pending(tmp_path / "state", "bench") == 0, "the result is acknowledged")


def test_a_coordinator_that_is_away_leaves_the_published_benchmark_in_the_spool(
    mosquitto: BrokerChild, tmp_path: Path
) -> None:
    settings = Settings(device="line-3", state=f"{tmp_path}/state", broker=Broker(port=mosquitto.port))
    with pytest.raises(Stop, match=r"the coordinator did not acknowledge within 1 s; the result is kept in the spool"):
        publish_benchmark(specimens.model(), specimens.benchmark(), "run-1", settings, patience_s=1)
    assert _pending(tmp_path / "state", "bench") == 1


def _pending(state: Path, stream: str) -> int:
    return next(one["pending"] for one in spool(state)["streams"] if one["name"] == stream)


def test_a_broker_that_forbids_publishing_is_said_and_nothing_is_lost(
    mosquitto: BrokerChild, start_agent: Callable[..., Child], tmp_path: Path
) -> None:
    config = tmp_path / "mosquitto" / "mosquitto.conf"
    (tmp_path / "mosquitto" / "acl").write_text("topic read mra/#\n")
    config.write_text(config.read_text() + f"acl_file {tmp_path}/mosquitto/acl\n")
    mosquitto.stop()
    mosquitto.start()
    agent = start_agent(mosquitto.port)
    wait_until(lambda: "refuses what this device publishes: not authorized" in agent.said(), "the refusal is said")
    assert agent.stop() == 0
    held = spool(tmp_path / "state")
    assert held["pending"] == held["streams"][0]["last_seq"] >= 1
