"""What the report of one scan says: state, why, what next; then findings with pictures, splits, classes, slices."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from readiness.evidence.dataset import ClassCount, Dataset, Item
from readiness.finding import Finding, Severity
from readiness_coordinator.formats.labelled import Labelled, Picture
from readiness_coordinator.web import rendering, thumbnails, words
from readiness_coordinator.web.words import Look

_THUMBNAILS = 6
_MOST_THUMBNAILS = 120
_PLACES = 25
_CLASSES = 200
_GROUPS = {
    Severity.BLOCK: ("Blocking", Look("blocked", "No deploy")),
    Severity.RETRAIN: ("Retrain", Look("retrain", "Train anew")),
    Severity.WARN: ("Warning", Look("warning", "A person must look")),
    Severity.MONITOR: ("Monitor", Look("monitor", "Watch")),
    Severity.NOTE: ("Note", Look("note", "Noted")),
}
_LINES = {
    "ready": "Nothing found that stands in the way.",
    "monitor_required": "Usable, while what is found is watched.",
    "warning": "A person must look at the warnings first.",
    "retrain_required": "A model of these data must be trained anew.",
    "blocked": "No model of these data can be judged yet.",
}


class Thumb(msgspec.Struct, frozen=True):
    name: str
    uri: str | None


class Place(msgspec.Struct, frozen=True):
    """One row of a finding's list: the images and where in them."""

    images: str
    detail: str
    splits: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    claim: str
    code: str
    numbers: str
    about: str
    effect: str
    why: str
    fix: str
    step: str
    accepted: str
    thumbs: tuple[Thumb, ...]
    more_images: int
    places: tuple[Place, ...]
    more_places: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one severity; open from the start where they hold deployment back."""

    word: str
    look: Look
    cards: tuple[Card, ...]
    open: bool


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
    reasons: tuple[tuple[str, str, str], ...]
    more: str
    steps: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
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
    reasons = tuple((one.title, one.because, one.code) for one in _one_of_each(changing))
    splits = tuple(split.name for split in dataset.splits)
    steps = dict.fromkeys((one.action.kind, one.action.text) for one in changing if one.action is not None)
    return ScanPage(
        look=words.look(report["state"]),
        line=_LINES[report["state"]],
        score=report["quality_score"],
        reasons=reasons[:3],
        more=f"{len(reasons) - 3} more below." if len(reasons) > 3 else "",
        steps=tuple((words.STEPS.get(kind, kind), words.sentence(text)) for kind, text in steps)[:3],
        groups=_groups(found, dataset, {picture.name: picture for picture in labelled.pictures}),
        splits=splits,
        classes=_classes(dataset, splits)[:_CLASSES],
        more_classes=max(0, len(dataset.classes) - _CLASSES),
        scanned=words.moment(dataset.observed_at),
        partial=_partial(dataset),
    )


def _partial(dataset: Dataset) -> str:
    if dataset.viewed >= dataset.images:
        return ""
    return f"This scan was cut short: {dataset.viewed:,} of {dataset.images:,} images were looked at."


def _one_of_each(findings: Sequence[Finding]) -> list[Finding]:
    first: dict[str, Finding] = {}
    for one in findings:
        first.setdefault(one.code, one)
    return list(first.values())


def _groups(found: Sequence[Finding], dataset: Dataset, pictures: Mapping[str, Picture]) -> tuple[Group, ...]:
    left = _MOST_THUMBNAILS
    groups = []
    for severity, (word, look) in _GROUPS.items():
        cards = []
        for finding in found:
            if finding.severity is severity:
                card = _card(finding, dataset, pictures, min(left, _THUMBNAILS))
                left -= len(card.thumbs)
                cards.append(card)
        if cards:
            opened = severity in {Severity.BLOCK, Severity.RETRAIN}
            groups.append(Group(word=word, look=look, cards=tuple(cards), open=opened))
    return tuple(groups)


def _card(finding: Finding, dataset: Dataset, pictures: Mapping[str, Picture], most: int) -> Card:
    items = _items(finding, dataset)
    thumbs = tuple(Thumb(name, uri) for name, uri in thumbnails.of_items(items, pictures, most))
    accepted = finding.waived
    return Card(
        title=finding.title if finding.outcome == "found" else f"{words.unproven(finding)}: {finding.title}",
        claim=words.sentence(finding.because),
        code=finding.code,
        numbers=words.numbers(finding),
        about=words.subject(finding),
        effect=words.EFFECTS.get(finding.effect or "", "None on the state"),
        why=words.sentence(finding.why),
        fix=words.sentence(finding.fix),
        step=words.sentence(finding.action.text) if finding.action else "",
        accepted=f"Accepted by {accepted.by} until {words.moment(accepted.until)}: {accepted.reason}"
        if accepted
        else "",
        thumbs=thumbs,
        more_images=max(0, finding.images_total - len(thumbs)),
        places=tuple(Place(" = ".join(one.images[:4]), one.detail, " + ".join(one.splits)) for one in items[:_PLACES]),
        more_places=max(0, len(items) - _PLACES),
    )


def _items(finding: Finding, dataset: Dataset) -> tuple[Item, ...]:
    """Give the listed places of a finding; of one about certain splits, those of these splits."""
    listing = dataset.listed(finding.code)
    if listing is None or finding.outcome != "found":
        return tuple(Item(images=(image,)) for image in finding.images)
    if finding.subject is not None and finding.subject.kind == "split":
        mine = tuple(one for one in listing.items if " + ".join(one.splits) == finding.subject.name)
        return mine or listing.items
    return listing.items


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


def html(report: Mapping[str, Any], dataset: Dataset, labelled: Labelled, policy: str) -> str:
    """Give the whole report as one file that asks nobody for anything."""
    gates = [
        {"name": gate.name, "score": gate.score, "look": words.look(gate.state) if gate.open else words.PASS}
        for gate in report["gates"]
    ]
    laid_out = page(report, dataset, labelled)
    return rendering.one_file("scan.html", report=report, page=laid_out, gates=gates, policy=policy)
