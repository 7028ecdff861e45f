"""Progress on a terminal's stderr; in a log or a pipe nothing is shown."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar that is told done and total; gives None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def timed() -> Iterator[Callable[[str, str, float, float], None] | None]:
    """Show what is being measured and the time left: told a name, a phase, seconds done and seconds planned."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("benchmark", total=None, left="")

        def watch(name: str, phase: str, done_s: float, planned_s: float) -> None:
            left = max(0.0, planned_s - done_s)
            words = f"about {left / 60:.0f} min left" if left >= 90 else f"about {left:.0f} s left"
            bar.update(task, description=f"{name}, {phase}", completed=done_s, total=planned_s, left=words)

        yield watch
