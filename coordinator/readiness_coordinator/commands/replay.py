"""Recompute a logged decision from its dossier and compare the bytes."""

import argparse
from pathlib import Path
from typing import Any

import msgspec

from readiness.decision import Decision
from readiness.dossier import BadTime, Dossier
from readiness.exits import CLEAN, NOT_DEPLOYABLE, Stop


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("decision", metavar="DECISION", type=Path, help="a decision, or what decide --bundle wrote")
    parser.add_argument("--dossier", metavar="DOSSIER", type=Path, help="its dossier (default: in the bundle)")


def run(args: argparse.Namespace) -> int:
    from readiness import canonical, catalogue, decision
    from readiness_coordinator import reports

    said = reports.read_report(args.decision)
    logged, dossier = said.get("decision", said), said.get("dossier")
    if args.dossier:
        dossier = reports.read_report(args.dossier)
    if dossier is None:
        raise Stop(f"{args.decision}: holds no dossier; name it with --dossier, or give what decide --bundle wrote")
    subject = _read(dossier, Dossier, args.dossier or args.decision)
    version = _read(logged, Decision, args.decision).tool_version
    try:
        again = decision.encode(decision.decide(subject, catalogue.load(), version))
    except (decision.NoSubject, BadTime) as error:
        raise Stop(f"{args.dossier or args.decision}: {error}") from None
    if (stood := canonical.encode(subject)) != canonical.encode(dossier):
        where, before, now = _first(dossier, msgspec.json.decode(stood), "dossier") or ("the dossier's form", "", "")
        print(f"it differs at '{where}': given {_short(before)}, read {_short(now)}")
        return NOT_DEPLOYABLE
    if again == canonical.encode(logged):
        print(f"the same, byte for byte: {logged['state']}, {logged['decision_id']}")
        return CLEAN
    where, before, now = _first(logged, msgspec.json.decode(again), "") or ("its form", "", "")
    print(f"it differs at '{where}': logged {_short(before)}, recomputed {_short(now)}")
    return NOT_DEPLOYABLE


def _read(part: Any, kind: type[Any], path: Path) -> Any:
    try:
        return msgspec.convert(part, kind)
    except msgspec.ValidationError as error:
        raise Stop(f"{path}: no {kind.__name__.lower()} ({error})") from None


def _first(before: Any, now: Any, path: str) -> tuple[str, Any, Any] | None:
    """Find the first place where two records differ: a key that one of them lacks, else in key order."""
    if isinstance(before, dict) and isinstance(now, dict):
        if alone := sorted(before.keys() ^ now.keys()):
            return f"{path}.{alone[0]}".strip("."), before.get(alone[0]), now.get(alone[0])
        pairs = [(f"{path}.{key}".strip("."), before.get(key), now.get(key)) for key in sorted({*before, *now})]
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = [(f"{path}[{i}]", one, other) for i, (one, other) in enumerate(zip(before, now, strict=True))]
    else:
        return None if before == now else (path, before, now)
    return next((found for where, one, other in pairs if (found := _first(one, other, where))), None)


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 120 else f"{text[:120]}…"
