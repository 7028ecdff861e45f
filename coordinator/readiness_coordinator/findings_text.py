"""Findings as lines for a person at a terminal: one group per code, its claims, places, and once what to do."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from readiness import listed
from readiness.finding import Finding
from readiness_coordinator import telling, words
from readiness_coordinator.paragraphs import put
from readiness_coordinator.reports import COLOURS
from readiness_coordinator.telling import Telling

_INDENT = 9
_NAMES = 20


def show(console: Console, findings: Sequence[Finding], told: Telling, *, every: bool) -> None:
    """Print findings, neighbours of one code as one group; with `every`, nothing is cut short."""
    brief = False
    for (_, minor), alike in groupby(findings, key=lambda finding: (finding.code, _minor(finding))):
        group = list(alike)
        if not (brief and minor and not every):
            console.print()
        brief = minor
        _group(console, group, told, every=every)


def _minor(finding: Finding) -> bool:
    """Tell whether nothing has to be done about a finding, or not now."""
    return finding.effect is None or finding.waived is not None


def _group(console: Console, alike: list[Finding], told: Telling, *, every: bool) -> None:
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
        put(console, told.claim(finding), indent=_INDENT)
        if not brief:
            _places(console, finding, told, most=None if every else listed.SHOWN if len(alike) == 1 else 1)
    if rest := alike[len(shown) :]:
        names = [finding.subject.name for finding in rest if finding.subject]
        put(
            console,
            f"and {len(rest):,} more: {', '.join(names[:_NAMES])}{', …' * (len(names) > _NAMES)}",
            indent=_INDENT,
        )
    for line in dict.fromkeys(told.accepted(finding) for finding in alike if finding.waived):
        put(console, words.sentence(line), "dim", indent=_INDENT)
    if not brief and first.outcome in {"found", "unknown"}:
        arrow = "→" if console.encoding.startswith("utf") else ">"
        for step in telling.steps(alike):
            put(console, f"{arrow} {step.text}", indent=_INDENT, hang=2)


def _places(console: Console, finding: Finding, told: Telling, *, most: int | None) -> None:
    items = told.places(finding) if finding.outcome == "found" else ()
    shown = items[:most]
    for item in shown:
        put(console, listed.said(item), indent=_INDENT + 2, hang=2)
    if items and (left := told.total(finding) - len(shown)) > 0:
        put(console, f"and {left:,} more", indent=_INDENT + 2)
