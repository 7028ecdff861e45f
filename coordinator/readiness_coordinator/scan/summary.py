"""The report of a scan as lines for a person at a terminal: state and counts, then each finding with its repair."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape

from readiness.evidence.dataset import Dataset
from readiness_coordinator import reports


def show(console: Console, dataset: Dataset, report: Mapping[str, Any], *, every: bool) -> None:
    """Print the report; with `every`, what is clear too and nothing cut short."""
    crowds = f", {dataset.crowds} of them crowds" if dataset.crowds else ""
    name = escape(reports.printable(dataset.name))
    gates = ", ".join(f"{gate.name} {gate.score}" for gate in report["gates"])
    console.print(
        f"[bold]{report['state']}[/] · quality {report['quality_score']} ({gates}) · {name} "
        f"({dataset.format}, {dataset.task}) · {dataset.images} images, {dataset.annotations} labels{crowds}, "
        f"{len(dataset.classes)} classes",
        soft_wrap=True,
        highlight=False,
    )
    splits = (
        f"{escape(reports.printable(split.name))} {split.images} images, {split.annotations} labels"
        for split in dataset.splits
    )
    console.print(" · ".join(splits), soft_wrap=True)
    shown = [finding for finding in report["findings"] if every or finding.outcome in {"found", "unknown"}]
    for _, alike in groupby(shown, key=lambda finding: finding.code):
        group = list(alike)
        console.print()
        reports.print_findings(console, group, every=every)
        for one in group:
            if one.waived is not None:
                said = f"accepted by {one.waived.by} until {one.waived.until}: {one.waived.reason}"
                console.print(
                    f"{'':<8} {escape(reports.printable(said))}", style="dim", soft_wrap=True, highlight=False
                )
        console.print(f"{'':<8} {escape(group[0].fix)}", style="dim", soft_wrap=True, highlight=False)
    if not shown:
        console.print("nothing found", style="green")
