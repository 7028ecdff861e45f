"""What the report of one model says: state, why, what next; then where it is weak, on which images, and how sure."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from readiness import causes
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.explanation import Calibration, Explanation
from readiness.evidence.weakness import WeakSlice
from readiness.finding import Finding
from readiness_coordinator import telling, words
from readiness_coordinator.evaluate import phrases
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.web import evaluation_charts, evaluation_failures, evaluation_rows, finding_cards, rendering
from readiness_coordinator.web.evaluation_rows import Bar, Heat, Table
from readiness_coordinator.words import Look

_CARDS = 4


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One headline figure with its interval; an average is lighter and stands behind what it hides."""

    title: str
    value: str
    said: str
    bar: Bar | None = None
    look: Look | None = None
    average: bool = False


class EvaluationPage(msgspec.Struct, frozen=True, kw_only=True):
    look: Look
    line: str
    headline: tuple[str, ...]
    reasons: tuple[telling.Reason, ...]
    more: str
    steps: tuple[telling.Advice, ...]
    otherwise: str
    follows: tuple[tuple[str, str, str], ...]
    groups: tuple[finding_cards.Group, ...]
    cards: tuple[Card, ...]
    classes: Table
    silent: int
    slices: Table
    heat: Heat | None
    weak: tuple[tuple[str, Bar | None, Bar | None, Bar | None, float], ...]
    failures: tuple[evaluation_failures.Failure, ...]
    more_failures: int
    matrix: Heat | None
    errors: tuple[evaluation_failures.ErrorRow, ...]
    curve: evaluation_charts.Curve | None
    advice: evaluation_charts.Advice | None
    histogram: tuple[evaluation_charts.Bin, ...]
    reliability: Calibration | None
    by_size: tuple[tuple[str, Bar | None], ...]
    by_crowding: tuple[tuple[str, Bar | None], ...]
    robust: Heat | None
    robust_classes: tuple[evaluation_rows.Left, ...]
    evaluated: str


def page(report: Mapping[str, Any], evaluation: Evaluation, labelled: Labelled) -> EvaluationPage:
    """Lay the report of an evaluation out for one page; crops are read from the dataset's images."""
    findings: Sequence[Finding] = report["findings"]
    ordered = telling.by_code(one for one in findings if one.outcome in {"found", "unknown"})
    follow = causes.causes(ordered)
    changing = [one for one in ordered if one.effect is not None]
    reasons = telling.reasons((one for one in changing if one.code not in follow), telling.PLAIN)
    steps = telling.steps(one for one in changing if one.waived is None and one.code not in follow)
    pictures = {picture.name: picture for picture in labelled.pictures}
    failures, more_failures = evaluation_failures.failures(report, pictures)
    explained = evaluation.explanation or Explanation()
    return EvaluationPage(
        look=words.look(report["state"]),
        line=words.LINES[report["state"]],
        headline=tuple(words.sentence(report["headline"][part]) for part in ("weak", "why", "next")),
        reasons=reasons[:3],
        more=f"{len(reasons) - 3} more below." if len(reasons) > 3 else "",
        steps=tuple(steps[:3]),
        otherwise="Benchmark it on its target." if not changing else "Go on with what was accepted.",
        follows=_follows(ordered, follow),
        groups=finding_cards.groups(ordered, telling.PLAIN, pictures),
        cards=_cards(report, evaluation),
        classes=evaluation_rows.classes(report),
        silent=sum(not one.objects and not one.detections for one in evaluation.classes),
        slices=evaluation_rows.slices(report),
        heat=evaluation_rows.heat(report),
        weak=evaluation_rows.weak(evaluation.slice_scan),
        failures=failures,
        more_failures=more_failures,
        matrix=evaluation_failures.matrix(evaluation),
        errors=evaluation_failures.errors(evaluation),
        curve=evaluation_charts.curve(report["curve"], evaluation.thresholds, evaluation.confidence),
        advice=evaluation_charts.advice(evaluation.thresholds),
        histogram=evaluation_charts.histogram(explained.scores),
        reliability=evaluation_charts.reliability(explained.calibration),
        by_size=evaluation_rows.curve(explained.by_size, " px"),
        by_crowding=evaluation_rows.curve(explained.by_crowding, ""),
        robust=evaluation_rows.robust(evaluation.robustness),
        robust_classes=evaluation_rows.robust_classes(evaluation.robustness),
        evaluated=words.moment(evaluation.observed_at),
    )


def _follows(ordered: Sequence[Finding], follow: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Give each code that probably follows from another: code, cause, and of how many subjects."""
    return tuple(
        (code, cause, str(len(telling.subjects([one for one in ordered if one.code == code]))))
        for code, cause in follow.items()
    )


def _cards(report: Mapping[str, Any], evaluation: Evaluation) -> tuple[Card, ...]:
    """Give the weakest class and slice, then the averages that hide them."""
    cards = [
        _weakest("class", one, ("recall", "precision"))
        for one in report["classes"]
        if one["objects"] or one["detections"]
    ][:1]
    scan = evaluation.slice_scan
    if scan and scan.weak:
        cards.append(_weak(scan.weak[0]))
    else:
        cards += [_weakest("slice", one, ("recall",)) for one in report["slices"] if not one["thin"]][:1]
    weak, classes = len(report["weak_classes"]), sum(one["verdict"] != "unmeasured" for one in report["classes"])
    hidden = f" Hides {weak} of {classes} classes that are below their floor or not proven." if weak else ""
    averages = [(name, value) for name, value in evaluation.metrics.items() if value is not None]
    for name, value in [one for one in averages if one[0] in phrases.TITLES][: _CARDS - len(cards)]:
        cards.append(_average(phrases.TITLES[name], value, evaluation.metric_bounds.get(name), hidden))
    return tuple(cards)


def _weakest(what: str, one: Mapping[str, Any], rates: Sequence[str]) -> Card:
    """Give the rate of a class or slice that stays farthest under its floor."""
    measured = [name for name in rates if one[name]["value"] is not None]
    name = min(measured, key=lambda name: one[name]["lower"] - one[name]["floor"])
    rate = one[name]
    bounds = f"{rate['lower']:.2f} to {rate['upper']:.2f}, n {rate['n']:,}, floor {rate['floor']:g}"
    return Card(
        title=f"Weakest {what}, {name}",
        value=f"{rate['value']:.2f}",
        said=f"{one['name']}. {bounds}",
        bar=evaluation_rows.of_report(rate),
        look=evaluation_rows.LOOKS[rate["verdict"]],
    )


def _weak(one: WeakSlice) -> Card:
    look = evaluation_rows.LOOKS["found"]
    return Card(
        title="Weak slice, recall",
        value="none" if one.recall.value is None else f"{one.recall.value:.2f}",
        said=f"{one.words}. {phrases.rate(one.recall)}; elsewhere {phrases.rate(one.rest)}",
        bar=evaluation_rows.bar(one.recall, look=look),
        look=look,
    )


def _average(title: str, value: float, bounds: tuple[float, float] | None, hidden: str) -> Card:
    said = (f"95% {bounds[0]:.3f} to {bounds[1]:.3f}." if bounds else "Interval not measured.") + hidden
    low, high = bounds or (value, value)
    return Card(
        title=title, value=f"{value:.3f}", said=said, average=True, bar=Bar(value=value, lower=low, upper=high, n=0)
    )


def html(report: Mapping[str, Any], evaluation: Evaluation, labelled: Labelled) -> str:
    """Give the whole report as one file that asks nobody for anything."""
    laid_out = page(report, evaluation, labelled)
    return rendering.one_file(
        "evaluation.html", report=report, evaluation=evaluation, page=laid_out, dataset=labelled.name, phrases=phrases
    )
