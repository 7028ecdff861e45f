"""Writes small ONNX files by hand (the protobuf fields of onnx.proto), for models that nobody would publish."""

from collections.abc import Sequence
from pathlib import Path

_FLOAT = 1
Dims = Sequence[int | str]


def averager(path: Path, dims: Dims = (1, 3, 8, 8), metadata: dict[str, str] | None = None) -> Path:
    """A classifier of `dims[1]` rows: each answers the mean of its own input channel."""
    nodes = [_node("GlobalAveragePool", ["image"], ["means"]), _node("Flatten", ["means"], ["scores"])]
    return _write(path, nodes, {"image": dims}, {"scores": (1, dims[1])}, metadata)


def adder(path: Path) -> Path:
    """A model of two inputs."""
    same = (1, 3, 8, 8)
    return _write(path, [_node("Add", ["left", "right"], ["sum"])], {"left": same, "right": same}, {"sum": same})


def chain(path: Path, kinds: Sequence[str], dims: Dims = (1, 3, 8, 8)) -> Path:
    """A classifier of one operator after the other, and the averager's two at the end."""
    names = ["image", *(f"made{index}" for index in range(len(kinds)))]
    nodes = [_node(kind, [names[index]], [names[index + 1]]) for index, kind in enumerate(kinds)]
    nodes += [_node("GlobalAveragePool", [names[-1]], ["means"]), _node("Flatten", ["means"], ["scores"])]
    return _write(path, nodes, {"image": dims}, {"scores": (1, dims[1])})


def alien(path: Path) -> Path:
    """A model with an operator that no runtime has."""
    same = (1, 3, 8, 8)
    return _write(path, [_node("Quuxify", ["image"], ["out"])], {"image": same}, {"out": same})


def _write(
    path: Path,
    nodes: list[bytes],
    inputs: dict[str, Dims],
    outputs: dict[str, Dims],
    said: dict[str, str] | None = None,
) -> Path:
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, b"tiny")
    graph += b"".join(_bytes(11, _value(name, dims)) for name, dims in inputs.items())
    graph += b"".join(_bytes(12, _value(name, dims)) for name, dims in outputs.items())
    model = _number(1, 8) + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _number(2, 13))
    for key, value in (said or {}).items():
        model += _bytes(14, _bytes(1, key.encode()) + _bytes(2, value.encode()))
    path.write_bytes(model)
    return path


def _node(kind: str, inputs: list[str], outputs: list[str]) -> bytes:
    ends = b"".join(_bytes(1, name.encode()) for name in inputs) + b"".join(
        _bytes(2, name.encode()) for name in outputs
    )
    return ends + _bytes(4, kind.encode())


def _value(name: str, dims: Dims) -> bytes:
    sizes = (_number(1, dim) if isinstance(dim, int) else _bytes(2, dim.encode()) for dim in dims)
    shape = b"".join(_bytes(1, size) for size in sizes)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, shape)))


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
