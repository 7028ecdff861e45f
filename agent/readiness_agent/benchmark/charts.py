"""The plots of a benchmark's page; each is None where what it would show was not measured."""

from collections.abc import Callable, Sequence
from itertools import chain

import msgspec

from readiness.choice import Choice
from readiness.evidence.benchmark import Sustained
from readiness.profile import Profile
from readiness.quality import RANKED_BY
from readiness_agent.benchmark import plot
from readiness_agent.benchmark.plot import Dot, Limit, Plot, Scale
from readiness_agent.benchmark.trace import Point, Trace
from readiness_agent.benchmark.wording import number

_LONG_TAIL = 5.0  # times the shortest: from here on a logarithmic scale shows both ends
_AHEAD = 3.0  # a limit farther off than that would press the data flat; the caption names it instead
SHAPES = {
    "ready": "ready",
    "monitor_required": "monitor",
    "warning": "warning",
    "retrain_required": "retrain",
    "blocked": "blocked",
}
_TWO = (("one", "p50"), ("two", "p95"))


def over_time(trace: Trace | None, budget_ms: float | None) -> Plot | None:
    """Draw p50 and p95 of each stretch, process by process."""
    processes = _end_to_end(trace)
    points = list(chain.from_iterable(processes))
    if not points:
        return None
    top = max(point.p95_ms for point in points)
    shown = budget_ms if budget_ms is not None and budget_ms < _AHEAD * top else None
    x = plot.from_zero([point.start_s for point in points])
    y = plot.from_zero([top, *([] if shown is None else [shown])])
    lines = [
        plot.line([(point.start_s, of(point)) for point in process], x, y, look)
        for process in processes
        for look, of in (("one", _p50), ("two", _p95))
    ]
    medians = [point.p50_ms for point in points]
    return Plot(
        title="Latency over time, ms",
        told=f"Over {len(processes)} processes the median of a stretch went from {number(min(medians))} to "
        f"{number(max(medians))} ms, the highest p95 of one was {number(top)} ms.{_beyond(budget_ms, shown)}",
        across="seconds of running; a thin line begins each process, the time between them is left out",
        xs=x.ticks(),
        ys=y.ticks(),
        lines=tuple(lines),
        limits=() if shown is None else (Limit(100 - y.at(shown), f"budget {shown:g} ms", upright=False),),
        steps=tuple(x.at(process[0].start_s) for process in processes[1:]),
        key=_TWO,
    )


def distribution(trace: Trace | None, budget_ms: float | None) -> Plot | None:
    """Draw the share of runs up to each time, with the one-sided 95 % bounds of each quantile."""
    steps = trace.steps if trace else ()
    if len(steps) < 2:
        return None
    values = [step.value_ms for step in steps]
    low, high = min(values), max(values)
    shown = budget_ms if budget_ms is not None and low / _AHEAD < budget_ms < _AHEAD * high else None
    bounded = [(step.share, step.lower_ms, step.upper_ms) for step in steps]
    known = [(share, lower, upper) for share, lower, upper in bounded if lower is not None and upper is not None]
    fastest, slowest = [(a, share) for share, a, _ in known], [(b, share) for share, _, b in known]
    ends = [end for end, _ in (*fastest, *slowest)]
    x = _spanning([low, high, *ends, *([] if shown is None else [shown])])
    y = Scale(0.0, 1.0)
    scale = ", logarithmic" if x.log else ""
    return Plot(
        title="Share of runs",
        told=f"All runs took {number(low)} to {number(high)} ms; bounds hold from share {_share(known, 0)} to "
        f"{_share(known, -1)}.{_beyond(budget_ms, shown)}",
        across=f"end to end, ms, {number(x.low)} to {number(x.high)}{scale}",
        xs=x.ticks(),
        ys=y.ticks(),
        lines=(plot.line([(step.value_ms, step.share) for step in steps], x, y),),
        bands=(plot.band(fastest, slowest, x, y),) if len(known) > 1 else (),
        limits=() if shown is None else (Limit(x.at(shown), f"p95 budget {shown:g} ms", upright=True),),
        key=(("one", "measured"), ("band", "95 % bounds")),
    )


def temperature(trace: Trace | None) -> Plot | None:
    return _state(trace, "Temperature, °C", lambda point: point.temperature_c)


def frequency(trace: Trace | None) -> Plot | None:
    return _state(trace, "Clock frequency, MHz", lambda point: point.frequency_mhz)


def sustained(one: Sustained | None) -> Plot | None:
    """Draw p50 and p95 of each stretch of the long run."""
    known = [bucket for bucket in one.buckets if bucket.p95_ms is not None] if one else []
    if len(known) < 2:
        return None
    medians = [(bucket.start_s, bucket.p50_ms) for bucket in known if bucket.p50_ms is not None]
    tails = [(bucket.start_s, bucket.p95_ms) for bucket in known if bucket.p95_ms is not None]
    x, y = plot.from_zero([at for at, _ in tails]), plot.from_zero([value for _, value in tails])
    return Plot(
        title="Latency of the long run, ms",
        told=f"p95 began at {number(tails[0][1])} ms and ended at {number(tails[-1][1])} ms.",
        across="seconds since the start",
        xs=x.ticks(),
        ys=y.ticks(),
        lines=(plot.line(medians, x, y), plot.line(tails, x, y, "two")),
        key=_TWO,
    )


def pareto(choice: Choice, profile: Profile | None) -> Plot | None:
    """Draw the models by p95 against the figure they are ranked by, or against memory where they are not."""
    ranked = bool(choice.ranked_by)
    placed = [
        (number_, one, one.p95_ms, value)
        for number_, one in enumerate(choice.standings, 1)
        if one.p95_ms is not None and (value := one.quality if ranked else one.peak_mib) is not None
    ]
    if len(placed) < 2:
        return None
    budgets = None if profile is None else profile.budget
    highest, most = max(p95 for _, _, p95, _ in placed), max(value for *_, value in placed)
    limit = budgets.p95_ms if budgets is not None and budgets.p95_ms < _AHEAD * highest else None
    ceiling = None if budgets is None or ranked else budgets.memory_mib
    ceiling = ceiling if ceiling is not None and ceiling < _AHEAD * most else None
    x = plot.from_zero([highest, *([] if limit is None else [limit])])
    values = [value for *_, value in placed]
    values += [end for _, one, _, _ in placed if ranked and one.quality_bounds for end in one.quality_bounds]
    y = plot.around(values) if ranked else plot.from_zero([*values, *([] if ceiling is None else [ceiling])])
    front = _staircase(sorted((p95, value) for _, one, p95, value in placed if one.on_front), rising=ranked)
    limits = [Limit(x.at(limit), f"p95 budget {limit:g} ms", upright=True)] if limit is not None else []
    if ceiling is not None:
        limits.append(Limit(100 - y.at(ceiling), f"memory budget {ceiling:g} MiB", upright=False))
    named = RANKED_BY[choice.ranked_by] if ranked else "Peak memory at most, MiB"
    return Plot(
        title=named,
        told=f"{len(choice.front)} of {len(choice.standings)} models are beaten by no other in everything asked.",
        across="end-to-end p95 at most, ms; the numbers are those of the table",
        xs=x.ticks(),
        ys=y.ticks(),
        lines=(plot.line(front, x, y),) if len(front) > 1 else (),
        limits=tuple(limits),
        dots=tuple(
            Dot(x.at(p95), 100 - y.at(value), str(n), SHAPES[one.state], _interval(one.quality_bounds, ranked, y))
            for n, one, p95, value in placed
        ),
        key=(("one", "best at its speed or faster"),) if len(front) > 1 else (),
    )


def _staircase(front: Sequence[tuple[float, float]], *, rising: bool) -> list[tuple[float, float]]:
    """Keep the models that are better than every faster one in the figure drawn; the others are in by a third one."""
    kept: list[tuple[float, float]] = []
    for p95, value in front:
        if not kept or (value > kept[-1][1] if rising else value < kept[-1][1]):
            kept.append((p95, value))
    return kept


def _interval(bounds: tuple[float, float] | None, ranked: bool, y: Scale) -> tuple[float, float] | None:
    return (100 - y.at(bounds[1]), 100 - y.at(bounds[0])) if ranked and bounds else None


def _end_to_end(trace: Trace | None) -> list[tuple[Point, ...]]:
    """Move the processes together: models take turns, so that one's runs would be specks on the clock's axis."""
    moved, end = [], 0.0
    for process in (one for one in (trace.processes if trace else ()) if one):
        first, last = process[0].start_s, process[-1].start_s
        moved.append(tuple(msgspec.structs.replace(p, start_s=end + p.start_s - first) for p in process))
        end += last - first + ((last - first) / (len(process) - 1) if len(process) > 1 else 1.0)
    return moved


def _state(trace: Trace | None, title: str, of: Callable[[Point], float | None]) -> Plot | None:
    """Draw what the board said at the end of each stretch; None where it says nothing of it."""
    processes = _end_to_end(trace)
    series = [[(p.start_s, value) for p in process if (value := of(p)) is not None] for process in processes]
    series = [one for one in series if one]
    values = [value for one in series for _, value in one]
    if len(values) < 2:
        return None
    x, y = plot.from_zero([at for one in series for at, _ in one]), plot.around(values)
    return Plot(
        title=title,
        told=f"While the model ran the board told {number(min(values))} to {number(max(values))}.",
        across="seconds of running; the time between the processes is left out",
        xs=x.ticks(),
        ys=y.ticks(),
        lines=tuple(plot.line(one, x, y) for one in series),
        steps=tuple(x.at(one[0][0]) for one in series[1:]),
    )


def _spanning(values: Sequence[float]) -> Scale:
    low, high = min(values), max(values)
    if low > 0 and high / low > _LONG_TAIL:
        return Scale(low / 1.05, high * 1.05, log=True)
    return plot.around(values)


def _beyond(budget_ms: float | None, shown: float | None) -> str:
    return f" The budget of {budget_ms:g} ms lies off the picture." if budget_ms is not None and shown is None else ""


def _share(known: Sequence[tuple[float, float, float]], index: int) -> str:
    return f"{known[index][0]:.3g}" if known else "none"


def _p50(point: Point) -> float:
    return point.p50_ms


def _p95(point: Point) -> float:
    return point.p95_ms
