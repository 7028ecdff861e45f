"""List the reason codes, or explain one."""

import argparse
import sys

import msgspec

from readiness import catalogue
from readiness.exits import CLEAN, Stop
from readiness_coordinator import reports
from readiness_coordinator.nearest import hint


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="explain this one")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    every = checks = catalogue.load()
    if args.code:
        name = catalogue.RENAMED.get(args.code, args.code)
        checks = tuple(check for check in checks if check.code == name)
        if not checks:
            way = hint(args.code, (check.code for check in every))
            raise Stop(f"no reason code '{reports.printable(args.code[:200])}'; {way}`readiness codes` lists them all")
    if args.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode([explain(check) for check in checks])) + b"\n")
    elif args.code:
        check = checks[0]
        print(f"{check.code}  ({check.family}, {check.severity.value})\n{check.title}")
        print(f"\nWhy: {check.why}\n\nFix: {check.fix}")
    else:
        for check in checks:
            print(f"{check.family:<11} {check.severity.value:<8} {check.code:<32} {check.title}")
    return CLEAN


def explain(check: catalogue.Check) -> dict[str, str]:
    """Give one reason code as REST and `--json` show it."""
    return {
        "code": check.code,
        "family": check.family,
        "severity": check.severity.value,
        "title": check.title,
        "why": check.why,
        "fix": check.fix,
    }
