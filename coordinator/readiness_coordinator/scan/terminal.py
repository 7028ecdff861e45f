"""A scan as a person at a terminal sees it: how far it is, at what rate, what became of it, and how to interrupt it."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_ENDING = (signal.SIGINT, signal.SIGTERM)


class Terminal:
    """Progress on stderr where that is a terminal; notices always.

    The first interrupt while images are looked at only makes `stopped` true, a second one ends the program at once;
    one at any other time ends it as usual.
    """

    def __init__(self, program: str) -> None:
        self._program = program
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("images"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[said]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("images", total=None, said="")
        self._before: dict[int, Callable[[int, FrameType | None], Any] | int | None] = {}
        self.done = self.total = self.reused = 0
        self._stopped = False

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Show progress and heed interrupts as long as the block lasts."""
        self._before = {one: signal.signal(one, self._interrupted) for one in _ENDING}
        try:
            with self._bar:
                yield
        finally:
            self._release()

    def progress(self, done: int, total: int, reused: int) -> None:
        self.done, self.total, self.reused = done, total, reused
        speed = self._bar.tasks[0].speed
        said = (f"{speed:.0f}/s" if speed else "") + (f", {reused:,} known" if reused else "")
        self._bar.update(self._task, completed=done, total=total, said=said)
        if done == total:
            self._release()

    def stopped(self) -> bool:
        return self._stopped

    def notice(self, line: str) -> None:
        self._console.print(f"{self._program}: {line}", markup=False, highlight=False, soft_wrap=True)

    def _interrupted(self, number: int, _frame: FrameType | None) -> None:
        if self._stopped:
            # Unwinding from anywhere could wait for ever on a pool half closed; workers end with this process.
            os.write(2, f"{self._program}: interrupted\n".encode())
            os._exit(128 + number)
        self._stopped = True

    def _release(self) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)
        self._before = {}
