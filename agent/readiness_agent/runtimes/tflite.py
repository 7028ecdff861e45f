"""TFLite models by LiteRT, or by tflite-runtime where that is what the device has."""

import importlib
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from readiness_agent.runtimes import Array, Port, Unrunnable, one_line

# Module and distribution, the maintained one first.
_ENGINES = (("ai_edge_litert.interpreter", "ai-edge-litert"), ("tflite_runtime.interpreter", "tflite-runtime"))
_MAGIC = b"TFL3"


def _engine() -> tuple[Any, str] | None:
    """Find the first engine that can be imported; that its package is installed does not say that it loads."""
    found = ((_interpreter(module), distribution) for module, distribution in _ENGINES)
    return next(((engine, name) for engine, name in found if engine is not None), None)


def _interpreter(module: str) -> Any | None:
    try:
        return importlib.import_module(module).Interpreter
    except (ImportError, AttributeError):
        return None


# Found on import, so that a worker can tell the bare runtime's memory from the model's.
_FOUND = _engine()


class TfliteModel:
    """An interpreter whose tensors are allocated; runs on `threads` threads of XNNPACK."""

    fell_back = ""
    provider = "XNNPACK"

    def __init__(self, interpreter: Any, version: str) -> None:
        self._interpreter = interpreter
        self.version = version
        self.metadata: dict[str, str] = {}
        self._details = interpreter.get_output_details()
        self.inputs = tuple(_port(detail) for detail in interpreter.get_input_details())
        self.outputs = tuple(_port(detail) for detail in self._details)
        self._index: int = interpreter.get_input_details()[0]["index"] if self.inputs else -1

    def run(self, batch: Array) -> list[Array]:
        self._interpreter.set_tensor(self._index, batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(detail["index"]) for detail in self._details]


def load(path: Path, threads: int, provider: str | None) -> TfliteModel:
    """Build an interpreter and allocate its tensors; raises Unrunnable."""
    if provider is not None and provider.lower() not in {"cpu", "xnnpack"}:
        raise Unrunnable(f"{path}: no provider '{provider}' for TFLite here; leave --provider out")
    with path.open("rb") as file:
        if file.read(8)[4:] != _MAGIC:
            raise Unrunnable(f"{path}: no TFLite model; copy or export it again")
    if _FOUND is None:
        raise Unrunnable(f"{path}: no TFLite runtime is installed; pip install 'model-readiness-advisor[tflite]'")
    interpreter, name = _FOUND
    version = metadata.version(name)
    try:
        built = interpreter(model_path=str(path), num_threads=threads)
        built.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise Unrunnable(f"{path}: {_reason(error, f'{name} {version}')}") from None
    return TfliteModel(built, version)


def _reason(error: Exception, engine: str) -> str:
    said = one_line(str(error)).rstrip(".")
    if "valid Flatbuffer" in said or "Could not open" in said:
        return "a truncated or damaged TFLite model; copy or export it again"
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
