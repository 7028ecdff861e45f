"""Turns the training checkpoints into the committed model files and checks that the twins agree."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import torch
from data import Sample, load_split
from measure import open_model
from nets import LARGE, SMALL, Classifier, Decoded, Detector, Shape
from onnx_export import write_int8, write_onnx

LOG = logging.getLogger("export")
CALIBRATION = 96


def load_detector(work: Path, name: str, shape: Shape) -> Decoded:
    """A trained detector, ready to export."""
    net = Detector(shape)
    net.load_state_dict(torch.load(work / f"{name}.pt", weights_only=True)["net"])
    return Decoded(net).eval()


def calibration(samples: list[Sample]) -> list[np.ndarray]:
    """Pictures of every light, evenly picked from train."""
    chosen = samples[:: max(len(samples) // CALIBRATION, 1)]
    return [cv2.resize(sample.image, SMALL.size, interpolation=cv2.INTER_LINEAR) for sample in chosen]


def agreement(first: Path, second: Path, images: list[np.ndarray]) -> float:
    """Largest difference between two files' outputs."""
    a, b = open_model(first), open_model(second)
    return max(float(np.abs(a(image) - b(image)).max()) for image in images[:8])


def export_tflite(small: Decoded, net: Classifier, out: Path, images: list[np.ndarray]) -> None:
    """The TFLite twins."""
    import tflite_export

    twin = tflite_export.detector(small)
    tflite_export.write_half(twin, out / "parts-small-tflite.tflite")
    tflite_export.write_int8(twin, out / "parts-small-int8-tflite.tflite", images)
    tflite_export.write_half(tflite_export.classifier(net), out / "parts-classifier-tflite.tflite")
    gap = agreement(out / "parts-small.onnx", out / "parts-small-tflite.tflite", images)
    LOG.info("parts-small: onnx and tflite differ by at most %.4f (pixels or score)", gap)


def export_all(data: Path, work: Path, out: Path) -> None:
    """Every candidate file."""
    images = calibration(load_split(data, "train"))
    for name, shape in (("parts-small", SMALL), ("parts-daylight", SMALL), ("parts-large", LARGE)):
        write_onnx(load_detector(work, name, shape), shape.size, out / f"{name}.onnx")
    write_int8(out / "parts-small.onnx", out / "parts-small-int8.onnx", images)
    net = Classifier()
    net.load_state_dict(torch.load(work / "parts-classifier.pt", weights_only=True)["net"])
    write_onnx(net.eval(), (64, 64), out / "parts-classifier.onnx")
    export_tflite(load_detector(work, "parts-small", SMALL), net.eval(), out, images)
