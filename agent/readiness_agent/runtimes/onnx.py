"""ONNX models by onnxruntime: one provider, no spinning threads, so that a waiting worker leaves the cores alone."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import onnxruntime

from readiness.evidence.benchmark import Placement
from readiness_agent.runtimes import Array, Port, Profile, Unrunnable, one_line
from readiness_agent.runtimes.onnx_profile import placed, read
from readiness_agent.runtimes.onnx_providers import CPU, Chosen, choose, usable

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
_PLACEMENT_RUNS = 5
_PREAMBLE = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : (Load model from .* failed:)?")


class OnnxModel:
    """A session with one input; runs on the calling thread plus `threads - 1`."""

    def __init__(self, path: Path, asked: str, chosen: Chosen, session: onnxruntime.InferenceSession) -> None:
        self._path, self._asked, self._chosen, self._session = path, asked, chosen, session
        self.version: str = onnxruntime.__version__
        self.provider: str = session.get_providers()[0]
        self.fell_back = ""
        self.inputs = tuple(_port(node) for node in session.get_inputs())
        self.outputs = tuple(_port(node) for node in session.get_outputs())
        self.metadata: dict[str, str] = dict(session.get_modelmeta().custom_metadata_map)
        self._name = self.inputs[0].name if self.inputs else ""

    def run(self, batch: Array) -> list[Array]:
        outputs: list[Array] = self._session.run(None, {self._name: batch})
        return outputs

    def placement(self, batch: Array) -> Placement | None:
        """Run the batch a few times under a profile; None where onnxruntime writes none, or names no providers."""
        try:
            profile = self.operators([batch] * _PLACEMENT_RUNS)
        except Unrunnable:
            return None
        return placed(profile, self._asked, _assigned(self._session))

    def operators(self, batches: Sequence[Array]) -> Profile:
        """Profile one run of each batch, after one that is not counted; raises Unrunnable.

        The session gives way to a profiled one, so that the model is never in memory twice.
        """
        try:
            with tempfile.TemporaryDirectory() as folder:
                del self._session
                self._session = _session(self._path, self._chosen, Path(folder))
                for batch in (*batches[:1], *batches):
                    self.run(batch)
                return read(Path(self._session.end_profiling()).read_bytes(), skip=1)
        except (OSError, msgspec.DecodeError) as error:
            raise Unrunnable(
                f"{self._path}: no profile of its operators: {one_line(str(error))}; see that the disk has room"
            ) from None


def load(path: Path, threads: int, provider: str | None) -> OnnxModel:
    """Open a session; a provider that cannot start gives way to the processor and is told. Raises Unrunnable."""
    onnxruntime.disable_telemetry_events()  # what runs on a device is told to its coordinator only
    chosen = choose(path, provider, onnxruntime.get_available_providers(), threads)
    asked, because = chosen.name, "its hardware, driver or libraries are not there"
    try:
        session = _session(path, chosen)
    except Exception as error:  # noqa: BLE001 - onnxruntime's exceptions share no base of their own
        if asked == CPU:
            raise Unrunnable(f"{path}: {_reason(error)}") from None
        because = one_line(_PREAMBLE.sub("", str(error)))
        chosen = choose(path, None, [CPU], threads)
        session = _processor(path, chosen)
    model = OnnxModel(path, asked, chosen, session)
    if model.provider != asked:
        model.fell_back = f"{asked} was asked, {model.provider} runs it: {because}"
    return model


def providers() -> list[str]:
    """List the execution providers that stand for hardware of this device."""
    return usable(onnxruntime.get_available_providers())


def _processor(path: Path, chosen: Chosen) -> onnxruntime.InferenceSession:
    try:
        return _session(path, chosen)
    except Exception as error:  # noqa: BLE001 - see load
        raise Unrunnable(f"{path}: {_reason(error)}") from None


def _session(path: Path, chosen: Chosen, profile_in: Path | None = None) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = chosen.session_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if profile_in is not None:
        options.enable_profiling = True
        options.profile_file_prefix = str(profile_in / "operators")
        options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    # Without its own fallback, which tells of itself on the screen only.
    return onnxruntime.InferenceSession(str(path), options, providers=list(chosen.chain), enable_fallback=0)


def _assigned(session: onnxruntime.InferenceSession) -> list[tuple[str, int]]:
    """Give the provider of each part of the graph, and the operators in it; none before onnxruntime 1.24."""
    if not hasattr(session, "get_provider_graph_assignment_info"):
        return []
    return [(part.ep_name, len(part.get_nodes())) for part in session.get_provider_graph_assignment_info()]


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
