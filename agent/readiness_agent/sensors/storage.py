"""How worn an eMMC is, how much room the root file system has, and whether it was turned read-only by its errors."""

import os

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import Tree

# JEDEC eMMC 5: device life time in tenths, of the two kinds of cells; pre-end-of-life of the reserved blocks.
_PRE_END = {"0x01": "normal", "0x02": "warning", "0x03": "urgent"}


def read(tree: Tree) -> Readings:
    readings: Readings = {**_root(tree), **_room(tree)}
    for device in tree.matches("sys/block/mmcblk*[0-9]/device/life_time"):
        name = device.split("/")[2]
        readings[f"{name}_wear_percent"] = _wear(tree.text(device))
        readings[f"{name}_pre_end_of_life"] = _PRE_END.get(tree.text(device.replace("life_time", "pre_eol_info")) or "")
    known: Readings = {name: value for name, value in readings.items() if value is not None}
    if not known:
        raise Unsensed("no mount table, and no wear indicator of an eMMC under /sys/block")
    return known


def _wear(said: str | None) -> int | None:
    """Turn `0x01 0x02` into the upper end of the worse tenth, 20; 110 means past its rated life, 0x00 is not said."""
    tenths = [word for word in (said or "").split() if word.startswith("0x0") and len(word) == 4]
    worst = max((int(word, 16) for word in tenths if word[3] in "123456789abAB"), default=0)
    return worst * 10 or None


def _root(tree: Tree) -> Readings:
    rows = [line.split() for line in (tree.text("proc/self/mounts") or "").splitlines()]
    options = [row[3].split(",") for row in rows if len(row) > 3 and row[1] == "/"]
    return {"root_read_only": "ro" in options[-1] if options else None}


def _room(tree: Tree) -> Readings:
    if not tree.live:
        return {}
    free = os.statvfs(tree.root)
    return {"root_free_mib": round(free.f_bavail * free.f_frsize / 2**20, 1)}
