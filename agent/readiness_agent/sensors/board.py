"""Which board this is, by device tree or DMI, and which system runs on it."""

import platform
import re

from readiness_agent.sensors import Readings
from readiness_agent.sysroot import Tree, fields

_X86 = {"x86_64", "i686", "i386"}
# Device-tree `compatible` names of the boards that a profile knows. The Jetson module numbers are NVIDIA's:
# p3448 Nano, p3668 Xavier NX, p2888 AGX Xavier, p3767-0003/4/5 Orin Nano (0000 and 0001 are Orin NX), p3701 AGX Orin.
_COMPATIBLE = (
    (r"raspberrypi,5-model-b", "raspberry-pi-5"),
    (r"raspberrypi,4-model-b", "raspberry-pi-4"),
    (r"nvidia,.*p3767-000[345]", "jetson-orin-nano"),
    (r"nvidia,.*p3767-000[01]", "jetson-orin-nx"),
    (r"nvidia,.*p3701", "jetson-agx-orin"),
    (r"nvidia,.*p3668", "jetson-xavier-nx"),
    (r"nvidia,.*p2888", "jetson-agx-xavier"),
    (r"nvidia,(jetson-nano|p3450|.*p3448)", "jetson-nano"),
)
_CONTAINER = (".dockerenv", "run/.containerenv", "run/systemd/container")


def read(tree: Tree) -> Readings:
    """Name the board as profiles name it; a board that none knows keeps its own device-tree name."""
    compatible = device_tree(tree, "compatible")
    arch = _arch(tree)
    system = fields(tree.text("etc/os-release"), "=")
    vendor, product = tree.text("sys/class/dmi/id/sys_vendor"), tree.text("sys/class/dmi/id/product_name")
    return {
        "board": board(compatible, arch),
        "arch": arch,
        "model": device_tree(tree, "model") or " ".join(part for part in (vendor, product) if part) or None,
        "compatible": compatible,
        "virtual": _virtual(tree),
        "container": any(tree.exists(mark) for mark in _CONTAINER) if tree.exists("proc") else None,
        "os": system.get("PRETTY_NAME"),
        "kernel": tree.text("proc/sys/kernel/osrelease"),
        "bsp": tree.text("etc/nv_tegra_release") or tree.text("etc/rpi-issue"),
        "bios": tree.text("sys/class/dmi/id/bios_version"),
    }


def device_tree(tree: Tree, name: str) -> str | None:
    """Read a device-tree property; /proc/device-tree is a link that a recording may lack."""
    return tree.text(f"proc/device-tree/{name}") or tree.text(f"sys/firmware/devicetree/base/{name}")


def board(compatible: str | None, arch: str | None) -> str | None:
    """Give the board's name from its device tree, else `x86-64` for any PC; None when neither says it."""
    for name in (compatible or "").split():
        for pattern, known in _COMPATIBLE:
            if re.fullmatch(pattern + ".*", name):
                return known
    if compatible:
        return re.sub(r"[^a-z0-9]+", "-", compatible.split()[0].lower()).strip("-") or None
    return "x86-64" if arch in _X86 else None


def _arch(tree: Tree) -> str | None:
    """Read the architecture; a kernel before 6.1 tells it only by a call, which speaks for this machine alone."""
    return tree.text("proc/sys/kernel/arch") or (platform.machine() if tree.live else tree.text("recorded/uname-m"))


def _virtual(tree: Tree) -> bool | None:
    """Tell whether a hypervisor runs below: x86 flags it in every core, Arm guests may have a node for it."""
    cpu = fields(tree.text("proc/cpuinfo"))
    if "flags" in cpu:
        return "hypervisor" in cpu["flags"].split()
    return True if tree.exists("proc/device-tree/hypervisor") else None
