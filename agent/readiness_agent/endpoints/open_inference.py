"""Models behind the Open Inference Protocol v2 (KServe, Triton, MLServer): arrays in, arrays out.

https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
"""

import math
from typing import Any, TypeVar

import msgspec
import numpy as np

from readiness import canonical
from readiness_agent.endpoints.address import OPEN_INFERENCE, Address
from readiness_agent.endpoints.remote import Remote
from readiness_agent.endpoints.transport import Answered, Transport
from readiness_agent.runtimes import Array, CallFailed, Port, Unrunnable, one_line

_DTYPES = {
    "BOOL": "bool",
    **{f"{sign}INT{bits}": f"{sign.lower()}int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": f"float{bits}" for bits in (16, 32, 64)},
}
_LENGTH = "Inference-Header-Content-Length"
T = TypeVar("T")


class _Tensor(msgspec.Struct):
    """An input or output as the model's metadata names it; -1 is a dynamic size."""

    name: str
    datatype: str
    shape: tuple[int, ...]


class _Model(msgspec.Struct):
    name: str
    inputs: tuple[_Tensor, ...] | None = None
    outputs: tuple[_Tensor, ...] | None = None
    versions: tuple[str, ...] | None = None
    platform: str | None = None


class _Server(msgspec.Struct):
    name: str = ""
    version: str = ""
    extensions: tuple[str, ...] | None = None


class _Output(msgspec.Struct):
    """An output of one answer: its data as JSON, or its size in the bytes after the JSON."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: msgspec.Raw = msgspec.Raw()
    parameters: dict[str, Any] | None = None


class _Outputs(msgspec.Struct):
    outputs: tuple[_Output, ...]


class BadAnswer(ValueError):
    """An answer is not what the protocol and the model's metadata promise; the message says what is wrong with it."""


class OpenInference(Remote):
    """A ready model; tensors travel as bytes where the server has the binary tensor data extension, else as JSON."""

    def __init__(self, address: Address, transport: Transport) -> None:
        super().__init__(address, transport)
        self._url = f"{address.shown}/infer"
        self._get(f"{address.shown}/ready")
        model = self._said(address.shown, _Model)
        self.inputs = self._ports(model.inputs)
        self.outputs = self._ports(model.outputs)
        server = self._server()
        self._binary = "binary_tensor_data" in (server.extensions or ())
        self.version = f"{server.name} {server.version}".strip() or "unknown"
        self.provider = f"{OPEN_INFERENCE} {'binary' if self._binary else 'json'}"
        self.digest = canonical.digest([OPEN_INFERENCE, address.url({}), msgspec.to_builtins(model)])
        if not self._binary and any(port.dtype == "float16" for port in self.inputs):
            raise Unrunnable(f"{address.shown}: it takes FP16, which JSON cannot carry, and offers no binary tensors")

    def run(self, batch: Array) -> list[Array]:
        """Give the outputs in the metadata's order; raises CallFailed."""
        port = self.inputs[0]
        tensor: dict[str, Any] = {"name": port.name, "shape": batch.shape, "datatype": _datatype(port)}
        if self._binary:
            data = np.ascontiguousarray(batch, dtype=batch.dtype.newbyteorder("<")).tobytes()
            tensor["parameters"] = {"binary_data_size": len(data)}
            head = msgspec.json.encode({"inputs": [tensor], "parameters": {"binary_data_output": True}})
            headers = {"Content-Type": "application/octet-stream", _LENGTH: str(len(head))}
            answered = self.transport.call("POST", self._url, head + data, headers)
        else:
            body = msgspec.json.encode({"inputs": [tensor | {"data": batch.ravel().tolist()}]})
            answered = self.transport.call("POST", self._url, body, {"Content-Type": "application/json"})
        try:
            return outputs_of(answered, self.outputs)
        except BadAnswer as bad:
            raise self.bad_answer(str(bad)) from None

    def _get(self, url: str) -> Answered:
        try:
            return self.transport.call("GET", url)
        except CallFailed as failed:
            raise Unrunnable(f"{failed}; see whether the server runs and has this model loaded") from None

    def _said(self, url: str, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(self._get(url).body, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Unrunnable(f"{url}: no metadata of the Open Inference Protocol v2: {one_line(str(error))}") from None

    def _server(self) -> _Server:
        """Read the server's metadata; one without it is taken to speak the protocol without extensions."""
        try:
            return self._said(f"{self.address.root}/v2", _Server)
        except Unrunnable:
            return _Server()

    def _ports(self, tensors: tuple[_Tensor, ...] | None) -> tuple[Port, ...]:
        if not tensors:
            raise Unrunnable(
                f"{self.address.shown}: its metadata names no inputs or no outputs; configure them on the server"
            )
        return tuple(
            Port(
                name=tensor.name,
                shape=tuple(None if size < 0 else size for size in tensor.shape),
                dtype=_DTYPES.get(tensor.datatype, tensor.datatype),
            )
            for tensor in tensors
        )


def outputs_of(answered: Answered, ports: tuple[Port, ...]) -> list[Array]:
    """Read the outputs that `ports` name, in their order; raises BadAnswer."""
    head, tail = _split(answered)
    try:
        given = msgspec.json.decode(head, type=_Outputs).outputs
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadAnswer(f"its answer cannot be read: {one_line(str(error))}") from None
    found: dict[str, Array] = {}
    for output in given:
        size = (output.parameters or {}).get("binary_data_size")
        if size is None:
            data: bytes | None = None
        elif not isinstance(size, int) or not 0 <= size <= len(tail):
            raise BadAnswer(f"output '{output.name}' says {size} bytes, {len(tail)} are left")
        else:
            data, tail = bytes(tail[:size]), tail[size:]
        if (port := next((port for port in ports if port.name == output.name), None)) is not None:
            found[output.name] = _array(output, port, data)
    if missing := [port.name for port in ports if port.name not in found]:
        raise BadAnswer(f"its answer lacks output '{missing[0]}'")
    return [found[port.name] for port in ports]


def _split(answered: Answered) -> tuple[memoryview, memoryview]:
    whole = memoryview(answered.body)
    said = answered.headers.get(_LENGTH.lower())
    if said is None:
        return whole, whole[:0]
    if not said.isdecimal() or int(said) > len(whole):
        raise BadAnswer(f"its header {_LENGTH} is '{one_line(said)}', of {len(whole)} bytes")
    return whole[: int(said)], whole[int(said) :]


def _array(output: _Output, port: Port, data: bytes | None) -> Array:
    shape, dtype = output.shape, np.dtype(_DTYPES.get(output.datatype, "V"))
    fits = len(shape) == len(port.shape) and all(
        want in {None, have} and have >= 0 for have, want in zip(shape, port.shape, strict=True)
    )
    if not fits or dtype.name != port.dtype:
        wanted = f"{port.dtype} {[-1 if size is None else size for size in port.shape]}"
        raise BadAnswer(f"output '{output.name}' is {output.datatype} {list(shape)}, its metadata says {wanted}")
    try:
        if data is None:
            values = np.asarray(msgspec.json.decode(output.data), dtype=dtype)
        else:
            values = np.frombuffer(data, dtype=dtype.newbyteorder("<"))
    except (msgspec.DecodeError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadAnswer(f"output '{output.name}' cannot be read: {one_line(str(error))}") from None
    if values.size != math.prod(shape):
        raise BadAnswer(f"output '{output.name}' has {values.size} values, its shape {list(shape)} wants others")
    return values.reshape(shape).astype(dtype, copy=False)


def _datatype(port: Port) -> str:
    return next(datatype for datatype, dtype in _DTYPES.items() if dtype == port.dtype)
