"""The shelf of runtimes: one file each, chosen by the model file's suffix or by name."""

import importlib
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec
import numpy.typing as npt

Array = npt.NDArray[Any]

SUFFIXES = {".onnx": "onnx", ".tflite": "tflite"}


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """One input or output: a None in `shape` is dynamic; real = (stored - zero_point) * scale where scale is not 0."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    scale: float = 0.0
    zero_point: int = 0


class Runtime(Protocol):
    """A loaded model: what it is fed, what it gives, and who runs it.

    `metadata` is what the file says of itself, `fell_back` the reason when another provider runs it than was asked.
    """

    version: str
    provider: str
    fell_back: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    metadata: dict[str, str]

    def run(self, batch: Array) -> list[Array]: ...


class Engine(Protocol):
    """A runtime file: `load` raises Unrunnable when the file cannot be run here."""

    def load(self, path: Path, threads: int, provider: str | None) -> Runtime: ...


class Unrunnable(ValueError):
    """A model cannot be run here: one line that says what, where and what to do."""


def format_of(path: Path, runtime: str | None = None) -> str:
    """Tell which runtime reads this file, by name or by suffix; raises Unrunnable."""
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
