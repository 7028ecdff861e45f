"""One model among those to choose from: what it costs on the device, what a target's budget says, how far it fits."""

import math
from typing import Literal

import msgspec

from readiness.bounds import Answer, against_budget, against_floor
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.bounded import Quantile
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.profile import Profile
from readiness.verdict import State

Demand = Literal["p95", "throughput", "memory", "model file", "runtime"]


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A model with its benchmark, its evaluation where one is at hand, and the state that its evidence gives it."""

    model: Model
    benchmark: Benchmark
    evaluation: Evaluation | None = None
    state: State

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def p95_ms(self) -> float | None:
        """Give the upper bound of the end-to-end p95; None where too few runs bound it."""
        return self.benchmark.end_to_end_ms.p95.upper

    @property
    def peak_mib(self) -> float | None:
        """Give the upper bound of the peak memory; None where it is not measured or too few processes bound it."""
        return self.benchmark.memory_mib.peak_rss_upper


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One demand of a target held against what was measured: `room` is the share of it left over, by the bound.

    `least` is the measured value's bound that counts against the model, `limit` what the target demands; `brief` says
    both, where the demand leaves room.
    """

    demand: Demand
    answer: Answer
    said: str
    brief: str = ""
    least: float | None = None
    limit: float | None = None
    room: float | None = None


def counts(option: Option, profile: Profile) -> bool:
    """Tell whether the benchmark was made where it counts for this target."""
    return option.benchmark.device.board in profile.boards or (
        option.benchmark.runtime == "http" and profile.kind != "edge"
    )


def held(option: Option, profile: Profile) -> tuple[Held, ...]:
    """Hold every demand that the target makes against the option's bounds."""
    budget, model = profile.budget, option.model
    found = [_p95(option, budget.p95_ms)]
    if budget.throughput_fps is not None:
        found.append(_throughput(option, budget.throughput_fps))
    if budget.memory_mib is not None:
        found.append(_memory(option, budget.memory_mib))
    if budget.model_mib is not None and model.size_mib is not None:
        said = f"the file has {model.size_mib:.1f} of {budget.model_mib:g} MiB"
        answer = against_budget(model.size_mib, model.size_mib, budget.model_mib)
        found.append(Held(demand="model file", answer=answer, said=said, least=model.size_mib, limit=budget.model_mib))
    offered = ", ".join(profile.runtimes)
    runs = model.format in profile.runtimes
    said = f"{profile.name} runs {offered}, the model is {model.format}"
    return (*found, Held(demand="runtime", answer="clear" if runs else "found", said=said))


def ms(value: float) -> str:
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def _p95(option: Option, budget: float) -> Held:
    """Hold the budget against the worst way in which the runs were made."""
    where, p95 = min(option.benchmark.p95s(), key=lambda one: _worst(one[1], budget))
    answer = against_budget(p95.lower, p95.upper, budget)
    least = p95.lower if answer == "found" else p95.upper
    bound = "is not bounded" if least is None else f"is at {'least' if answer == 'found' else 'most'} {ms(least)}"
    room = None if p95.upper is None else 1 - p95.upper / budget
    said = f"p95{where} {bound}, the budget is {budget:g} ms"
    brief = "" if p95.upper is None else f"p95{where} at most {ms(p95.upper)} of {budget:g}"
    return Held(demand="p95", answer=answer, said=said, brief=brief, least=least, limit=budget, room=room)


def _worst(p95: Quantile, budget: float) -> tuple[int, float]:
    """Order the worst answer first, and of alike ones the highest bound."""
    answer = against_budget(p95.lower, p95.upper, budget)
    bound = p95.lower if answer == "found" else p95.upper
    return ("found", "undecided", "clear").index(answer), -(math.inf if bound is None else bound)


def _throughput(option: Option, wanted: float) -> Held:
    lower, upper = option.benchmark.throughput_bounds_fps
    answer: Answer = "undecided"
    if lower is not None and upper is not None:
        answer = against_floor(lower, upper, wanted)
    least = upper if answer == "found" else lower
    bound = "is not bounded" if least is None else f"is at {'most' if answer == 'found' else 'least'} {least:.1f}"
    room = 1 - wanted / lower if lower else None
    said = f"throughput {bound}, {wanted:g} frames/s are required"
    brief = "" if lower is None else f"at least {lower:.1f} frames/s where {wanted:g} are required"
    return Held(demand="throughput", answer=answer, said=said, brief=brief, least=least, limit=wanted, room=room)


def _memory(option: Option, budget: float) -> Held:
    seen, upper = option.benchmark.memory_mib.peak_rss, option.peak_mib
    answer = against_budget(seen, upper, budget)
    least = seen if answer == "found" else upper
    bound = "is not bounded" if least is None else f"is at {'least' if answer == 'found' else 'most'} {least:.0f} MiB"
    room = None if upper is None else 1 - upper / budget
    said = f"peak memory {bound}, the budget is {budget:g} MiB"
    brief = "" if upper is None else f"memory at most {upper:.0f} MiB of {budget:g}"
    return Held(demand="memory", answer=answer, said=said, brief=brief, least=least, limit=budget, room=room)
