"""What the report of one scan says: state, why, what next; then findings with pictures, splits, classes, slices."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from readiness.evidence.dataset import ClassCount, Dataset
from readiness.finding import Finding
from readiness.listed import counted
from readiness_coordinator import telling, words
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan import saying
from readiness_coordinator.scan.sections import MEANINGS
from readiness_coordinator.web import finding_cards, rendering
from readiness_coordinator.words import Look

_CLASSES = 200


class ClassRow(msgspec.Struct, frozen=True, kw_only=True):
    """One class: its counts per split, and where they stand on a logarithmic scale of 0 to 100."""

    name: str
    counts: tuple[int, ...]
    at: float
    images: int


class ScanPage(msgspec.Struct, frozen=True, kw_only=True):
    look: Look
    line: str
    score: int
    reasons: tuple[telling.Reason, ...]
    more: str
    steps: tuple[telling.Advice, ...]
    otherwise: str
    groups: tuple[finding_cards.Group, ...]
    splits: tuple[str, ...]
    classes: tuple[ClassRow, ...]
    more_classes: int
    scanned: str
    partial: str


def page(report: Mapping[str, Any], dataset: Dataset, labelled: Labelled) -> ScanPage:
    """Lay the report of a scan out for one page; pictures are read from the dataset again."""
    findings: Sequence[Finding] = report["findings"]
    found = [one for one in findings if one.outcome in {"found", "unknown"}]
    changing = [one for one in found if one.effect is not None]
    told = saying.told(dataset)
    reasons = telling.reasons(changing, told)
    splits = tuple(split.name for split in dataset.splits)
    steps = telling.steps(one for one in changing if one.waived is None)
    return ScanPage(
        look=words.look(report["state"]),
        line=saying.LINES[report["state"]],
        score=report["quality_score"],
        reasons=reasons[:3],
        more=f"{len(reasons) - 3} more below." if len(reasons) > 3 else "",
        steps=tuple(steps[:3]),
        otherwise="Evaluate a model on these data."
        if len(changing) == 0
        else "Go on with what was accepted; whether it holds for a deployment stands with each finding.",
        groups=finding_cards.groups(found, told, {picture.name: picture for picture in labelled.pictures}),
        splits=splits,
        classes=_classes(dataset, splits)[:_CLASSES],
        more_classes=max(0, len(dataset.classes) - _CLASSES),
        scanned=words.moment(dataset.observed_at),
        partial=_partial(dataset),
    )


def _partial(dataset: Dataset) -> str:
    if dataset.viewed >= dataset.images:
        return ""
    return f"This scan was cut short: it looked at {dataset.viewed:,} of {counted(dataset.images, 'images')}."


def _classes(dataset: Dataset, splits: tuple[str, ...]) -> tuple[ClassRow, ...]:
    totals = {one.name: sum(one.objects.values()) for one in dataset.classes}
    top = math.log10(max([10, *totals.values()]))
    rows = [_row(one, splits, totals[one.name], top) for one in dataset.classes]
    return tuple(sorted(rows, key=lambda row: (sum(row.counts), row.name)))


def _row(one: ClassCount, splits: tuple[str, ...], total: int, top: float) -> ClassRow:
    return ClassRow(
        name=one.name,
        counts=tuple(one.objects.get(split, 0) for split in splits),
        at=round(100 * math.log10(max(1, total)) / top, 1),
        images=sum(one.images.values()),
    )


def html(report: Mapping[str, Any], dataset: Dataset, labelled: Labelled) -> str:
    """Give the whole report as one file that asks nobody for anything."""
    gates = [
        {
            "name": gate.name,
            "means": MEANINGS[gate.name],
            "score": gate.score,
            "look": words.look(gate.state) if gate.open else words.PASS,
        }
        for gate in report["gates"]
    ]
    laid_out = page(report, dataset, labelled)
    return rendering.one_file("scan.html", report=report, page=laid_out, gates=gates, target=saying.target(report))
