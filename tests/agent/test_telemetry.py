"""Telemetry: a manifest that names the device, and health samples that say what each sensor read."""

from pathlib import Path

import msgspec

from readiness.evidence.device import Sensed
from readiness.messages import SCHEMAS, Health
from readiness_agent import telemetry
from readiness_agent.sensors import sense_all
from readiness_agent.spool import open_spool


def clock(synchronised: bool | None) -> tuple[Sensed, ...]:
    return (Sensed(sensor="clock", ok=True, took_ms=0.0, readings={"synchronised": synchronised}),)


def test_a_sample_is_one_record_of_all_sensors(tmp_path: Path) -> None:
    spool = open_spool(tmp_path, 1 << 20, owner=True)
    sensed = telemetry.sample(spool)
    telemetry.sample(spool, sense=lambda: clock(synchronised=True))
    first, second = (msgspec.json.decode(record.payload, type=Health) for record in spool.pending("health"))
    assert first.sensors == sensed
    assert (first.spool_pending, second.spool_pending) == (0, 1)
    assert spool.pending("health")[1].clock_synced is True
    spool.close()


def test_a_clock_of_which_nothing_is_known_is_said_to_be_unknown() -> None:
    assert telemetry.clock_synced(()) is None
    assert telemetry.clock_synced(clock(synchronised=None)) is None
    assert telemetry.clock_synced(clock(synchronised=False)) is False


def test_the_manifest_names_the_device_and_what_it_speaks() -> None:
    birth = telemetry.birth(sense_all())
    assert birth.fingerprint == birth.device.fingerprint()
    assert birth.device.arch != "unknown"
    assert birth.schemas == tuple(SCHEMAS)
    assert birth.agent_version
    assert len(telemetry.boot_id()) in {0, 36}
