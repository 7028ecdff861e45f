"""The report of an evaluation as lines for a person at a terminal: risk, weak class, next step; then why and where."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from readiness import causes
from readiness.evidence.evaluation import Evaluation
from readiness.finding import Finding
from readiness.listed import counted
from readiness.verdict import DEPLOYABLE
from readiness_coordinator import findings_text, telling
from readiness_coordinator.evaluate import comparing, phrases
from readiness_coordinator.paragraphs import WIDEST, put
from readiness_coordinator.reports import printable

CLASSES = 15
_NARROW = 70
_COUNT, _RATE, _VERDICT = 8, 21, 13
_INDENT = 9
_COLOURS = {"found": "red", "undecided": "yellow", "clear": "green", "unmeasured": "dim"}
_ASKED = frozenset({"found", "unknown"})


def show(console: Console, evaluation: Evaluation, report: Mapping[str, Any], *, every: bool) -> None:
    """Print the report; with `every`, what is clear too and nothing cut short. Averages stand last: they judge nothing.

    Lines break between words only, so that a name stays whole wherever it is copied from.
    """
    _head(console, evaluation, report)
    console.print()
    _classes(console, report["classes"], every=every)
    if report["compare"] is not None:
        console.print()
        for line in comparing.said(report["compare"]):
            put(console, line.strip(), indent=len(line) - len(line.lstrip()), hang=2)
    said = (
        *phrases.weak_slices(evaluation, every=every),
        *phrases.errors(evaluation),
        *phrases.confusions(evaluation, every=every),
        *phrases.threshold(evaluation),
        *phrases.calibration(evaluation),
        *phrases.robustness(evaluation),
    )
    if said:
        console.print()
    for line in said:
        put(console, line, hang=2)
    shown = [one for one in report["findings"] if every or one.outcome in _ASKED]
    _findings(console, shown, every=every)
    console.print()
    put(console, phrases.averages(evaluation), "dim", hang=2)
    for caveat in evaluation.caveats:
        put(console, f"Note: {caveat}.", hang=2)
    if thin := sum(one["thin"] for one in report["slices"]):
        put(console, f"Note: {counted(thin, 'slices')} with too few objects to be judged.", hang=2)
    if not every:
        put(console, "All classes and slices: --all. Pictures: --html FILE. A code: readiness codes CODE.", "dim")


def _head(console: Console, evaluation: Evaluation, report: Mapping[str, Any]) -> None:
    state = report["state"]
    colour = "green" if state in DEPLOYABLE else "yellow" if state == "warning" else "red"
    for line, style in zip(report["headline"]["lines"], (f"bold {colour}", "", ""), strict=True):
        console.print(Text(printable(line), style), soft_wrap=True)
    put(console, phrases.what(evaluation, report["policy"]), "dim")


def _classes(console: Console, classes: Sequence[Mapping[str, Any]], *, every: bool) -> None:
    """Print the classes worst first, each with the bounds by which it is judged."""
    there = [one for one in classes if one["objects"] or one["detections"]]
    shown = there if every or len(there) <= CLASSES + 1 else there[:CLASSES]
    width = min(console.width, WIDEST)
    rates = ("recall", "precision") if width >= _NARROW else ("recall",)
    room = width - _COUNT - len(rates) * _RATE - _VERDICT
    widest = max(5, min(room, max((len(printable(one["name"])) for one in shown), default=0)))
    head = f"{'class':<{widest}}{'n':>{_COUNT}}" + "".join(f"  {rate:<{_RATE - 2}}" for rate in rates)
    console.print(Text(f"{head}  verdict", "dim"), soft_wrap=True)
    for one in shown:
        console.print(_row(one, rates, widest), soft_wrap=True)
    if rest := there[len(shown) :]:
        put(console, f"and {counted(len(rest), 'more classes')}: {phrases.tally(rest)}; --all shows them")
    if silent := len(classes) - len(there):
        put(console, f"and {counted(silent, 'classes')} with no object and no answer here")


def _row(one: Mapping[str, Any], rates: Sequence[str], widest: int) -> Text:
    """Lay one class out; a name too long for its column stays whole, on a line of its own."""
    name = printable(one["name"])
    start = f"{name:<{widest}}" if len(name) <= widest else f"{name}\n{'':<{widest}}"
    there = {"recall": one["objects"], "precision": one["detections"]}
    cells = [_cell(one[rate], there[rate]) for rate in rates]
    verdict = (f"  {phrases.VERDICTS[one['verdict']]}", _COLOURS[one["verdict"]])
    return Text.assemble(start, f"{one['objects']:>{_COUNT},}", *cells, verdict)


def _cell(rate: Mapping[str, Any], there: int) -> tuple[str, str]:
    if not there or rate["value"] is None:
        return f"  {'none':<{_RATE - 2}}", "dim"
    said = f"{rate['value']:.2f} ({rate['lower']:.2f} to {rate['upper']:.2f})"
    return f"  {said:<{_RATE - 2}}", _COLOURS[rate["verdict"]]


def _findings(console: Console, shown: Iterable[Finding], *, every: bool) -> None:
    """Print the findings by code, a cause in full and what probably follows from it in one line."""
    ordered = telling.by_code(shown)
    follow = {} if every else causes.causes(ordered)
    findings_text.show(console, [one for one in ordered if one.code not in follow], _TOLD, every=every)
    for code, cause in follow.items():
        names = telling.subjects([one for one in ordered if one.code == code])
        console.print()
        console.print(Text.assemble((f"{'follows':<{_INDENT}}", "dim"), (code, "bold")), soft_wrap=True)
        listed = ", ".join(names[:CLASSES]) + ", …" * (len(names) > CLASSES)
        put(console, f"{len(names):,}, probably from {cause}; mend that first: {listed}.", indent=_INDENT)


# An image or two of each class would bury what was found; the page shows them.
_TOLD = telling.PLAIN._replace(places=lambda _: ())
