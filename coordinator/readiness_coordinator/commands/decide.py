"""Decide, offline and from report files, whether a model may be deployed to a target."""

import argparse
from pathlib import Path

from readiness.dossier import BadTime, Dossier, instant
from readiness.exits import EVIDENCE_MISSING, Stop


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", metavar="T", required=True, help="target profile by name or .toml")
    parser.add_argument("--dataset", metavar="R", type=Path, help="report of readiness scan --json")
    parser.add_argument("--evaluation", metavar="R", type=Path, help="report of readiness evaluate --json")
    parser.add_argument("--benchmark", metavar="R", type=Path, help="report of readiness-agent bench --json")
    parser.add_argument("--policy", metavar="P", default="standard", help="policy by name or .toml (default standard)")
    parser.add_argument("--threshold", metavar="C", type=float, help="confidence to deploy at (default: the card's)")
    parser.add_argument("--asked-at", metavar="TIME", help="RFC 3339 time of the question (default: now)")
    parser.add_argument("--json", metavar="FILE", help="write the decision's canonical bytes; - is standard output")
    parser.add_argument("--bundle", metavar="FILE", help="write decision and dossier together, for readiness replay")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console

    from readiness import canonical, catalogue, decision
    from readiness_coordinator import decision_text, reports

    dossier = _dossier(args)
    try:
        decided = decision.decide(dossier, catalogue.load(), reports.tool_version())
    except BadTime as bad:
        raise Stop(f"the reports and the policy cannot be judged: {bad}") from None
    if args.json:
        reports.write_bytes(decision.encode(decided), args.json)
    if args.bundle:
        reports.write_bytes(canonical.encode({"decision": decided, "dossier": dossier}), args.bundle)
    if args.json != "-":
        decision_text.show(Console(), decided)
    return reports.exit_code(decided.state, decided.findings, strict=args.strict)


def _dossier(args: argparse.Namespace) -> Dossier:
    from readiness_coordinator import profiles, reports

    policy, profile = profiles.load_policy(args.policy), profiles.load_profile(args.target)
    dataset = reports.read_evidence(args.dataset, "dataset") if args.dataset else None
    evaluation = reports.read_evidence(args.evaluation, "evaluation") if args.evaluation else None
    benchmark, model = None, None
    if args.benchmark:
        benchmark, model = reports.read_benchmark(args.benchmark, evaluation.model if evaluation else None)
    if model is None and args.evaluation:
        model = reports.read_model(args.evaluation)
    if model is None:
        line = "no report names the model; give --benchmark, or an --evaluation made from a run record"
        raise Stop(line, EVIDENCE_MISSING)
    threshold = model.card.confidence if args.threshold is None else args.threshold
    if not 0 <= threshold <= 1:
        raise Stop(f"--threshold is {threshold:g}; it lies between 0 and 1")
    return Dossier(
        policy=policy,
        asked_at=_time(args.asked_at) if args.asked_at else reports.now(),
        model=model,
        profile=profile,
        threshold=threshold,
        dataset=dataset,
        evaluation=evaluation,
        benchmark=benchmark,
    )


def _time(text: str) -> str:
    try:
        instant(text)
    except BadTime as bad:
        raise Stop(f"--asked-at: {bad}") from None
    return text
