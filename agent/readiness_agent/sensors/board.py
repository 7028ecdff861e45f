"""Which board this is, by device tree or DMI, and which system runs on it."""

import platform
import re
from pathlib import Path

from readiness_agent.sensors import Readings
from readiness_agent.sysroot import ROOT, fields, text

_X86 = {"x86_64", "i686", "i386"}
# Device-tree `compatible` names of the boards that a profile knows. The Jetson module numbers are NVIDIA's:
# p3448 Nano, p3767-0003/4/5 Orin Nano (0000 and 0001 are Orin NX), p3701 AGX Orin.
_COMPATIBLE = (
    (r"raspberrypi,5-model-b", "raspberry-pi-5"),
    (r"raspberrypi,4-model-b", "raspberry-pi-4"),
    (r"nvidia,.*p3767-000[345]", "jetson-orin-nano"),
    (r"nvidia,.*p3767-000[01]", "jetson-orin-nx"),
    (r"nvidia,.*p3701", "jetson-agx-orin"),
    (r"nvidia,(jetson-nano|p3450|.*p3448)", "jetson-nano"),
)


def read(root: Path) -> Readings:
    """Name the board as profiles name it; a board that none knows keeps its own device-tree name."""
    tree = text(root, "proc/device-tree/model")
    compatible = text(root, "proc/device-tree/compatible")
    cpu = fields(text(root, "proc/cpuinfo"))
    arch = _arch(root)
    system = fields(text(root, "etc/os-release"), "=")
    vendor, product = text(root, "sys/class/dmi/id/sys_vendor"), text(root, "sys/class/dmi/id/product_name")
    return {
        "board": board(compatible, arch),
        "arch": arch,
        "model": tree or " ".join(part for part in (vendor, product) if part) or None,
        "compatible": compatible,
        "virtual": "hypervisor" in cpu["flags"].split() if "flags" in cpu else None,
        "os": system.get("PRETTY_NAME"),
        "kernel": text(root, "proc/sys/kernel/osrelease"),
        "bsp": text(root, "etc/nv_tegra_release") or text(root, "etc/rpi-issue"),
        "power_mode": fields(text(root, "var/lib/nvpmodel/status")).get("pmode"),
    }


def board(compatible: str | None, arch: str | None) -> str | None:
    """Give the board's name from its device tree, else `x86-64` for any PC; None when neither says it."""
    for name in (compatible or "").split():
        for pattern, known in _COMPATIBLE:
            if re.fullmatch(pattern + ".*", name):
                return known
    if compatible:
        return re.sub(r"[^a-z0-9]+", "-", compatible.split()[0].lower()).strip("-")
    return "x86-64" if arch in _X86 else None


def _arch(root: Path) -> str | None:
    """Read the architecture; a kernel before 6.1 tells it only by a call, which speaks for this machine alone."""
    return text(root, "proc/sys/kernel/arch") or (platform.machine() if root == ROOT else None)
