"""What may be opened while a dataset is read for somebody else: what lies in given folders, as long as they wait."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path


class Outside(Exception):
    """A path or link leads out of the folders that may be read; one line that says where to, not what is there.

    None of the errors that a reader of labels answers with a fault: it ends the reading.
    """


class Door:
    """Asked for every file that is opened and every folder that is listed; `stop` raises when nobody waits any more."""

    def __init__(self, roots: Sequence[Path], stop: Callable[[], object]) -> None:
        self.stop = stop
        self._roots = tuple(f"{str(root).rstrip(os.sep)}{os.sep}" for root in roots)
        self._real: dict[str, str] = {}

    def admit(self, path: Path | None, called: Path) -> None:
        """Raise Outside unless `path`, links and all, lies in one of the roots; None lies on another machine."""
        self.stop()
        real = str(called) if path is None else self._resolved(str(path))
        if path is None or not self._inside(real):
            raise Outside(f"{called}: leads to {real}, outside the allowed roots")

    def names(self, path: Path | None) -> bool:
        """Tell whether a path, by its text alone, leads into one of the roots."""
        return path is not None and self._inside(os.path.normpath(path))

    def _inside(self, path: str) -> bool:
        return f"{path}/".startswith(self._roots)

    def _resolved(self, path: str) -> str:
        # As text, since this is asked for every file; and os.path takes loops of links and names that no disk can
        # hold, where pathlib raises.
        folder, name = os.path.split(path)
        if name in {"", ".."} or os.path.islink(path):  # noqa: PTH114 - pathlib raises on names no disk can hold
            return os.path.realpath(path)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder.replace("\0", ""))
        return f"{self._real[folder].rstrip(os.sep)}{os.sep}{name}"


HERE: ContextVar[Door | None] = ContextVar("door", default=None)


def ask() -> None:
    """Raise again what ends the reading, if it was to end: it may have passed as a fault of a remote place."""
    if (here := HERE.get()) is not None:
        here.stop()


@contextlib.contextmanager
def only(roots: Sequence[Path], stop: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Let the block read datasets and predictions that lie in `roots`, and nothing else; roots are resolved paths.

    `stop` is asked at every file and folder; what it raises ends the reading. Raises Outside.
    """
    before = HERE.set(Door(roots, stop))
    try:
        yield
    finally:
        HERE.reset(before)
