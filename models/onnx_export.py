"""Writes the trained candidates as ONNX files, and the static 8-bit twin of the small one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from nets import Classifier, Conv, Decoded, fuse
from torch import nn

OPSET = 17


def folded(net: nn.Module) -> nn.Module:
    """A copy with every batch norm folded into its convolution."""
    net = copy.deepcopy(net).eval()
    for module in net.modules():
        if isinstance(module, Conv):
            weight, bias = fuse(module)
            old = module[0]
            conv = nn.Conv2d(old.in_channels, old.out_channels, old.kernel_size, old.stride, old.padding)
            conv.weight, conv.bias = nn.Parameter(weight), nn.Parameter(bias)
            module[0], module[1] = conv, nn.Identity()
    return net


def write_onnx(net: Decoded | Classifier, size: tuple[int, int], path: Path) -> None:
    """One static-shape file with one input and one output."""
    image = torch.zeros(1, 3, size[1], size[0])
    names = {"input_names": ["images"], "output_names": ["output0"]}
    torch.onnx.export(folded(net), (image,), str(path), opset_version=OPSET, dynamo=False, **names)
    model = onnx.load(str(path))
    # The exporter notes source paths of the machine that ran it; nobody needs them.
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def write_int8(source: Path, path: Path, images: list[np.ndarray]) -> None:
    """QDQ static quantisation; only the convolutions and sums, so the decoded boxes stay in float."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Reader(CalibrationDataReader):
        """Feeds the calibration pictures."""

        def __init__(self) -> None:
            self.left: Iterator[np.ndarray] = iter(images)

        def get_next(self) -> dict[str, np.ndarray] | None:
            image = next(self.left, None)
            if image is None:
                return None
            return {"images": image.transpose(2, 0, 1)[None].astype(np.float32) * np.float32(1 / 255)}

    quantize_static(
        str(source),
        str(path),
        Reader(),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["Conv", "Add", "Relu", "Resize"],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
    )


def cost(path: Path) -> tuple[int, float]:
    """Parameters, and GFLOP of the convolutions (a multiply and an add count as two)."""
    model = onnx.shape_inference.infer_shapes(onnx.load(str(path)))
    weights = {item.name: list(item.dims) for item in model.graph.initializer}
    shapes = {item.name: [d.dim_value for d in item.type.tensor_type.shape.dim] for item in model.graph.value_info}
    convs = [node for node in model.graph.node if node.op_type == "Conv"]
    work = sum(2 * int(np.prod(weights[n.input[1]])) * int(np.prod(shapes[n.output[0]][2:])) for n in convs)
    learnt = {
        name
        for node in model.graph.node
        if node.op_type in ("Conv", "Gemm")
        for name in node.input[1:]
        if name in weights
    }
    return sum(int(np.prod(weights[name])) for name in learnt), work / 1e9
