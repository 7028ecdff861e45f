"""What this device is: the Device record out of the sensors and the runtimes that are installed."""

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from readiness.evidence.device import Device, Sensed
from readiness_agent.sensors import sense_all
from readiness_agent.sensors.accelerators import NONE
from readiness_agent.sysroot import ROOT

# Distributions that bring a runtime; their versions are read from what pip installed, without importing an engine.
_RUNTIMES = ("onnxruntime", "onnxruntime-gpu", "ai-edge-litert", "tflite-runtime", "tensorrt")
UNKNOWN = "unknown"


def probe(root: Path = ROOT, providers: Iterable[str] = ()) -> Device:
    """Build the Device record; `providers` are those of onnxruntime, known only to who has imported it.

    Of a recorded tree it is not known which runtimes are installed, so none are listed.
    """
    return of_sensed(sense_all(root), None if root == ROOT else {}, providers)


def of_sensed(
    sensed: Iterable[Sensed], installed: dict[str, str] | None = None, providers: Iterable[str] = ()
) -> Device:
    """Build the Device record out of sensor readings at hand; `installed` runtimes are looked up when not given."""
    said: dict[str, dict[str, Any]] = {one.sensor: dict(one.readings) for one in sensed}
    board, cpu, memory, power = (said.get(name, {}) for name in ("board", "cpu", "memory", "power"))
    return Device(
        board=board.get("board") or UNKNOWN,
        arch=board.get("arch") or UNKNOWN,
        model_name=board.get("model"),
        cpu=cpu.get("cpu"),
        cores=cpu.get("cores"),
        memory_mib=memory.get("total_mib"),
        os=board.get("os"),
        kernel=board.get("kernel"),
        governor=cpu.get("governor"),
        power_mode=power.get("power_mode"),
        accelerators=_listed(said.get("accelerators", {}).get("found")),
        runtimes=runtimes() if installed is None else installed,
        providers=tuple(providers),
    )


def _listed(found: str | None) -> tuple[str, ...]:
    return () if found in {None, NONE} else tuple(str(found).split(", "))


def runtimes() -> dict[str, str]:
    """Give the version of each installed runtime; looking finds them, importing would cost megabytes."""
    versions = {name: _version(name) for name in _RUNTIMES}
    return {name: version for name, version in versions.items() if version is not None}


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
