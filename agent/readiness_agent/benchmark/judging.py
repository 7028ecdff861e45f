"""A benchmark judged: the partial verdict on it, its exit code, and the choice among several."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from readiness import catalogue, choice, verdict
from readiness.catalogue import Check
from readiness.choice import Choice
from readiness.dossier import Dossier
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.exits import CLEAN, EVIDENCE_MISSING, NOT_DEPLOYABLE, Stop, of_state
from readiness.finding import Finding
from readiness.option import Option, counts
from readiness.policy import Policy
from readiness.profile import Profile
from readiness_agent import profiles
from readiness_agent.benchmark.trace import Trace
from readiness_agent.worker.jobs import Operated

_FAMILIES = {"target", "lineage"}


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmarked model with its verdict; `trace` and `operated` are for pictures and tables alone."""

    path: Path
    model: Model
    benchmark: Benchmark
    verdict: verdict.Verdict
    profile: Profile | None = None
    evaluation: Evaluation | None = None
    trace: Trace | None = None
    operated: Operated | None = None

    @property
    def target(self) -> str | None:
        return None if self.profile is None else self.profile.name

    @property
    def budgets(self) -> Profile | None:
        """Give the target whose budgets the figures may be held against; another board's figures say nothing of it."""
        option = Option(model=self.model, benchmark=self.benchmark, state=self.verdict.state)
        return None if self.profile is None or not counts(option, self.profile) else self.profile

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give what was found and what is unknown, the most harmful first."""
        return tuple(one for one in self.verdict.findings if one.outcome in {"found", "unknown"})


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
    evaluation: Evaluation | None = None,
    trace: Trace | None = None,
    operated: Operated | None = None,
) -> Reported:
    """Ask what this evidence can answer."""
    dossier = Dossier(
        policy=policy,
        asked_at=benchmark.observed_at,
        model=model,
        profile=profile,
        evaluation=evaluation,
        benchmark=benchmark,
    )
    return Reported(
        path=path,
        model=model,
        benchmark=benchmark,
        verdict=verdict.reach(dossier, asked, partial=True),
        profile=profile,
        evaluation=evaluation,
        trace=trace,
        operated=operated,
    )


def exit_code(one: Reported) -> int:
    """Give the exit code of one report: blocked only by what is missing is not the same as found unfit."""
    code = of_state(one.verdict.state)
    found = any(f.outcome == "found" and f.effect == one.verdict.state for f in one.verdict.findings)
    return EVIDENCE_MISSING if code == NOT_DEPLOYABLE and not found else code


def worst_code(codes: Sequence[int]) -> int:
    """Give the exit code of several: what is found unfit counts before what is missing."""
    return next((code for code in (NOT_DEPLOYABLE, EVIDENCE_MISSING) if code in codes), CLEAN)


def chosen(reported: Sequence[Reported], profile: Profile | None, folder: Path | None = None) -> Choice:
    """Choose among the models; the target's alternatives are read from the same folder as the target."""
    options = [
        Option(model=one.model, benchmark=one.benchmark, evaluation=one.evaluation, state=one.verdict.state)
        for one in reported
    ]
    others = () if profile is None else [_alternative(name, folder) for name in profile.alternatives]
    return choice.choose(options, profile, [one for one in others if one is not None])


def _alternative(name: str, folder: Path | None) -> Profile | None:
    """Read an alternative's profile; a folder of one's own may lack it, and the choice goes without."""
    try:
        return profiles.target(name, folder)
    except Stop:
        return None
