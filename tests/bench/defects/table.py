"""The table of the seeded-defect suite: per code what was planted, found and named, and every false alarm."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from bench.defects import judged
from bench.defects.judged import Studio
from bench.defects.shelf import CLEAN, MUTATORS
from readiness.measures import intervals

RECALL = 0.98
CONFIDENCE = 0.95


@dataclass
class Row:
    """One code: its mutators, the sets they bent (one a seed), and what came of it."""

    code: str
    mutators: set[str] = field(default_factory=set)
    scans: int = 0
    planted: int = 0
    found: int = 0
    extra: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.planted

    @property
    def lower(self) -> float:
        """The one-sided Clopper-Pearson bound."""
        return intervals.clopper_pearson(self.found, self.planted, CONFIDENCE)[0]


@dataclass
class Outcomes:
    """All that came of the suite: its rows, every false alarm in words, and consequences allowed for in vain."""

    rows: list[Row]
    alarms: list[str]
    idle: list[str]


def of(studio: Studio, seeds: Iterable[int]) -> Outcomes:
    """Plant every mutator into each of its sets at every seed, and scan every set as it is."""
    rows: dict[str, Row] = {}
    alarms: list[str] = []
    idle = {(one.name, code) for one in MUTATORS.values() for code in one.follows}
    for seed in seeds:
        for task, kind in CLEAN:
            _, findings = studio.scanned(studio.clean(task, kind, seed), {})
            alarms += [
                f"clean {task}/{kind}, seed {seed}: {one.code} ({one.outcome}): {one.because}" for one in findings
            ]
        for mutator in MUTATORS.values():
            row = rows.setdefault(mutator.code, Row(mutator.code))
            for task, kind in mutator.on:
                result = judged.planted(studio, mutator, task, kind, seed)
                row.mutators.add(mutator.name)
                row.scans += 1
                row.planted += result.planted
                row.found += result.planted - len(result.missed)
                row.extra += len(result.extra)
                idle -= {(mutator.name, code) for code in result.followed}
                where = f"{mutator.name} on {task}/{kind}, seed {seed}"
                alarms += [f"{where}: {words}" for words in (*result.extra, *result.alarms)]
    ordered = sorted(rows.values(), key=lambda row: row.code)
    return Outcomes(ordered, alarms, [f"{name}: {code}" for name, code in sorted(idle)])


def show(outcomes: Outcomes) -> None:
    """Print the table, every false alarm, and the consequences that never came."""
    console = Console(width=120)
    shown = Table(title="Seeded defects", caption=f"lower: one-sided Clopper-Pearson bound, {CONFIDENCE:.0%}")
    for name in ("code", "mutators", "scans", "planted", "found", "recall", "lower", "false alarms"):
        shown.add_column(name, justify="left" if name == "code" else "right")
    for row in outcomes.rows:
        numbers = (len(row.mutators), row.scans, row.planted, row.found, f"{row.recall:.3f}", f"{row.lower:.3f}")
        shown.add_row(row.code, *map(str, numbers), str(row.extra + _of_code(row.code, outcomes.alarms)))
    console.print()
    console.print(shown)
    planted, found = sum(row.planted for row in outcomes.rows), sum(row.found for row in outcomes.rows)
    codes = len(outcomes.rows)
    console.print(f"{len(MUTATORS)} mutators, {codes} codes, {found} of {planted} planted defects found and named")
    for what, lines in (("false alarms", outcomes.alarms), ("consequences allowed for that never came", outcomes.idle)):
        console.print(f"{len(lines)} {what}")
        for words in lines:
            console.print(f"  {words}", soft_wrap=True, markup=False, highlight=False)


def _of_code(code: str, alarms: list[str]) -> int:
    return sum(f": {code} (" in words for words in alarms)
