"""Rebuilds a trained network in Keras with the same weights and writes it as TFLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from nets import STRIDE, Classifier, Conv, Decoded, fuse
from torch import Tensor, nn

# The tail that turns maps into boxes and scores; left in float when the rest goes to 8 bit.
FLOAT_OPS = ["EXP", "LOGISTIC", "SUB", "MUL", "STRIDED_SLICE", "CONCATENATION", "TRANSPOSE", "RESHAPE", "SLICE"]


def _conv(x: Any, weight: Tensor, bias: Tensor, stride: int, relu: bool) -> Any:
    kernel = weight.permute(2, 3, 1, 0).detach().numpy()
    size = kernel.shape[0]
    # Keras pads a stride of 2 on one side only; torch pads both.
    if size > 1 and stride > 1:
        x = tf.keras.layers.ZeroPadding2D(size // 2)(x)
    layer = tf.keras.layers.Conv2D(
        kernel.shape[3],
        size,
        strides=stride,
        padding="valid" if stride > 1 else "same",
        activation="relu" if relu else None,
    )
    y = layer(x)
    layer.set_weights([kernel, bias.detach().numpy()])
    return y


def _chain(x: Any, blocks: nn.Sequential) -> Any:
    for block in blocks:
        assert isinstance(block, Conv)
        weight, bias = fuse(block)
        x = _conv(x, weight, bias, block[0].stride[0], relu=True)
    return x


class Boxes(tf.keras.layers.Layer):
    """Decodes maps as nets.Decoded does."""

    def __init__(self, centres: np.ndarray) -> None:
        super().__init__()
        self.centres = centres

    def call(self, maps: list[Any]) -> Any:
        """Boxes and scores, [1, 4 + classes, cells]."""
        reach, score = (tf.reshape(m, (1, -1, m.shape[-1])) for m in maps)
        sides = tf.exp(reach) * float(STRIDE)
        low, high = sides[:, :, :2], sides[:, :, 2:]
        centre = self.centres - (low - high) * 0.5
        return tf.transpose(tf.concat([centre, low - high * -1.0, tf.sigmoid(score)], 2), (0, 2, 1))


def detector(decoded: Decoded) -> Any:
    """The Keras twin of a detector without mirrored views."""
    net = decoded.net
    width, height = net.shape.size
    image = tf.keras.Input((height, width, 3), batch_size=1, name="images")
    fine = _chain(image, net.fine)
    wide = tf.keras.layers.UpSampling2D(2, interpolation="nearest")(_chain(fine, net.coarse))
    top = _chain(tf.keras.layers.Add()([fine, wide]), net.head)
    maps = [_conv(top, layer.weight, layer.bias, 1, relu=False) for layer in (net.reach, net.score)]
    centres = decoded.centres.numpy().transpose(0, 2, 1)
    return tf.keras.Model(image, Boxes(centres)(maps))


def classifier(net: Classifier) -> Any:
    """The Keras twin of the classifier; logits."""
    image = tf.keras.Input((64, 64, 3), batch_size=1, name="images")
    mean = tf.keras.layers.GlobalAveragePooling2D()(_chain(image, net.body))
    layer = tf.keras.layers.Dense(net.out.out_features)
    logits = layer(mean)
    layer.set_weights([net.out.weight.detach().numpy().T, net.out.bias.detach().numpy()])
    return tf.keras.Model(image, logits)


def write_half(model: Any, path: Path) -> None:
    """Float arithmetic, weights stored in half precision."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    path.write_bytes(converter.convert())


def write_int8(model: Any, path: Path, images: list[np.ndarray]) -> None:
    """8-bit convolutions with float input and output and a float box tail."""

    def pictures() -> Iterator[list[np.ndarray]]:
        for image in images:
            yield [image[None].astype(np.float32) * np.float32(1 / 255)]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = pictures
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=FLOAT_OPS)
    debugger = tf.lite.experimental.QuantizationDebugger(
        converter=converter, debug_dataset=pictures, debug_options=options
    )
    path.write_bytes(debugger.get_nondebug_quantized_model())
