"""The GPU: a Jetson's clock and load, an NVIDIA card's state by NVML, and which display adapters there are."""

import re
from pathlib import PurePosixPath

from readiness_agent import nvml
from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import Tree, fields, integer

# The devfreq node of a Jetson's GPU: Nano, TX2, Xavier, Orin under its older and newer names, Thor.
TEGRA_GPUS = {"57000000.gpu", "17000000.gp10b", "17000000.gv11b", "17000000.ga10b", "17000000.gpu", "gpu-gpc-0"}
_LOADS = ("sys/devices/platform/gpu.0/load", "sys/devices/gpu.0/load")


def read(tree: Tree) -> Readings:
    """Give what is known of the GPUs; of several NVIDIA cards the second and further have `gpu1_` before the name."""
    readings: Readings = {**_tegra(tree), **_nvidia(tree), "adapters": _adapters(tree)}
    known: Readings = {name: value for name, value in readings.items() if value is not None}
    if not known:
        raise Unsensed("no GPU under /sys/class/drm, /sys/class/devfreq or /proc/driver/nvidia")
    return known


def _tegra(tree: Tree) -> Readings:
    nodes = [path for path in tree.matches("sys/class/devfreq/*") if PurePosixPath(path).name in TEGRA_GPUS]
    folder = next(iter(nodes), None)
    if folder is None:
        return {}
    now, most = (tree.integer(f"{folder}/{name}") for name in ("cur_freq", "max_freq"))
    loads = [integer(tree.text(path)) for path in (f"{folder}/device/load", *_LOADS)]
    load = next((permille for permille in loads if permille is not None), None)
    return {
        "node": PurePosixPath(folder).name,
        "frequency_mhz": None if now is None else now / 1e6,
        "frequency_limit_mhz": None if most is None else most / 1e6,
        "governor": tree.text(f"{folder}/governor"),
        "load_percent": None if load is None else load / 10,
    }


def _nvidia(tree: Tree) -> Readings:
    """Give the cards that NVIDIA's driver lists, and their state as NVML tells it."""
    if not tree.exists("proc/driver/nvidia/version"):
        return {}
    found = tree.matches("proc/driver/nvidia/gpus/*/information")
    names = [fields(tree.text(path)).get("Model") for path in found]
    said = nvml.states(tree)
    readings: Readings = {"cards": len(found) or None, "driver": _driver(tree)}
    for number in range(max(len(names), len(said))):
        own = dict(said[number]) if number < len(said) else {}
        own = {"name": names[number] if number < len(names) else None, **own}
        readings |= {f"gpu{number}_{name}" if number else name: value for name, value in own.items()}
    return readings


def _driver(tree: Tree) -> str | None:
    found = re.search(r"\b(\d{3}\.\d+(?:\.\d+)?)\b", tree.text("proc/driver/nvidia/version") or "")
    return found[1] if found else None


def _adapters(tree: Tree) -> str | None:
    """Name the display adapters by driver and PCI number, as `i915 8086:46a6`; those on a chip have no number."""
    found = []
    for path in tree.matches("sys/class/drm/card[0-9]*"):
        if re.fullmatch(r"card\d+", PurePosixPath(path).name):
            driver = fields(tree.text(f"{path}/device/uevent"), "=").get("DRIVER", "")
            numbers = [tree.text(f"{path}/device/{name}") or "" for name in ("vendor", "device")]
            found.append(f"{driver} {':'.join(number.removeprefix('0x') for number in numbers).strip(':')}".strip())
    return ", ".join(one for one in found if one) or None
