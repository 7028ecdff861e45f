"""A benchmark on the terminal: the verdict first, then figures with their bounds, findings with the way out."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from readiness import verdict
from readiness.choice import Choice
from readiness.finding import Finding
from readiness.quality import RANKED_BY
from readiness_agent.benchmark import wording
from readiness_agent.benchmark.judging import Reported
from readiness_agent.worker.jobs import Operated, Operator

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH = 140
_OPERATORS = 15
_COLOURS = {
    "ready": "bold green",
    "monitor_required": "bold cyan",
    "warning": "bold yellow",
    "retrain_required": "bold magenta",
    "blocked": "bold red",
}
_EFFECTS = {
    "monitor_required": "monitor",
    "warning": "warn",
    "retrain_required": "retrain",
    "blocked": "block",
}


def show(reported: Sequence[Reported], choice: Choice, console: "Console | None" = None) -> None:
    """Print each model's verdict, figures and findings; of several the choice first."""
    from rich.console import Console

    console = console or Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH)
    if len(reported) > 1:
        _choice(console, reported, choice)
    for one in reported:
        _model(console, one, choice)


def heaviest(operated: Operated) -> list[Operator]:
    """Give the operators that take most of the time, the longest first."""
    return sorted(operated.operators, key=lambda one: -one.mean_ms)[:_OPERATORS]


def _choice(console: "Console", reported: Sequence[Reported], choice: Choice) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    said = "nothing" if choice.recommended is None else wording.visible(choice.recommended)
    console.print(Text(f"RECOMMENDED: {said}", style="bold"))
    for style, line in (("", choice.because), *(("dim", note) for note in choice.notes)):
        console.print(Padding(Text(wording.visible(line), style=style), (0, 0, 0, 2)))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in (
        "model",
        "state",
        "p95 at most, ms",
        "peak at most, MiB",
        RANKED_BY.get(choice.ranked_by, "quality"),
        "set",
    ):
        table.add_column(heading, justify="right" if heading.startswith("p") else "left", overflow="fold")
    validity = {(one.model.name, one.model.digest): one.benchmark.validity for one in reported}
    for one in choice.standings:
        odd = validity.get((one.name, one.model), "valid")
        state = verdict.said(one.state) + (f" ({odd})" if odd != "valid" else "")
        place = one.unplaced or (f"beaten by {one.beaten_by}" if one.beaten_by else "Pareto")
        table.add_row(
            Text(wording.visible(one.name)),
            Text(state, style=_COLOURS[one.state]),
            wording.number(one.p95_ms),
            wording.number(one.peak_mib),
            wording.figure(one.quality, one.quality_bounds),
            Text(wording.visible(place)),
        )
    console.print(table)


def _model(console: "Console", one: Reported, choice: Choice) -> None:
    """Print the state, why and what next, then the figures behind them."""
    from rich.text import Text

    console.print()
    line = wording.verdict_line(one.verdict, one.model.name, one.profile)
    console.print(Text(line, style=_COLOURS[one.verdict.state]))
    for finding in one.findings:
        _finding(console, finding)
    for misfit in choice.misfits:
        if misfit.model == one.model.digest and misfit.name == one.model.name:
            console.print("  what would fit:", style="bold")
            _labelled(console, [(way.kind, way.text) for way in misfit.ways])
    console.print("  measured:", style="bold")
    _labelled(console, wording.told(one.benchmark, one.budgets))
    if one.operated is not None:
        _operators(console, one.operated)


def _labelled(console: "Console", lines: Sequence[tuple[str, str]]) -> None:
    """Print label and text in two columns, so that long text wraps beside its label."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(width=12, style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, said in lines:
        table.add_row(f"  {label}", Text(said))
    console.print(table)


def _finding(console: "Console", finding: Finding) -> None:
    """Print what a finding does to the state (an open question does less than its severity), why, and the way out."""
    from rich.padding import Padding
    from rich.text import Text

    line = Text(f"{_EFFECTS.get(finding.effect or '', 'note')} ", style=_COLOURS.get(finding.effect or "", "dim"))
    line.append(finding.code, style="bold")
    line.append(f" ({finding.unknown})" if finding.unknown else "", style="dim")
    line.append(f": {wording.visible(finding.because)}")
    console.print(Padding(line, (0, 0, 0, 2)))
    console.print(Padding(Text(f"do: {wording.way_out(finding)}", style="dim"), (0, 0, 0, 4)))


def _operators(console: "Console", operated: Operated) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title_justify="left", box=None, pad_edge=False, header_style="dim")
    table.title = (
        f"  operators, the longest of {len(operated.operators)}; a run takes {operated.run_ms:.2f} ms under the profile"
    )
    for heading in ("ms", "share", "kind", "provider", "name"):
        table.add_column(heading, justify="right" if heading in {"ms", "share"} else "left", overflow="fold")
    for one in heaviest(operated):
        share = wording.percent(one.mean_ms / operated.run_ms) if operated.run_ms else wording.UNKNOWN
        names = (Text(wording.visible(text)) for text in (one.kind, one.provider, one.name))
        table.add_row(f"{one.mean_ms:.3f}", share, *names)
    console.print(table)
