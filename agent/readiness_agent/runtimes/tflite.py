"""TFLite models by LiteRT, or by tflite-runtime where that is what the device has."""

import importlib
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from readiness.evidence.benchmark import Placement
from readiness_agent.runtimes import Array, Operation, Port, Profile, Unrunnable, one_line
from readiness_agent.runtimes.tflite_delegates import BUILTIN, XNNPACK, Asked, open_delegate, read
from readiness_agent.runtimes.tflite_placement import DELEGATE, all_on, behind, placed
from readiness_agent.runtimes.tflite_tap import Tap

# Module and distribution, the maintained one first.
_ENGINES = (("ai_edge_litert.interpreter", "ai-edge-litert"), ("tflite_runtime.interpreter", "tflite-runtime"))
_MAGIC = b"TFL3"
_PLACEMENT_RUNS = 5


def _engine() -> tuple[Any, str] | None:
    """Find the first engine that can be imported; that its package is installed does not say that it loads."""
    found = ((_interpreter(module), distribution) for module, distribution in _ENGINES)
    return next(((engine, name) for engine, name in found if engine is not None), None)


def _interpreter(module: str) -> Any | None:
    try:
        engine = importlib.import_module(module)
    except ImportError:
        return None
    return engine if hasattr(engine, "Interpreter") else None


# Found on import, so that a worker can tell the bare runtime's memory from the model's.
_FOUND = _engine()


class Opening(NamedTuple):
    """What an interpreter is built from, so that it can be built again with a tap in its graph."""

    engine: Any
    path: Path
    threads: int
    asked: Asked

    def build(self, *taps: Tap) -> tuple[Any, int]:
        """Give an interpreter, and how many operators were listed before TFLite brought its own delegate."""
        how: dict[str, Any] = {}
        delegates = list(taps)
        if self.asked.library:
            delegates.append(open_delegate(self.path, self.asked, self.engine.load_delegate))
        if self.asked.name == BUILTIN:
            how["experimental_op_resolver_type"] = self.engine.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        built = self.engine.Interpreter(
            model_path=str(self.path), num_threads=self.threads, experimental_delegates=delegates or None, **how
        )
        listed = len(built._get_ops_details())  # noqa: SLF001 - the one list of operators there is
        built.allocate_tensors()
        return built, listed


class TfliteModel:
    """An interpreter whose tensors are allocated; `provider` is the delegate that took operators, or TFLite's own."""

    def __init__(self, opening: Opening, version: str) -> None:
        self._opening = opening
        self.version = version
        self.metadata: dict[str, str] = {}
        self._take(*opening.build())
        self.inputs = tuple(_port(detail) for detail in self._interpreter.get_input_details())
        self.outputs = tuple(_port(detail) for detail in self._details)
        self._index: int = self._interpreter.get_input_details()[0]["index"] if self.inputs else -1
        counts, asked = self._counts(), opening.asked
        self.provider = counts.provider if counts.on_provider else self._runner(len(self._operators) - 1)
        self.fell_back = (
            "" if counts.on_provider else f"{asked.name} was asked and takes none of the {counts.operators} operators"
        )

    def _take(self, interpreter: Any, listed: int) -> None:
        self._interpreter, self._listed = interpreter, listed
        self._details = interpreter.get_output_details()
        self._operators: list[dict[str, Any]] = interpreter._get_ops_details()  # noqa: SLF001 - see Opening.build

    def _delegates(self) -> list[int]:
        return [index for index, one in enumerate(self._operators) if one["op_name"] == DELEGATE]

    def _own(self) -> list[int]:
        """Give the delegates that were asked for: an external one comes before TFLite's own."""
        external = bool(self._opening.asked.library)
        return [index for index in self._delegates() if (index < self._listed) is external]

    def _runner(self, index: int) -> str:
        """Name what runs an operator, by its index."""
        if index in self._own():
            return self._opening.asked.name
        return XNNPACK if index in self._delegates() else BUILTIN

    def _counts(self) -> Placement:
        asked, own = self._opening.asked, self._own()
        if asked.name == BUILTIN or not (own or asked.named):
            return all_on(self._operators, BUILTIN)
        return placed(self._operators, asked.name, own)

    def run(self, batch: Array) -> list[Array]:
        self._interpreter.set_tensor(self._index, batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(detail["index"]) for detail in self._details]

    def placement(self, batch: Array) -> Placement:
        """Count the operators of what was asked; what is left to other kernels is timed where one was named."""
        counts = self._counts()
        if counts.on_provider in {0, counts.operators}:
            return msgspec.structs.replace(counts, elsewhere_share=0.0 if counts.on_provider else 1.0)
        if not self._opening.asked.named:
            return counts
        profile = self.operators([batch] * _PLACEMENT_RUNS)
        elsewhere_ms = sum(one.total_ms for one in profile.operations if one.provider != counts.provider)
        return msgspec.structs.replace(counts, elsewhere_share=min(1.0, elsewhere_ms / profile.total_ms))

    def operators(self, batches: Sequence[Array]) -> Profile:
        """Time every operator in one run of each batch, after one that is not counted; raises Unrunnable.

        The interpreter gives way to one with a tap, so that the model is never in memory twice.
        """
        tap = Tap()
        self._interpreter = None
        try:
            self._take(*self._opening.build(tap))
            tap.start()
        except (ValueError, RuntimeError) as error:
            raise Unrunnable(f"{self._opening.path}: its operators cannot be timed: {one_line(str(error))}") from None
        self.run(batches[0])
        tap.clear()
        began = time.perf_counter_ns()
        for batch in batches:
            self.run(batch)
        total_ms = (time.perf_counter_ns() - began) / 1e6
        names = {one["index"]: one["name"] for one in self._interpreter.get_tensor_details()}
        ran = tuple(self._operation(index, names, tap.spent_ns[index] / 1e6) for index in tap.plan)
        return Profile(ran, len(batches), total_ms)

    def _operation(self, index: int, names: dict[int, str], total_ms: float) -> Operation:
        """Name an operator after the tensor that it makes; TFLite's operators have no names of their own."""
        one = self._operators[index]
        name = next((names.get(int(tensor), "") for tensor in one["outputs"]), "").partition(";")[0]
        before = len(behind(self._operators, index)) - 1 if one["op_name"] == DELEGATE else 0
        if before:
            name = f"{name} (+{before} before it)"
        return Operation(name, one["op_name"], self._runner(index), total_ms)


def load(path: Path, threads: int, provider: str | None) -> TfliteModel:
    """Build an interpreter and allocate its tensors; raises Unrunnable."""
    asked = read(path, provider)
    with path.open("rb") as file:
        if file.read(8)[4:] != _MAGIC:
            raise Unrunnable(f"{path}: no TFLite model; copy or export it again")
    if _FOUND is None:
        raise Unrunnable(f"{path}: no TFLite runtime is installed; pip install 'model-readiness-advisor[tflite]'")
    engine, name = _FOUND
    version = metadata.version(name)
    try:
        return TfliteModel(Opening(engine, path, threads, asked), version)
    except Unrunnable:
        raise
    except (ValueError, RuntimeError) as error:
        raise Unrunnable(f"{path}: {_reason(error, f'{name} {version}')}") from None


def _reason(error: Exception, engine: str) -> str:
    said = one_line(str(error)).rstrip(".")
    if "valid Flatbuffer" in said or "Could not open" in said:
        return "a truncated or damaged TFLite model; copy or export it again"
    if "edgetpu-custom-op" in said:
        return "it is compiled for a Coral Edge TPU; ask for it with --provider coral, or take the model before that"
    if "custom op" in said:
        name = said.rsplit(":", 1)[-1].strip()
        return f"it needs the custom operator '{name}', which {engine} lacks; convert it with built-in operators only"
    first = said.split(". ")[0].split(".Tensor")[0]
    return f"{engine} refuses it: {first}; convert it again for this runtime"


def _port(detail: dict[str, Any]) -> Port:
    signature = detail.get("shape_signature", detail["shape"])
    shape = tuple(None if size < 0 else int(size) for size in signature)
    scale, zero_point = detail["quantization"]
    dtype = np.dtype(detail["dtype"]).name
    return Port(name=detail["name"], shape=shape, dtype=dtype, scale=float(scale), zero_point=int(zero_point))
