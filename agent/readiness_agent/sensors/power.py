"""Power drawn per rail in milliwatts, energy counters, the battery, and the power mode that caps the clocks."""

import re
import subprocess
from collections.abc import Iterator

from readiness_agent import firmware
from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import Tree, chips, integer, number

Rail = tuple[str, float]

# The rail that feeds a whole Jetson module; boards without one are summed.
_INPUTS = ("VDD_IN", "POM_5V_IN")
_NVPMODEL = "/usr/sbin/nvpmodel"
_ANSWER_S = 0.8
_POWER_MODEL = re.compile(r"<\s*POWER_MODEL\s+ID=(\d+)\s+NAME=(\S+?)\s*>")
_PMIC = re.compile(r"(\w+)_([AV]) (?:current|volt)\(\d+\)=([\d.]+)[AV]")
_LONGEST_LINE = 100


def read(tree: Tree) -> Readings:
    rails = dict([*_hwmon_rails(tree), *_iio_rails(tree), *_pmic_rails(tree)])
    readings: Readings = {f"{name.lower()}_mw": round(milliwatts, 1) for name, milliwatts in rails.items()}
    known: Readings = {**_mode(tree), **_total(rails), **readings, **_energy(tree), **_supply(tree)}
    known = {name: value for name, value in known.items() if value is not None}
    if not known:
        raise Unsensed("no power rail, energy counter, battery or power mode is readable here")
    return known


def _total(rails: dict[str, float]) -> Readings:
    """Give the whole board's draw and what it is made of: a module's input, else the sum of what is measured."""
    for name in _INPUTS:
        if name in rails:
            return {"total_mw": round(rails[name], 1), "total_of": name}
    return {"total_mw": round(sum(rails.values()), 1), "total_of": f"sum of {len(rails)} rails"} if rails else {}


def _hwmon_rails(tree: Tree) -> Iterator[Rail]:
    """Read INA3221 monitors as kernel 5 shows them: three rails each (channel 7 is a sum of shunts, not a rail)."""
    for folder in chips(tree, "ina3221"):
        for channel in (1, 2, 3):
            label = tree.text(f"{folder}/in{channel}_label")
            millivolts, milliamperes = (tree.text(f"{folder}/{kind}{channel}_input") for kind in ("in", "curr"))
            volts, amperes = number(millivolts), number(milliamperes)
            if _is_rail(label) and volts is not None and amperes is not None:
                yield str(label), volts * amperes / 1000


def _iio_rails(tree: Tree) -> Iterator[Rail]:
    """Read INA3221 monitors as NVIDIA's kernel 4.9 shows them, already in milliwatts."""
    for path in tree.matches("sys/bus/i2c/devices/*/iio:device*/rail_name_*"):
        folder, _, channel = path.rpartition("/rail_name_")
        label, milliwatts = tree.text(path), tree.integer(f"{folder}/in_power{channel}_input")
        if _is_rail(label) and milliwatts is not None:
            yield str(label), float(milliwatts)


def _is_rail(label: str | None) -> bool:
    return bool(label) and label != "NC" and "sum of shunt" not in str(label).lower()


def _pmic_rails(tree: Tree) -> Iterator[Rail]:
    """Read a Pi 5's power chip: volts times amperes of each rail that has both."""
    lines = (firmware.ask(tree, "pmic_read_adc") or "").splitlines()
    said = [found.groups() for line in lines if (found := _PMIC.fullmatch(line[:_LONGEST_LINE].strip()))]
    volts, amperes = ({name: number(value) for name, kind, value in said if kind == unit} for unit in "VA")
    for name, current in amperes.items():
        potential = volts.get(name)
        if potential is not None and current is not None:
            yield name, potential * current * 1000


def _energy(tree: Tree) -> Readings:
    """Read RAPL's counters in microjoules, which grow and wrap; the mean power is their growth over the time."""
    readings: Readings = {}
    for zone in tree.matches("sys/class/powercap/intel-rapl:[0-9]*"):
        name = tree.text(f"{zone}/name")
        if name and zone.count(":") == 1:
            readings[f"{name}_energy_uj"] = tree.integer(f"{zone}/energy_uj")
    return readings


def _supply(tree: Tree) -> Readings:
    """Tell whether a PC runs on mains, and how fast its battery drains."""
    readings: Readings = {}
    for folder in tree.matches("sys/class/power_supply/*"):
        kind = tree.text(f"{folder}/type")
        if kind == "Mains" and (online := integer(tree.text(f"{folder}/online"))) is not None:
            readings["on_mains"] = bool(readings.get("on_mains")) or bool(online)
        if kind == "Battery" and tree.text(f"{folder}/status") == "Discharging":
            microwatts = integer(tree.text(f"{folder}/power_now"))
            readings["battery_mw"] = None if microwatts is None else round(abs(microwatts) / 1000, 1)
    return readings


def _mode(tree: Tree) -> Readings:
    """Give the mode that caps the clocks by its name: a Jetson's nvpmodel, a PC's platform profile."""
    marked = re.search(r"pmode:(\d+)", tree.text("var/lib/nvpmodel/status") or "")
    if marked is None:
        mode = _asked(tree) or tree.text("sys/firmware/acpi/platform_profile")
        return {"power_mode": mode}
    number_of = int(marked[1][:9])
    named = {int(found[:9]): name for found, name in _POWER_MODEL.findall(tree.text("etc/nvpmodel.conf") or "")}
    return {"power_mode": named.get(number_of, f"mode {number_of}"), "power_mode_id": number_of}


def _asked(tree: Tree) -> str | None:
    """Ask nvpmodel itself where its status file is not to be read; a recorded tree holds its answer."""
    said = tree.text("recorded/nvpmodel-q")
    if tree.live and tree.exists(_NVPMODEL.lstrip("/")):
        try:
            command = (_NVPMODEL, "-q")
            said = subprocess.run(command, capture_output=True, timeout=_ANSWER_S, check=False, text=True).stdout
        except (OSError, subprocess.SubprocessError) as error:
            tree.note(f"{_NVPMODEL} -q gives no answer: {error}")
    found = re.search(r"NV Power Mode:\s*(\S+)", said or "")
    return found[1] if found else None
