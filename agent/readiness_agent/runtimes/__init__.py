"""The shelf of runtimes: one file each, chosen by the model file's suffix or by name."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

import msgspec
import numpy.typing as npt

from readiness.evidence.benchmark import Placement

Array = npt.NDArray[Any]

SUFFIXES = {".onnx": "onnx", ".tflite": "tflite"}


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """One input or output: a None in `shape` is dynamic; real = (stored - zero_point) * scale where scale is not 0."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    scale: float = 0.0
    zero_point: int = 0


class Operation(NamedTuple):
    """One operator of a model: its name and kind, who ran it, and its time in all profiled runs in ms."""

    name: str
    kind: str
    provider: str
    total_ms: float


class Profile(NamedTuple):
    """The operators in the order of their run, in how many runs, and the time of all these runs in ms."""

    operations: tuple[Operation, ...]
    runs: int
    total_ms: float


class Runtime(Protocol):
    """A loaded model: what it is fed, what it gives, and who runs it.

    `metadata` is what the file says of itself, `fell_back` the reason when another provider runs it than was asked.
    `placement` runs the batch and tells which operators the provider ran; None where that cannot be told.
    `operators` runs the batches with the runtime's operator profile on; raises Unrunnable where there is none.
    """

    version: str
    provider: str
    fell_back: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    metadata: dict[str, str]

    def run(self, batch: Array) -> list[Array]: ...

    def placement(self, batch: Array) -> Placement | None: ...

    def operators(self, batches: Sequence[Array]) -> Profile: ...


class Engine(Protocol):
    """A runtime file: `load` raises Unrunnable when the file cannot be run here."""

    def load(self, path: Path, threads: int, provider: str | None) -> Runtime: ...


class Unrunnable(ValueError):
    """A model cannot be run here: one line that says what, where and what to do."""


class CallFailed(RuntimeError):
    """A call of an endpoint got no answer, retries included: `kind` is `timeout`, `connection` or `http 503`."""

    def __init__(self, kind: str, line: str) -> None:
        super().__init__(line)
        self.kind = kind


def is_url(model: str | Path) -> bool:
    """Tell whether a model is named by the URL of an endpoint, also as a path, which keeps one of its two slashes."""
    return str(model).startswith(("http:/", "https:/"))


def format_of(path: str | Path, runtime: str | None = None) -> str:
    """Tell which runtime reads this file, by name or by suffix; an endpoint is `http`. Raises Unrunnable."""
    if is_url(path):
        return "http"
    path = Path(path)
    name = runtime or SUFFIXES.get(path.suffix.lower())
    if name is None or name not in SUFFIXES.values():
        raise Unrunnable(f"{path}: no {' or '.join(SUFFIXES)} file; name one, or say with --runtime what it is")
    return name


def open_model(path: Path, *, threads: int = 1, provider: str | None = None, runtime: str | None = None) -> Runtime:
    """Load a model file with the runtime that reads it; raises Unrunnable with a line that says why not."""
    name = format_of(path, runtime)
    if not path.is_file():
        raise Unrunnable(f"{path}: no such model file; check the path")
    if not path.stat().st_size:
        raise Unrunnable(f"{path}: the file is empty; copy the model again")
    engine = cast("Engine", importlib.import_module(f"{__name__}.{name}"))
    return engine.load(path, threads, provider)


def one_line(said: str) -> str:
    """Give the first line of what an engine said, short enough to print."""
    line = " ".join((said.strip() or "no reason given").split("\n")[0].split())
    return line if len(line) <= 200 else line[:197] + "…"
