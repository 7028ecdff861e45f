"""What the device says of itself: a birth manifest on connect, and a health sample every interval."""

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from readiness.evidence.device import Sensed
from readiness.messages import SCHEMAS, Birth, Health
from readiness_agent import device
from readiness_agent.sensors import sense_all
from readiness_agent.spool import Spool

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def birth(sensed: tuple[Sensed, ...]) -> Birth:
    """Build the manifest: hardware, runtimes, sensors and the schemas spoken here."""
    here = device.of_sensed(sensed)
    return Birth(
        device=here,
        fingerprint=here.fingerprint(),
        sensors=sensed,
        schemas=tuple(SCHEMAS),
        agent_version=metadata.version("model-readiness-advisor"),
    )


def boot_id() -> str:
    """Name this boot of the machine, or give nothing where the kernel does not."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


def clock_synced(sensed: tuple[Sensed, ...]) -> bool | None:
    """Tell whether the device's clock is synchronised, as far as its sensor knows."""
    said = [one.readings.get("synchronised") for one in sensed if one.sensor == "clock"]
    return bool(said[0]) if said and said[0] is not None else None


def sample(spool: Spool, sense: Callable[[], tuple[Sensed, ...]] = sense_all) -> tuple[Sensed, ...]:
    """Ask every sensor, commit what they said to the spool as one `tele.health/1` record, and give it."""
    sensed = sense()
    spool.clock_synced = clock_synced(sensed)
    waiting = sum(stream.pending for stream in spool.streams())
    spool.append("tele", "health", Health(sensors=sensed, spool_pending=waiting), schema="tele.health/1")
    return sensed
