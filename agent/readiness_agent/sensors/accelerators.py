"""Neural accelerators and NVIDIA GPUs on the buses, whether a driver serves them, and how warm a Coral card is."""

import os
from collections.abc import Iterator

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sensors.gpu import TEGRA_GPUS
from readiness_agent.sysroot import Tree, fields

# PCI vendor:device of accelerators; Hailo-8 and Hailo-8L share theirs. The Intel NPUs are those of the Linux ivpu
# driver: Meteor Lake, Arrow Lake, Lunar Lake, Panther Lake.
_PCI = {"1e60:2864": "hailo-8", "1ac1:089a": "coral-pcie"} | dict.fromkeys(
    ("8086:7d1d", "8086:ad1d", "8086:643e", "8086:b03e"), "intel-npu"
)
# A Coral USB stick changes its name once the runtime has loaded its firmware.
_USB = {"1a6e:089a": "coral-usb", "18d1:9302": "coral-usb"}
NONE = "none"
_NVIDIA, _DISPLAY = "0x10de", "0x03"
# The node by which a program reaches an accelerator that has one, and the group that may open it.
_NODES = {
    "hailo": ("hailo_nodes", "dev/hailo[0-9]*"),
    "coral-pcie": ("coral_pcie_nodes", "dev/apex_[0-9]*"),
    "intel-npu": ("intel_npu_nodes", "dev/accel/accel[0-9]*"),
}


def read(tree: Tree) -> Readings:
    """Name every accelerator that the PCI, USB and platform buses show; `found` is `none` when they show none."""
    if not tree.exists("sys/bus") and not tree.exists("sys/class/devfreq"):
        raise Unsensed("no /sys/bus to look for accelerators")
    found = sorted([*_pci(tree), *_usb(tree), *_tegra(tree)])
    readings: Readings = {"found": ", ".join(found) or NONE}
    for kind, (name, pattern) in _NODES.items():
        if any(one.startswith(kind) for one in found):
            nodes = tree.matches(pattern)
            readings[name] = len(nodes)
            _say_access(tree, kind, pattern, nodes)
    return {**readings, **_coral_heat(tree)}


def _pci(tree: Tree) -> Iterator[str]:
    models = iter(_nvidia_models(tree))
    for device in tree.matches("sys/bus/pci/devices/*"):
        vendor, number = tree.text(f"{device}/vendor") or "", tree.text(f"{device}/device") or ""
        name = _PCI.get(f"{vendor.removeprefix('0x')}:{number.removeprefix('0x')}")
        if name:
            yield name
        elif vendor == "0x1e60":
            yield "hailo"
        elif vendor == _NVIDIA and (tree.text(f"{device}/class") or "").startswith(_DISPLAY):
            yield f"nvidia-gpu {next(models, '')}".strip()


def _nvidia_models(tree: Tree) -> list[str]:
    """Give the GPUs' names as NVIDIA's driver says them, in the order of the bus."""
    said = [fields(tree.text(path)) for path in tree.matches("proc/driver/nvidia/gpus/*/information")]
    return [one["Model"] for one in said if one.get("Model")]


def _usb(tree: Tree) -> Iterator[str]:
    for path in tree.matches("sys/bus/usb/devices/*/idVendor"):
        name = _USB.get(f"{tree.text(path)}:{tree.text(path.replace('idVendor', 'idProduct'))}")
        if name:
            yield name


def _tegra(tree: Tree) -> Iterator[str]:
    """Find what a Jetson has on its own chip: the GPU, and the deep-learning accelerators (DLA)."""
    for device in tree.matches("sys/class/devfreq/*"):
        name = device.rpartition("/")[2]
        if "nvdla" in name:
            yield "nvidia-dla"
        elif name in TEGRA_GPUS:
            yield "nvidia-tegra-gpu"


def _say_access(tree: Tree, kind: str, pattern: str, nodes: list[str]) -> None:
    if not nodes:
        tree.note(f"{kind}: on the bus, but there is no /{pattern}; install its driver")
    for node in nodes:
        if tree.live and not os.access(tree.root / node, os.R_OK | os.W_OK):
            tree.note(f"permission denied: /{node}; needs the group that owns it")


def _coral_heat(tree: Tree) -> Readings:
    """Read a Coral card's temperature in millidegrees; its driver slows it by trip points of its own."""
    now = [tree.integer(path) for path in tree.matches("sys/class/apex/apex_*/temp")]
    known = [millidegrees for millidegrees in now if millidegrees is not None]
    return {"coral_pcie_c": round(max(known) / 1000, 1)} if known else {}
