"""One model's part of the page: its verdict, figures, plots and tables, ready to be drawn."""

from collections.abc import Sequence

import msgspec

from readiness import canonical, verdict
from readiness.choice import Choice
from readiness.evidence.benchmark import Agreement, Benchmark, Confidence, Latency, Sustained
from readiness.evidence.bounded import Quantile, Rate
from readiness.finding import Finding
from readiness.misfit import Misfit, Way
from readiness_agent.benchmark import charts, wording
from readiness_agent.benchmark.judging import Reported
from readiness_agent.benchmark.plot import Plot
from readiness_agent.benchmark.table import heaviest
from readiness_agent.benchmark.trace import Trace
from readiness_agent.benchmark.wording import number
from readiness_agent.worker.jobs import Operated

_ROWS = 200
_CLASSES = 30
_EFFECTS = {
    "ready": "Deploy is allowed as far as this evidence goes.",
    "monitor_required": "Deploy only with the monitor in force.",
    "warning": "Deploy only after an approval of these warnings.",
    "retrain_required": "No deploy until the model is better.",
    "blocked": "No deploy.",
}
_MEMORY = (
    ("Peak", "peak_rss"),
    ("Peak at most", "peak_rss_upper"),
    ("PSS", "pss"),
    ("USS", "uss"),
    ("The model's own", "model_delta"),
    ("cgroup peak", "cgroup_peak"),
    ("Swapped", "swap"),
    ("GPU", "gpu"),
    ("Left on the device", "headroom"),
)
_UNKNOWN = {"missing": "Not known", "stale": "Out of date", "undecided": "Not settled", "failed": "Not judged"}
_LOAD = {"throughput", "paced", "sustained", "operators", "calls", "source"}

Cells = tuple[str, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    code: str
    look: str
    tag: str
    because: str
    why: str
    fix: str


class ClassRow(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    count: str
    mean: str
    heights: tuple[float, ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Confidence: heights of ten bars in percent of the highest, overall and by class."""

    said: str
    told: str
    heights: tuple[float, ...]
    bins: tuple[Cells, ...]
    classes: tuple[ClassRow, ...]
    shaped: bool
    more: int


class Same(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement: each share with its bounds in percent, None where there was nothing to count."""

    incumbent: str
    said: str
    rates: tuple[tuple[str, tuple[float, float, float] | None, str], ...]


class OperatorRow(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    provider: str
    ms: str
    share: str
    width: float


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page says of one model; a plot is None where it was not measured."""

    id: str
    name: str
    target: str
    look: str
    word: str
    line: str
    meta: tuple[tuple[str, str], ...]
    findings: tuple[Found, ...]
    steps: tuple[Cells, ...]
    budget: str
    missed: tuple[str, ...]
    ways: tuple[Way, ...]
    latency: tuple[Cells, ...]
    distribution: Plot | None
    over_time: Plot | None
    points: tuple[Cells, ...]
    cold: str
    stages: tuple[tuple[str, float, str, str], ...]
    memory: tuple[tuple[str, float | None, str], ...]
    memory_limit: float | None
    memory_said: str
    validity: str
    temperature: Plot | None
    frequency: Plot | None
    facts: tuple[tuple[str, str], ...]
    sustained: Plot | None
    buckets: tuple[Cells, ...]
    confidence: Seen | None
    agreement: Same | None
    operators: tuple[OperatorRow, ...]
    operators_said: str
    conditions: tuple[tuple[str, str], ...]
    next: tuple[str, ...]


def sheet(one: Reported, choice: Choice, name: str) -> Sheet:
    """Lay out one model; `name` is its anchor on the page."""
    benchmark, trace = one.benchmark, one.trace
    budget = None if one.budgets is None else one.budgets.budget
    misfit = _misfit(one, choice)
    limit = None if budget is None else budget.p95_ms
    memory, ceiling = _memory(benchmark, None if budget is None else budget.memory_mib)
    facts = [pair for pair in wording.told(benchmark, one.budgets) if pair[0] in _LOAD]
    return Sheet(
        id=name,
        name=one.model.name,
        target="" if one.profile is None else one.profile.title,
        look=charts.SHAPES[one.verdict.state],
        word=verdict.said(one.verdict.state).capitalize(),
        line=_EFFECTS[one.verdict.state],
        meta=_meta(one),
        findings=tuple(_found(finding) for finding in one.findings),
        next=tuple(
            dict.fromkeys(wording.sentence(wording.way_out(finding)) for finding in one.findings if finding.effect)
        )[:3],
        budget="" if limit is None else f"the budget of p95 is {limit:g} ms",
        missed=() if misfit is None else misfit.missed,
        ways=() if misfit is None else misfit.ways,
        latency=(_latency("End to end, ms", benchmark.end_to_end_ms), _latency("Inference, ms", benchmark.latency_ms)),
        distribution=charts.distribution(trace, limit),
        steps=_steps(trace),
        over_time=charts.over_time(trace, limit),
        points=_points(trace),
        cold=f"cold start {number(benchmark.cold_start_ms, 'ms')}",
        stages=_stages(benchmark),
        memory=memory,
        memory_limit=ceiling,
        memory_said="An endpoint's memory cannot be seen from its caller."
        if benchmark.runtime == "http"
        else f"Of the worst process. {_granted(one)}.",
        validity=wording.sentence(f"this benchmark is {wording.validity(benchmark)}"),
        temperature=charts.temperature(trace),
        frequency=charts.frequency(trace),
        facts=tuple(facts),
        sustained=charts.sustained(benchmark.sustained),
        buckets=_buckets(benchmark.sustained),
        confidence=None if benchmark.confidence is None else _seen(benchmark.confidence),
        agreement=None if benchmark.agreement is None else _same(benchmark.agreement),
        operators=_operators(one.operated),
        operators_said=_operators_said(one.operated),
        conditions=_conditions(benchmark),
    )


def _granted(one: Reported) -> str:
    """Say the budget of the peak, and that another board's figures are not held against it."""
    if one.profile is None or one.profile.budget.memory_mib is None:
        return "No budget was named"
    limit = f"{one.profile.budget.memory_mib:g} MiB"
    if one.budgets is None:
        return f"The budget of {limit} is another board's and not drawn"
    return f"Budget of the peak, dashed: {limit}"


def _misfit(one: Reported, choice: Choice) -> Misfit | None:
    mine = (one.model.name, one.model.digest)
    return next((misfit for misfit in choice.misfits if (misfit.name, misfit.model) == mine), None)


def _meta(one: Reported) -> tuple[tuple[str, str], ...]:
    benchmark, (width, height) = one.benchmark, one.model.card.input.size
    size = "no file" if one.model.size_mib is None else number(one.model.size_mib, "MiB")
    return (
        ("Runtime", f"{benchmark.runtime} {benchmark.runtime_version}"),
        ("Provider", benchmark.provider),
        ("Threads", "the endpoint's own" if benchmark.runtime == "http" else str(benchmark.threads)),
        ("Input", f"{width}x{height}"),
        ("File", size),
        ("Runs", f"{benchmark.runs:,} in {benchmark.processes} processes"),
        ("Validity", benchmark.validity),
    )


def _found(finding: Finding) -> Found:
    return Found(
        title=finding.title if finding.unknown is None else f"{_UNKNOWN[finding.unknown]}: {finding.title}",
        code=finding.code,
        look=charts.SHAPES.get(finding.effect or "", "note"),
        tag=finding.unknown or "",
        because=wording.sentence(finding.because),
        why=finding.why,
        fix=wording.sentence(wording.way_out(finding)),
    )


def _latency(label: str, one: Latency) -> Cells:
    shown = [wording.quantile(getattr(one, name)) for name in ("p50", "p90", "p95", "p99")]
    return (label, *shown, number(one.max), _worth(one.p95))


def _worth(p95: Quantile) -> str:
    return f"{p95.n_effective:,.0f} independent runs"


def _stages(one: Benchmark) -> tuple[tuple[str, float, str, str], ...]:
    whole, most = sum(one.stages_ms.values()), max(one.stages_ms.values(), default=0.0)
    return tuple(
        (name, _width(value, most), number(value), wording.percent(value / whole) if whole else wording.UNKNOWN)
        for name, value in one.stages_ms.items()
    )


def _memory(one: Benchmark, budget: float | None) -> tuple[tuple[tuple[str, float | None, str], ...], float | None]:
    """Give each figure with its width, and where the budget stands; what is left on the device has no bar."""
    known = [(label, getattr(one.memory_mib, key)) for label, key in _MEMORY]
    used = [value for label, value in known[:-1] if value is not None]
    most = max([*used, budget or 0.0], default=0.0) * 1.04
    rows = [(label, None if value is None else _width(value, most), number(value)) for label, value in known[:-1]]
    label, left = known[-1]
    return (*rows, (label, None, number(left))), None if budget is None else _width(budget, most)


def _width(value: float, most: float) -> float:
    return round(100 * value / most, 2) if most else 0.0


def _thinned(rows: Sequence[Cells]) -> tuple[Cells, ...]:
    """Keep at most 200 rows of a long table, evenly; the JSON report has them all."""
    step = -(-len(rows) // _ROWS) or 1
    return tuple(rows[::step])


def _steps(trace: Trace | None) -> tuple[Cells, ...]:
    known = trace.steps if trace else ()
    cells = [(f"{one.share:.4g}", number(one.value_ms), _bound(one.lower_ms), _bound(one.upper_ms)) for one in known]
    return _thinned(cells)


def _bound(value: float | None) -> str:
    return wording.NOT_BOUNDED if value is None else number(value)


def _points(trace: Trace | None) -> tuple[Cells, ...]:
    return _thinned(
        [
            (
                f"{process}, {one.start_s:.1f}",
                number(one.p50_ms),
                number(one.p95_ms),
                number(one.temperature_c),
                number(one.frequency_mhz),
            )
            for process, points in enumerate(trace.processes if trace else (), 1)
            for one in points
        ]
    )


def _buckets(one: Sustained | None) -> tuple[Cells, ...]:
    return _thinned(
        [
            (
                f"{bucket.start_s:.0f}",
                f"{bucket.runs:,}",
                number(bucket.p50_ms),
                number(bucket.p95_ms),
                number(bucket.temperature_c),
                number(bucket.frequency_mhz),
                number(bucket.uss_mib),
                f"{bucket.missed:,}",
            )
            for bucket in (one.buckets if one else ())
        ]
    )


def _seen(one: Confidence) -> Seen:
    often = sorted(one.classes, key=lambda class_: (-class_.detections, class_.name))
    told = ", ".join(f"{count:,} from {index / 10:g}" for index, count in enumerate(one.histogram) if count)
    return Seen(
        said=f"{wording.confidence(one)}.",
        told=f"Answers by confidence: {told or 'none'}.",
        heights=_heights(one.histogram),
        bins=tuple(
            (f"{index / 10:.1f} to {(index + 1) / 10:.1f}", f"{count:,}") for index, count in enumerate(one.histogram)
        ),
        classes=tuple(
            ClassRow(
                name=class_.name,
                count=f"{class_.detections:,}",
                mean="none" if class_.mean is None else f"{class_.mean:.2f}",
                heights=_heights(class_.histogram),
            )
            for class_ in often[:_CLASSES]
        ),
        shaped=any(class_.histogram for class_ in often[:_CLASSES]),
        more=max(0, len(often) - _CLASSES),
    )


def _heights(counts: Sequence[int]) -> tuple[float, ...]:
    most = max(counts, default=0)
    return tuple(_width(count, most) for count in counts)


def _same(one: Agreement) -> Same:
    rates = (("same class in the frame", one.classes), ("an answer at its place", one.places), ("both", one.both))
    overlap = wording.UNKNOWN if one.iou is None else f"{one.iou:.2f}"
    shift = wording.UNKNOWN if one.score_shift is None else f"{one.score_shift:+.2f}".replace("-", "\N{MINUS SIGN}")
    return Same(
        incumbent=one.incumbent_name,
        said=f"On {one.frames:,} frames. Mean IoU of answers of one class {overlap}, mean shift of confidence {shift}.",
        rates=tuple((label, _interval(rate), wording.rate(rate)) for label, rate in rates if rate is not None),
    )


def _interval(rate: Rate) -> tuple[float, float, float] | None:
    if rate.value is None:
        return None
    return (round(100 * rate.lower, 1), round(100 * rate.value, 1), round(100 * rate.upper, 1))


def _operators(operated: Operated | None) -> tuple[OperatorRow, ...]:
    listed = heaviest(operated) if operated else []
    most, whole = max((one.mean_ms for one in listed), default=0.0), operated.run_ms if operated else 0.0
    return tuple(
        OperatorRow(
            name=one.name,
            kind=one.kind,
            provider=one.provider,
            ms=f"{one.mean_ms:.3f}",
            share=wording.percent(one.mean_ms / whole) if whole else wording.UNKNOWN,
            width=_width(one.mean_ms, most),
        )
        for one in listed
    )


def _operators_said(operated: Operated | None) -> str:
    if operated is None:
        return ""
    many = f"The longest of {len(operated.operators):,} operators over {operated.runs:,} runs"
    return f"{many}. A run took {number(operated.run_ms, 'ms')} under the profile, which itself takes time."


def _conditions(one: Benchmark) -> tuple[tuple[str, str], ...]:
    device = one.device
    known: dict[str, str | int | float | bool | None] = {
        "model": one.model,
        "frames": one.frames,
        "benchmark": canonical.digest(one),
        "cpu": device.cpu,
        "cores": device.cores,
        "memory_mib": device.memory_mib,
        "os": device.os,
        "kernel": device.kernel,
        "governor": device.governor,
        "power_mode": device.power_mode,
        **one.conditions,
    }
    return tuple((key.replace("_", " "), _plain(value)) for key, value in known.items())


def _plain(value: str | float | bool | None) -> str:
    if value is None:
        return wording.UNKNOWN
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
