"""A benchmark as a report: the partial verdict on it, its contract keys, and the table that a person reads."""

import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from readiness import catalogue, verdict
from readiness.catalogue import Check
from readiness.dossier import Dossier
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.bounded import Quantile
from readiness.evidence.model import Model
from readiness.exits import CLEAN, EVIDENCE_MISSING, NOT_DEPLOYABLE, of_state
from readiness.policy import Policy
from readiness.profile import Profile
from readiness_agent.benchmark.protocol import DISTRIBUTION

_FAMILIES = {"target", "lineage"}
_WIDTH = 140


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmarked model with its verdict."""

    path: Path
    model: Model
    benchmark: Benchmark
    verdict: verdict.Verdict
    target: str | None


def checks() -> tuple[Check, ...]:
    """Load the target and lineage checks; done before anything is measured, a broken one costs no benchmark."""
    return tuple(check for check in catalogue.load() if check.family in _FAMILIES)


def judged(
    path: Path,
    model: Model,
    benchmark: Benchmark,
    asked: Sequence[Check],
    policy: Policy,
    profile: Profile | None,
) -> Reported:
    """Ask what this evidence can answer."""
    dossier = Dossier(policy=policy, asked_at=benchmark.observed_at, model=model, profile=profile, benchmark=benchmark)
    reached = verdict.reach(dossier, asked, partial=True)
    target = None if profile is None else profile.name
    return Reported(path=path, model=model, benchmark=benchmark, verdict=reached, target=target)


def exit_code(one: Reported) -> int:
    """Give the exit code of one report: blocked only by what is missing is not the same as found unfit."""
    code = of_state(one.verdict.state)
    found = any(f.outcome == "found" and f.effect == one.verdict.state for f in one.verdict.findings)
    return EVIDENCE_MISSING if code == NOT_DEPLOYABLE and not found else code


def worst_code(codes: Sequence[int]) -> int:
    """Give the exit code of several: what is found unfit counts before what is missing."""
    return next((code for code in (NOT_DEPLOYABLE, EVIDENCE_MISSING) if code in codes), CLEAN)


def encoded(one: Reported) -> dict[str, Any]:
    """Give the report as the contract names its keys."""
    benchmark = one.benchmark
    shown = (
        "latency_ms",
        "end_to_end_ms",
        "stages_ms",
        "cold_start_ms",
        "throughput_fps",
        "throughput_bounds_fps",
        "memory_mib",
        "confidence",
        "validity",
        "validity_because",
        "conditions",
    )
    return {
        "schema": "readiness.bench/1",
        "tool_version": metadata.version(DISTRIBUTION),
        "state": one.verdict.state,
        "name": one.model.name,
        "target": one.target,
        "findings": [f for f in one.verdict.findings if f.outcome in {"found", "unknown"}],
        **{key: getattr(benchmark, key) for key in shown},
        "model": one.model,
        "evidence": benchmark,
    }


def encoded_set(reported: Sequence[Reported], unusable: dict[str, str]) -> dict[str, Any]:
    """Give several reports together, with the Pareto set, a recommendation, and the models that could not run."""
    front = pareto(reported)
    return {
        "schema": "readiness.bench-set/1",
        "tool_version": metadata.version(DISTRIBUTION),
        "state": verdict.worst(one.verdict.state for one in reported),
        "reports": [encoded(one) for one in reported],
        "pareto": [one.model.name for one in front],
        "recommendation": _recommendation(front),
        "unusable": [{"model": path, "because": line} for path, line in unusable.items()],
    }


def pareto(reported: Sequence[Reported]) -> list[Reported]:
    """Keep those that no other beats in both end-to-end p95 (upper bound) and peak memory, fastest first."""
    costs = [(one.benchmark.end_to_end_ms.p95.upper, one.benchmark.memory_mib.peak_rss, one) for one in reported]
    known = [(p95, peak, one) for p95, peak, one in costs if p95 is not None and peak is not None]
    front = [
        (p95, peak, one)
        for p95, peak, one in known
        if not any(a <= p95 and b <= peak and (a, b) != (p95, peak) for a, b, _ in known)
    ]
    return [one for _, _, one in sorted(front, key=lambda cost: cost[:2])]


def _recommendation(front: Sequence[Reported]) -> dict[str, str | None]:
    """Name the fastest of the Pareto set among those in the best state; how well it sees is not asked here."""
    best = min(front, key=lambda one: verdict.STATES.index(one.verdict.state), default=None)
    if best is None or best.verdict.state not in verdict.DEPLOYABLE | {"warning"}:
        return {"name": None, "because": "none of them is deployable as measured here; their findings say why"}
    p95, peak = best.benchmark.end_to_end_ms.p95.upper, best.benchmark.memory_mib.peak_rss
    figures = f"{verdict.said(best.verdict.state)}, p95 at most {p95:.1f} ms in {peak:.0f} MiB"
    because = f"{figures}; an evaluation says how well it sees"
    return {"name": best.model.name, "because": because}


def show(reported: Sequence[Reported]) -> None:
    """Print a table over the models, then what was found on each, with the way out."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH, soft_wrap=True)
    table = Table(title="end to end on this device; ≤ is the one-sided 95 % bound")
    for heading in ("model", "p50 ms", "p95 ms", "infer p95 ms", "peak MiB", "frames/s", "validity", "state"):
        table.add_column(heading)
    for one in reported:
        table.add_row(*_cells(one))
    console.print(table)
    for one in reported:
        for finding in one.verdict.findings:
            if finding.outcome in {"found", "unknown"}:
                console.print(
                    f"{escape(one.model.name)}: [bold]{finding.code}[/bold] ({finding.severity.value}): ", end=""
                )
                console.print(escape(f"{finding.because}. {finding.action.text if finding.action else finding.fix}"))


def _cells(one: Reported) -> list[str]:
    benchmark, peak = one.benchmark, one.benchmark.memory_mib.peak_rss
    whole = benchmark.end_to_end_ms
    rate = benchmark.throughput_fps
    return [
        one.model.name,
        _bounded(whole.p50),
        _bounded(whole.p95),
        _bounded(benchmark.latency_ms.p95),
        "unknown" if peak is None else f"{peak:.0f}",
        "unknown" if rate is None else f"{rate:.1f}",
        benchmark.validity,
        verdict.said(one.verdict.state),
    ]


def _bounded(quantile: Quantile) -> str:
    if quantile.value is None or quantile.upper is None:
        return "too few runs"
    return f"{quantile.value:.2f} ≤ {quantile.upper:.2f}"
