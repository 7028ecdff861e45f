"""The report of a scan as lines for a person at a terminal: its state, why (code, numbers, where), and what next."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from readiness.evidence.dataset import Dataset
from readiness.listed import counted
from readiness.verdict import DEPLOYABLE
from readiness_coordinator import findings_text, words
from readiness_coordinator.paragraphs import put
from readiness_coordinator.reports import printable
from readiness_coordinator.scan import saying


def show(console: Console, dataset: Dataset, report: Mapping[str, Any], *, every: bool) -> None:
    """Print the report; with `every`, what is clear too and nothing cut short.

    Lines break between words only, so that the name of a file stays whole wherever it is copied from.
    """
    _head(console, dataset, report)
    shown = [finding for finding in report["findings"] if every or finding.outcome in {"found", "unknown"}]
    findings_text.show(console, shown, saying.told(dataset), every=every)
    console.print()
    _quality(console, report)
    if shown and not every:
        put(console, "All places: --all. Pictures: --html FILE. A code: readiness codes CODE.", "dim")


def _head(console: Console, dataset: Dataset, report: Mapping[str, Any]) -> None:
    state, name = report["state"], printable(dataset.name)
    colour = "green" if state in DEPLOYABLE else "yellow" if state == "warning" else "red"
    put(console, f"{words.look(state).word}: {name} for {saying.target(report)}", f"bold {colour}")
    put(console, saying.LINES[state])
    crowds = f" ({dataset.crowds:,} of them crowds: one label for many objects)" if dataset.crowds else ""
    splits = ", ".join(f"{printable(one.name)} {one.images:,}" for one in dataset.splits)
    put(
        console,
        f"{counted(dataset.images, 'images')} ({splits}), {counted(dataset.annotations, 'labels')}{crowds}, "
        f"{counted(len(dataset.classes), 'classes')}; {dataset.format}, {dataset.task}.",
    )


def _quality(console: Console, report: Mapping[str, Any]) -> None:
    worst_first = sorted(report["gates"], key=lambda gate: gate.score)
    gates = ", ".join(f"{gate.name} {gate.score}" for gate in worst_first)
    put(console, f"Quality {report['quality_score']} of 100, the least of {gates}; policy {report['policy']}.")
