"""Say what this device is; what cannot be read is said, never guessed."""

import argparse
import sys
from pathlib import Path

import msgspec

from readiness.evidence.device import Device, Sensed
from readiness.exits import CLEAN


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, or to stdout with -")
    parser.add_argument("--sysroot", metavar="DIR", type=Path, default=Path("/"), help="read the system under DIR")


def run(args: argparse.Namespace) -> int:
    from readiness_agent.device import of_sensed
    from readiness_agent.output import require_folder, write_json
    from readiness_agent.sensors import sense_all
    from readiness_agent.sysroot import ROOT
    from readiness_agent.worker.calling import providers

    require_folder(args.sysroot, "--sysroot")
    sensed = sense_all(args.sysroot)
    here = args.sysroot.resolve() == ROOT
    device = of_sensed(sensed, None if here else {}, providers() if here else ())
    if args.json:
        report = {"schema": "readiness.probe/1", "device": device, "fingerprint": device.fingerprint()}
        write_json(report | {"sensors": sensed}, args.json)
    else:
        _show(device, sensed)
    return CLEAN


def _show(device: Device, sensed: tuple[Sensed, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{device.board} · {device.fingerprint()[:19]}", show_header=False)
    for name, value in msgspec.to_builtins(device).items():
        table.add_row(name, _plain(value))
    readings = Table(title="sensors")
    for heading in ("sensor", "reading", "value", "ms"):
        readings.add_column(heading)
    for one in sensed:
        rows = list(one.readings.items()) if one.ok else [("failed", one.error)]
        for number, (name, value) in enumerate(rows):
            readings.add_row(one.sensor * (number == 0), name, _plain(value), f"{one.took_ms:.1f}" * (number == 0))
    console = Console(file=sys.stdout)
    console.print(table)
    console.print(readings)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in value.items()) or "none found"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value) or "none found"
    return "unknown" if value is None else str(value)
