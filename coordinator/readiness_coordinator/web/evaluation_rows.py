"""The tables of the model report: classes and slices with bars against their floor, weak slices, class by slice."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from readiness.evidence.bounded import Rate
from readiness.evidence.explanation import CurvePoint
from readiness.evidence.robustness import Corrupted, Robustness
from readiness.evidence.weakness import SliceScan
from readiness_coordinator.words import Look

FIRST = 15
_HEAT_CLASSES = 20

LOOKS = {
    "found": Look("blocked", "Below floor"),
    "undecided": Look("warning", "Not proven"),
    "clear": Look("ready", "Meets floor"),
    "unmeasured": Look("unknown", "No objects"),
}
PLAIN = Look("note", "No floor")


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A rate on a scale of 0 to 1: where it and its bounds lie, in percent of the scale, and the figures behind."""

    value: float
    lower: float
    upper: float
    n: int
    floor: float | None = None
    look: Look = PLAIN


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A class or slice; `bar` is its recall, `bar` and `precision` None where nothing was measured.

    `average` is its AP, or what stands for that in other tasks: F1 of a classifier, boundary IoU of masks.
    """

    name: str
    look: Look
    bar: Bar | None
    note: str = ""
    critical: bool = False
    needed: int | None = None
    precision: Bar | None = None
    average: str = ""
    overlap: Bar | None = None


class Table(msgspec.Struct, frozen=True):
    """Rows of which the first are shown and the rest can be opened."""

    first: tuple[Row, ...]
    rest: tuple[Row, ...]


class Cell(msgspec.Struct, frozen=True):
    """A cell of a shaded table: its text, what stands under it, and how it is drawn."""

    text: str
    under: str = ""
    style: str = ""


class Left(msgspec.Struct, frozen=True):
    """What one class keeps under corruption: its clean figure, the mean share left, and its worst case."""

    name: str
    clean: float
    left: float
    worst: str
    figure: float


class Heat(msgspec.Struct, frozen=True):
    """Columns in groups (title, column names), rows of cells, and how many rows are left out."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    more: int = 0


def bar(rate: Rate, floor: float | None = None, look: Look = PLAIN) -> Bar | None:
    if rate.value is None:
        return None
    return Bar(value=rate.value, lower=rate.lower, upper=rate.upper, n=rate.n, floor=floor, look=look)


def of_report(rate: Mapping[str, Any]) -> Bar | None:
    """Give the bar of a rate as the report holds it, with floor and verdict."""
    if rate["value"] is None:
        return None
    parts = {key: rate[key] for key in ("value", "lower", "upper", "n", "floor")}
    return Bar(**parts, look=LOOKS[rate["verdict"]])


def classes(report: Mapping[str, Any]) -> Table:
    """Lay out the classes in the report's order, worst first; those with neither object nor answer are left out."""
    rows = [_class(one) for one in report["classes"] if one["objects"] or one["detections"]]
    return _cut(rows)


def _class(one: Mapping[str, Any]) -> Row:
    return Row(
        name=one["name"],
        note=f"called {one['card_name']} by the model card" if one["card_name"] else "",
        look=LOOKS[one["verdict"]],
        critical=one["critical"],
        bar=of_report(one["recall"]) if one["objects"] else None,
        needed=max((one[rate]["needed"] or 0 for rate in ("recall", "precision")), default=0) or None,
        precision=of_report(one["precision"]) if one["detections"] else None,
        average=_average(one),
        overlap=bar(one["overlap"]),
    )


def _average(one: Mapping[str, Any]) -> str:
    value = next((one[key] for key in ("ap", "boundary", "f1") if one[key] is not None), None)
    bounds = one["ap_bounds"]
    interval = f" ({bounds[0]:.2f} to {bounds[1]:.2f})" if bounds else ""
    return "" if value is None else f"{value:.2f}{interval}"


def slices(report: Mapping[str, Any]) -> Table:
    """Lay out the slices over all classes; thin ones, which are not judged, stand last."""
    rows = [
        Row(
            name=f"{_plain(one['dimension'])} = {_plain(one['value'])}",
            look=Look("note", "Too few") if one["thin"] else LOOKS[one["recall"]["verdict"]],
            bar=of_report(one["recall"]),
            needed=one["recall"]["needed"],
        )
        for one in report["slices"]
        if not one["class"]
    ]
    return _cut(rows)


def weak(scan: SliceScan | None) -> tuple[tuple[str, Bar | None, Bar | None, Bar | None, float], ...]:
    """Give each weak slice with its recall, that of the rest, that of the half that confirmed it, and q."""
    return tuple(
        (one.words, bar(one.recall, look=LOOKS["found"]), bar(one.rest), bar(one.confirmed), one.q)
        for one in (scan.weak if scan else ())
    )


def heat(report: Mapping[str, Any]) -> Heat | None:
    """Lay out recall by class and slice, for the dimensions that were measured per class; None where none was."""
    per_class = [one for one in report["slices"] if one["class"]]
    if not per_class:
        return None
    columns = sorted({(one["dimension"], one["value"]) for one in per_class})
    dimensions = dict.fromkeys(dimension for dimension, _ in columns)
    cells = {(one["class"], one["dimension"], one["value"]): one for one in per_class}
    named = {one["class"] for one in per_class}
    order = [one["name"] for one in report["classes"] if one["name"] in named]
    rows = [(name, tuple(_slice_cell(cells.get((name, *column))) for column in columns)) for name in order]
    groups = tuple(
        (_plain(dimension), tuple(_plain(value) for of, value in columns if of == dimension))
        for dimension in dimensions
    )
    return Heat(groups, tuple(rows[:_HEAT_CLASSES]), max(0, len(rows) - _HEAT_CLASSES))


def _slice_cell(one: Mapping[str, Any] | None) -> Cell:
    if one is None:
        return Cell("none", "too few", "thin")
    rate = one["recall"]
    style = {"found": "blocked", "undecided": "warning"}.get(rate["verdict"], "")
    return Cell(f"{rate['value']:.2f}", f"n {one['objects']:,}", "thin" if one["thin"] else style)


def curve(points: Sequence[CurvePoint], unit: str) -> tuple[tuple[str, Bar | None], ...]:
    """Give recall by size or crowding, one row an interval."""
    return tuple((_interval(one, unit), bar(one.recall)) for one in points)


def _interval(one: CurvePoint, unit: str) -> str:
    low, high = f"{one.low:,.0f}", "" if one.high is None else f"{one.high:,.0f}"
    if one.high is None:
        return f"{low}{unit} and more"
    if one.high - one.low == 1:
        return f"{low}{unit}"
    return f"{low} to {high}{unit}" if one.low else f"under {high}{unit}"


def robust(found: Robustness | None) -> Heat | None:
    """Lay out what is left by corruption and severity, over all classes."""
    if found is None:
        return None
    overall = {(one.corruption, one.severity): one for one in found.results if one.corruption and not one.class_name}
    severities = sorted({severity for _, severity in overall})
    rows = tuple(
        (name, tuple(_left(overall.get((name, severity)), found.clean) for severity in severities))
        for name in dict.fromkeys(name for name, _ in overall)
    )
    return Heat((("Severity", tuple(str(one) for one in severities)),), rows)


def _left(one: Corrupted | None, clean: float) -> Cell:
    if one is None or one.figure is None:
        return Cell("not run")
    return Cell(f"{one.figure:.2f}", f"{one.figure / clean:.0%} left" if clean else "")


def robust_classes(found: Robustness | None) -> tuple[Left, ...]:
    """Give for each class what it loses, the one with least left first."""
    per_class: dict[str, list[Corrupted]] = {}
    for one in found.results if found else ():
        if one.class_name and one.figure is not None:
            per_class.setdefault(one.class_name, []).append(one)
    rows = []
    for name, results in per_class.items():
        clean = next((one.figure or 0.0 for one in results if not one.corruption), 0.0)
        worst = min((one for one in results if one.corruption), key=lambda one: one.figure or 0.0, default=None)
        if clean and worst is not None:
            left = [(one.figure or 0.0) / clean for one in results if one.corruption]
            said = f"{_plain(worst.corruption)} at {worst.severity}"
            rows.append(Left(name, clean, sum(left) / len(left), said, worst.figure or 0.0))
    return tuple(sorted(rows, key=lambda one: (one.left, one.name)))


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _cut(rows: Sequence[Row]) -> Table:
    most = FIRST if len(rows) > FIRST + 3 else len(rows)
    return Table(tuple(rows[:most]), tuple(rows[most:]))
