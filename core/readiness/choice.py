"""Which of several models to take: the Pareto set of quality, latency and memory, and a recommendation in words."""

import math
from collections.abc import Sequence

import msgspec

from readiness import quality, verdict
from readiness.misfit import Misfit, misfit
from readiness.option import Option, counts, held, ms
from readiness.profile import Profile
from readiness.quality import Quality
from readiness.verdict import State

_ACCEPTED_COST = 0.05  # recall of one class, or of the figure ranked by, that may be paid for speed


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where one model stands: its costs by their upper bounds, its quality, and who beats it in all of them.

    `room` is the least share of the target's demands left over; negative where one is missed, None where no target
    was named, the benchmark does not count for it, or a demand is not bounded.
    """

    name: str
    model: str
    state: State
    p95_ms: float | None
    peak_mib: float | None
    quality: float | None
    quality_bounds: tuple[float, float] | None = None
    on_front: bool
    beaten_by: str = ""
    unplaced: str = ""
    room: float | None = None
    room_of: str = ""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The choice among models: `front` names the Pareto set, fastest first; `ranked_by` is the metric of quality."""

    standings: tuple[Standing, ...]
    front: tuple[str, ...]
    ranked_by: str
    recommended: str | None
    because: str
    notes: tuple[str, ...] = ()
    misfits: tuple[Misfit, ...] = ()


def choose(options: Sequence[Option], profile: Profile | None, alternatives: Sequence[Profile] = ()) -> Choice:
    """Choose among models that were benchmarked together; `alternatives` are the profiles that `profile` names.

    A model is in the Pareto set when no other is at least as good in everything asked and better in something: end-to-
    end p95 and peak memory by their upper bounds, and the figure of the evaluations where all have a comparable one.
    Recommended is the fastest deployable model that costs at most 0.05 of that figure, or of the recall of any class,
    beside the best; never one that is not deployable.
    """
    options = sorted(options, key=_costs)
    ranked = quality.comparable([(one.name, one.evaluation) for one in options])
    axes = [_axes(one, options, ranked) for one in options]
    standings = tuple(_standing(one, options, axes, profile, ranked) for one in options)
    picked = _picked(options, profile, ranked)
    misfits = [] if profile is None else [misfit(one, options, profile, alternatives) for one in options]
    return Choice(
        standings=standings,
        front=tuple(one.name for one in standings if one.on_front),
        ranked_by=ranked.metric,
        recommended=None if picked is None else picked.name,
        because=_nobody(options) if picked is None else _because(picked, options, profile, ranked),
        notes=(*_ties(options, ranked), *_disturbed(options)),
        misfits=tuple(one for one in misfits if one is not None),
    )


def _axes(option: Option, options: Sequence[Option], ranked: Quality) -> tuple[float, ...] | str:
    """Give what the models are compared by, lower is better; or say which of it is unknown of this one.

    Memory is left out where it is known of none, as of endpoints.
    """
    if option.p95_ms is None:
        return "its p95 is not bounded: too few runs"
    if option.benchmark.validity != "valid":
        return f"its benchmark is {option.benchmark.validity}"
    parts = [option.p95_ms]
    if any(one.peak_mib is not None for one in options):
        if option.peak_mib is None:
            return "its peak memory is not bounded"
        parts.append(option.peak_mib)
    value = ranked.of(option.evaluation)
    return tuple(parts if value is None else [*parts, -value])


def _beats(one: tuple[float, ...] | str, other: tuple[float, ...] | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return False
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def _standing(
    option: Option,
    options: Sequence[Option],
    axes: Sequence[tuple[float, ...] | str],
    profile: Profile | None,
    ranked: Quality,
) -> Standing:
    own = next(place for one, place in zip(options, axes, strict=True) if one is option)
    better = [one for one, place in zip(options, axes, strict=True) if _beats(place, own)]
    unplaced = own if isinstance(own, str) else ""
    room, room_of = (None, "") if profile is None else _room(option, profile)
    return Standing(
        name=option.name,
        model=option.model.digest,
        state=option.state,
        p95_ms=option.p95_ms,
        peak_mib=option.peak_mib,
        quality=ranked.of(option.evaluation),
        quality_bounds=None if option.evaluation is None else option.evaluation.metric_bounds.get(ranked.metric),
        on_front=not better and not unplaced,
        beaten_by=min(better, key=_costs).name if better else "",
        unplaced=unplaced,
        room=room,
        room_of=room_of,
    )


def _room(option: Option, profile: Profile) -> tuple[float | None, str]:
    """Give the least room that a demand leaves, and all of them, the tightest first; none where one is not bounded."""
    if not counts(option, profile):
        return None, ""
    asked = [one for one in held(option, profile) if one.demand in {"p95", "throughput", "memory"}]
    rooms = sorted((one.room, one.brief) for one in asked if one.room is not None)
    return (rooms[0][0], ", ".join(brief for _, brief in rooms)) if len(rooms) == len(asked) else (None, "")


def _costs(option: Option) -> tuple[float, float, str, str]:
    """Order by speed, then memory; what is unknown comes last."""
    unknown = float("inf")
    p95 = unknown if option.p95_ms is None else option.p95_ms
    peak = unknown if option.peak_mib is None else option.peak_mib
    return (p95, peak, option.name, option.model.digest)


def _picked(options: Sequence[Option], profile: Profile | None, ranked: Quality) -> Option | None:
    """Take the fastest of those in the best deployable state that cost little quality beside the best of them."""
    able = _able(options, profile)
    best = _best(able, ranked)
    return min((one for one in able if best is None or _costs_little(best, one, ranked)), key=_costs, default=None)


def _able(options: Sequence[Option], profile: Profile | None) -> list[Option]:
    """Keep the deployable options of the best state; of them those that fit, and of these the validly measured ones."""

    def rank(one: Option) -> tuple[int, bool, bool]:
        room = None if profile is None else _room(one, profile)[0]
        short = profile is not None and (room is None or room < 0)
        return verdict.STATES.index(one.state), short, one.benchmark.validity != "valid"

    able = [one for one in options if one.state in verdict.DEPLOYABLE | {"warning"} and one.p95_ms is not None]
    best = min(map(rank, able), default=None)
    return [one for one in able if rank(one) == best]


def _best(options: Sequence[Option], ranked: Quality) -> Option | None:
    """Give the option of the highest figure, the fastest among equals; None where quality is not compared."""
    known = [(value, one) for one in options if (value := ranked.of(one.evaluation)) is not None]
    top = max((value for value, _ in known), default=None)
    return min((one for value, one in known if value == top), key=_costs, default=None)


def _costs_little(best: Option, option: Option, ranked: Quality) -> bool:
    assert best.evaluation is not None
    assert option.evaluation is not None
    high, own = ranked.of(best.evaluation), ranked.of(option.evaluation)
    worst = quality.cost(best.evaluation, option.evaluation)
    drops = [0.0 if high is None or own is None else high - own, 0.0 if worst is None else worst.drop]
    return max(drops) <= _ACCEPTED_COST + 1e-9


def _because(picked: Option, options: Sequence[Option], profile: Profile | None, ranked: Quality) -> str:
    parts = [f"{verdict.said(picked.state)}{', needs an approval' * (picked.state == 'warning')}"]
    parts.append(_fit(picked, profile))
    if picked.benchmark.validity != "valid":
        parts.append(f"its benchmark is {picked.benchmark.validity}, so measure it again before relying on it")
    able = _able(options, profile)
    best = _best(able, ranked)
    if best is None or best.evaluation is None or picked.evaluation is None:
        parts.append(ranked.because)
    elif best is picked:
        most = "its figure is the highest of the models in this state"
        parts.append(f"{ranked.said(picked.evaluation)}, {most}" if len(able) > 1 else ranked.said(picked.evaluation))
    else:
        parts.append(_paid(picked, best, ranked))
    if (beside := _beside_incumbent(picked, options)) is not None:
        parts.append(beside)
    return "; ".join(parts)


def _fit(picked: Option, profile: Profile | None) -> str:
    peak = "unknown memory" if picked.peak_mib is None else f"at most {picked.peak_mib:.0f} MiB"
    p95 = "p95 not bounded" if picked.p95_ms is None else f"p95 at most {ms(picked.p95_ms)}"
    if profile is None:
        return f"{p95}, {peak}; no target was named, so whether it fits one was not asked"
    room, of = _room(picked, profile)
    if room is None:
        return f"{p95}, {peak}; not every demand of {profile.name} is bounded"
    if room < 0:
        return f"not shown to fit {profile.name}: {of}"
    return f"fits {profile.name} with {math.floor(100 * room)} % headroom ({of})"


def _paid(picked: Option, best: Option, ranked: Quality) -> str:
    """Say what the faster model costs beside the one that sees best."""
    assert picked.evaluation is not None
    assert best.evaluation is not None
    assert picked.p95_ms is not None
    assert best.p95_ms is not None
    worst = quality.cost(best.evaluation, picked.evaluation)
    lost = "recall by class was not measured" if worst is None else worst.said
    figures = f"{ranked.said(picked.evaluation)} against {ranked.said(best.evaluation)}"
    return f"{lost} beside '{best.name}', in {picked.p95_ms / best.p95_ms:.2f} times its p95; {figures}"


def _beside_incumbent(picked: Option, options: Sequence[Option]) -> str | None:
    """Say how much faster or slower the model is than the one that runs today, where that was measured beside it."""
    named = {one.benchmark.agreement.incumbent for one in options if one.benchmark.agreement is not None}
    incumbent = next((one for one in options if one.model.digest in named), None)
    if incumbent is None or incumbent.p95_ms is None or picked.p95_ms is None:
        return None
    if incumbent is picked:
        return "it is the incumbent"
    return f"{picked.p95_ms / incumbent.p95_ms:.2f} times the p95 of the incumbent '{incumbent.name}'"


def _nobody(options: Sequence[Option]) -> str:
    if len(options) == 1:
        return f"'{options[0].name}' is not deployable as measured here; its findings say why"
    return f"none of {len(options)} is deployable as measured here; their findings say why" if options else "none ran"


def _ties(options: Sequence[Option], ranked: Quality) -> tuple[str, ...]:
    """Say which models the figures rank and the bounds do not."""
    best = _best(options, ranked)
    if best is None or best.evaluation is None:
        return ()
    ties = [
        one.name
        for one in options
        if one is not best
        and one.evaluation is not None
        and not quality.apart(best.evaluation, one.evaluation, ranked.metric)
    ]
    if not ties:
        return ()
    named = ", ".join(f"'{name}'" for name in ties)
    return (f"'{best.name}' is not shown to see better than {named}: equal within the bounds",)


def _disturbed(options: Sequence[Option]) -> tuple[str, ...]:
    """Say which of several models have no place because of how they were measured."""
    odd = [f"'{one.name}' ({one.benchmark.validity})" for one in options if one.benchmark.validity != "valid"]
    if not odd or len(options) == 1:
        return ()
    return (f"not placed, as not validly measured: {', '.join(odd)}; benchmark again before choosing against it",)
