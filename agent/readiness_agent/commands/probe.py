"""Say what this device is; what cannot be read is said, never guessed."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from readiness.evidence.device import Device, Sensed
from readiness.exits import CLEAN

if TYPE_CHECKING:
    from rich.console import Console

# The units that end a reading's name; a temperature's or a rail's name stays before it.
_UNITS = {"c": "°C", "mhz": "MHz", "mib": "MiB", "mw": "mW", "percent": "%", "s": "s", "uj": "µJ"}
# The columns that a sensor's name, its time and the space between them take beside the readings.
_BESIDE = 10
_SAID = {True: "yes", False: "no"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, or to stdout with -")
    parser.add_argument("--sysroot", metavar="DIR", type=Path, default=Path("/"), help="read the system under DIR")


def run(args: argparse.Namespace) -> int:
    from readiness_agent.device import of_sensed
    from readiness_agent.output import require_folder, require_place, write_json
    from readiness_agent.sensors import sense_all
    from readiness_agent.sysroot import ROOT
    from readiness_agent.worker.calling import providers

    require_folder(args.sysroot, "--sysroot")
    require_place(args.json)
    sensed = sense_all(args.sysroot)
    here = args.sysroot.resolve() == ROOT
    device = of_sensed(sensed, None if here else {}, providers() if here else ())
    if args.json:
        report = {"schema": "readiness.probe/1", "device": device, "fingerprint": device.fingerprint()}
        write_json(report | {"sensors": sensed}, args.json)
    if args.json != "-":
        from rich.console import Console

        show(device, sensed, Console(file=sys.stdout, highlight=False), "" if here else "of a recorded tree, not known")
    return CLEAN


def show(device: Device, sensed: tuple[Sensed, ...], console: "Console", why_no_runtimes: str = "") -> None:
    """Print the device in a few lines, then each sensor's readings, what it does not know and why, and its time."""
    from rich.table import Table
    from rich.text import Text

    console.print(Text(f"{device.board} · {device.model_name or 'unknown model'}", style="bold"))
    own = Table.grid(padding=(0, 2))
    for label, said in _identity(device, why_no_runtimes):
        own.add_row(Text(label, style="dim"), Text(said))
    console.print(own)
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    for heading in ("sensor", "readings"):
        table.add_column(heading, overflow="fold", ratio=1 if heading == "readings" else None)
    table.add_column("ms", justify="right", no_wrap=True)
    room = console.width - max((len(one.sensor) for one in sensed), default=0) - _BESIDE
    for one in sensed:
        name, took = Text(one.sensor, style="bold"), f"{one.took_ms:.1f}"
        for number, (style, line) in enumerate(_lines(one, room)):
            table.add_row(name if number == 0 else "", Text(line, style=style), took if number == 0 else "")
    console.print(table)


def _identity(device: Device, why_no_runtimes: str) -> Iterator[tuple[str, str]]:
    cores = "unknown cores" if device.cores is None else f"{device.cores} cores"
    yield "processor", f"{device.cpu or 'unknown'}, {device.arch}, {cores}, governor {device.governor or 'unknown'}"
    yield "memory", "unknown" if device.memory_mib is None else f"{device.memory_mib:.0f} MiB"
    yield "system", f"{device.os or 'unknown'}, kernel {device.kernel or 'unknown'}"
    yield "power mode", device.power_mode or "unknown"
    runtimes = ", ".join(f"{name} {version}" for name, version in device.runtimes.items())
    yield "runtimes", runtimes or why_no_runtimes or "none found"
    yield "providers", ", ".join(device.providers) or why_no_runtimes or "none found"
    yield "fingerprint", f"{device.fingerprint()[:23]}…"


def _lines(one: Sensed, room: int) -> Iterator[tuple[str, str]]:
    """Give a sensor's lines with their styles: what it read, what it knows nothing of, and why."""
    if not one.ok:
        yield "yellow", f"unknown: {one.error}"
    for line in _filled((_plain(name, value) for name, value in one.readings.items() if value is not None), room):
        yield "", line
    unknown = ", ".join(_name(name)[0] for name, value in one.readings.items() if value is None)
    if unknown:
        yield "dim", f"unknown or not set: {unknown}"
    for note in one.notes:
        yield "yellow", f"note: {note}"


def _filled(parts: Iterable[str], room: int) -> Iterator[str]:
    """Put as many readings into each line as have room, so that none is torn unless it is longer than a line."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        if line and len(longer) > room:
            yield line
            longer = part
        line = longer
    if line:
        yield line


def _plain(name: str, value: str | float | bool) -> str:
    words, unit = _name(name)
    said = _SAID[value] if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    return f"{words} {said} {unit}".rstrip()


def _name(name: str) -> tuple[str, str]:
    """Take the unit off a reading's name."""
    words, _, last = name.rpartition("_")
    return (words.replace("_", " "), _UNITS[last]) if words and last in _UNITS else (name.replace("_", " "), "")
