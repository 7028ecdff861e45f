"""The report of a scan as lines for a person at a terminal: its state, why (code, numbers, where), and what next."""

import textwrap
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Finding
from readiness.listed import counted
from readiness.verdict import DEPLOYABLE
from readiness_coordinator import words
from readiness_coordinator.reports import COLOURS, printable
from readiness_coordinator.scan import saying

_WIDEST = 100
_INDENT = 9


def show(console: Console, dataset: Dataset, report: Mapping[str, Any], *, every: bool) -> None:
    """Print the report; with `every`, what is clear too and nothing cut short.

    Lines break between words only, so that the name of a file stays whole wherever it is copied from.
    """
    _head(console, dataset, report)
    shown = [finding for finding in report["findings"] if every or finding.outcome in {"found", "unknown"}]
    brief = False
    for (_, minor), alike in groupby(shown, key=lambda finding: (finding.code, _minor(finding))):
        group = list(alike)
        if not (brief and minor and not every):
            console.print()
        brief = minor
        _group(console, group, dataset, every=every)
    console.print()
    _quality(console, report)
    if shown and not every:
        _put(console, "All places: --all. Pictures: --html FILE. A code: readiness codes CODE.", "dim")


def _head(console: Console, dataset: Dataset, report: Mapping[str, Any]) -> None:
    state, name = report["state"], printable(dataset.name)
    colour = "green" if state in DEPLOYABLE else "yellow" if state == "warning" else "red"
    _put(console, f"{words.look(state).word}: {name} for {saying.target(report)}", f"bold {colour}")
    _put(console, saying.LINES[state])
    crowds = f" ({dataset.crowds:,} of them crowds: one label for many objects)" if dataset.crowds else ""
    splits = ", ".join(f"{printable(one.name)} {one.images:,}" for one in dataset.splits)
    _put(
        console,
        f"{counted(dataset.images, 'images')} ({splits}), {counted(dataset.annotations, 'labels')}{crowds}, "
        f"{counted(len(dataset.classes), 'classes')}; {dataset.format}, {dataset.task}.",
    )


def _quality(console: Console, report: Mapping[str, Any]) -> None:
    worst_first = sorted(report["gates"], key=lambda gate: gate.score)
    gates = ", ".join(f"{gate.name} {gate.score}" for gate in worst_first)
    _put(console, f"Quality {report['quality_score']} of 100, the least of {gates}; policy {report['policy']}.")


def _minor(finding: Finding) -> bool:
    """Tell whether nothing has to be done about a finding, or not now."""
    return finding.effect is None or finding.waived is not None


def _group(console: Console, alike: list[Finding], dataset: Dataset, *, every: bool) -> None:
    """Print the findings of one code: each claim with its first places, and once what to do about them."""
    first = alike[0]
    colour = "dim" if _minor(first) else COLOURS[first.severity]
    doubt = (
        f" ({words.unproven(first).lower() if first.unknown else first.outcome})" if first.outcome != "found" else ""
    )
    brief = _minor(first) and not every
    console.print(
        Text.assemble((f"{first.severity.value:<{_INDENT}}", colour), (first.code, "bold"), doubt), soft_wrap=True
    )
    shown = alike if every or len(alike) <= listed.SHOWN + 1 else alike[: listed.SHOWN]
    for finding in shown:
        _put(console, saying.claim(finding, dataset), indent=_INDENT)
        if not brief:
            _places(console, finding, dataset, most=None if every else listed.SHOWN if len(alike) == 1 else 1)
    if rest := alike[len(shown) :]:
        names = ", ".join(finding.subject.name for finding in rest if finding.subject)
        _put(console, f"and {len(rest):,} more: {names}", indent=_INDENT)
    for line in dict.fromkeys(saying.accepted(finding, dataset) for finding in alike if finding.waived):
        _put(console, words.sentence(line), "dim", indent=_INDENT)
    if not brief and first.outcome in {"found", "unknown"}:
        arrow = "→" if console.encoding.startswith("utf") else ">"
        for step in saying.steps(alike):
            _put(console, f"{arrow} {step.text}", indent=_INDENT, hang=2)


def _places(console: Console, finding: Finding, dataset: Dataset, *, most: int | None) -> None:
    items = saying.places(finding, dataset) if finding.outcome == "found" else ()
    shown = items[:most]
    for item in shown:
        _put(console, listed.said(item), indent=_INDENT + 2, hang=2)
    listing = dataset.listed(finding.code)
    whole = listing.total if listing and len(listing.items) == len(items) else len(items)
    if items and (left := whole - len(shown)) > 0:
        _put(console, f"and {left:,} more", indent=_INDENT + 2)


def _put(console: Console, said: str, style: str = "", *, indent: int = 0, hang: int = 0) -> None:
    """Print one paragraph, its lines no wider than the terminal; only a longer word reaches over its edge."""
    # Whatever cannot be printed is gone by then: this blank holds an equals sign and the name behind it together.
    lines = textwrap.wrap(
        printable(said).replace(" = ", " =\xa0"),
        max(indent + hang + 20, min(console.width, _WIDEST)),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        console.print(Text(line.replace("\xa0", " "), style), soft_wrap=True)
