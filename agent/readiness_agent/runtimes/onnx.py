"""ONNX models by onnxruntime: one provider, no spinning threads, so that a waiting worker leaves the cores alone."""

import re
from pathlib import Path

import onnxruntime

from readiness_agent.runtimes import Array, Port, Unrunnable, one_line

CPU = "CPUExecutionProvider"
# Sends the model to a cloud service: no hardware of this device.
_NO_HARDWARE = {"AzureExecutionProvider"}
_DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
}
_ERRORS_ONLY = 3
_PREAMBLE = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : (Load model from .* failed:)?")


class OnnxModel:
    """A session with one input; runs on the calling thread plus `threads - 1`."""

    def __init__(self, session: onnxruntime.InferenceSession, fell_back: str) -> None:
        self._session = session
        self.version: str = onnxruntime.__version__
        self.provider: str = session.get_providers()[0]
        self.fell_back = fell_back
        self.inputs = tuple(_port(node) for node in session.get_inputs())
        self.outputs = tuple(_port(node) for node in session.get_outputs())
        self.metadata: dict[str, str] = dict(session.get_modelmeta().custom_metadata_map)
        self._name = self.inputs[0].name if self.inputs else ""

    def run(self, batch: Array) -> list[Array]:
        outputs: list[Array] = self._session.run(None, {self._name: batch})
        return outputs


def load(path: Path, threads: int, provider: str | None) -> OnnxModel:
    """Open a session; raises Unrunnable."""
    onnxruntime.disable_telemetry_events()  # what runs on a device is told to its coordinator only
    wanted = _provider(path, provider)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    chain = [wanted] if wanted == CPU else [wanted, CPU]
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=chain)
    except Exception as error:  # noqa: BLE001 - onnxruntime's exceptions share no base of their own
        raise Unrunnable(f"{path}: {_reason(error)}") from None
    used = session.get_providers()[0]
    fell_back = "" if used == wanted else f"{wanted} was asked, {used} runs it"
    return OnnxModel(session, fell_back)


def providers() -> list[str]:
    """List the execution providers that stand for hardware of this device."""
    return [name for name in onnxruntime.get_available_providers() if name not in _NO_HARDWARE]


def _provider(path: Path, asked: str | None) -> str:
    """Match `cuda` or the full name to a provider that is there; raises Unrunnable."""
    if asked is None:
        return CPU
    known = {name.removesuffix("ExecutionProvider").lower(): name for name in providers()}
    name = known.get(asked.removesuffix("ExecutionProvider").lower())
    if name is None:
        raise Unrunnable(f"{path}: no provider '{asked}' in this onnxruntime; it has {', '.join(sorted(known))}")
    return name


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    if kind in {"InvalidProtobuf", "InvalidArgument"}:
        return "no ONNX model, or a truncated one; copy or export it again"
    # What counts stands last, behind the code, the path and the node: "[…] : 10 : INVALID_GRAPH : … , Error No Op …".
    said = one_line(_PREAMBLE.sub("", str(error)).rsplit(", Error ", 1)[-1])
    if kind == "NotImplemented":
        return f"onnxruntime {onnxruntime.__version__} lacks an operator of it: {said}; export with another opset"
    return f"onnxruntime {onnxruntime.__version__} refuses it: {said}; export it again with operators of its opset"


def _port(node: onnxruntime.NodeArg) -> Port:
    shape = tuple(size if isinstance(size, int) and size > 0 else None for size in node.shape)
    return Port(name=node.name, shape=shape, dtype=_DTYPES.get(node.type, node.type))
