"""Runs a model file as its card says and measures precision, recall and latency."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from data import Sample
from nets import CLASSES

Runner = Callable[[np.ndarray], np.ndarray]
Found = tuple[np.ndarray, np.ndarray, np.ndarray]
LOWEST = 0.1


def open_onnx(path: Path) -> Runner:
    """An onnxruntime session on one thread; takes an RGB uint8 image of the input size."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(image: np.ndarray) -> np.ndarray:
        pixels = np.ascontiguousarray(image.transpose(2, 0, 1)[None]).astype(np.float32) * np.float32(1 / 255)
        return np.asarray(session.run(None, {name: pixels})[0])

    return run


def open_tflite(path: Path) -> Runner:
    """A LiteRT interpreter on one thread; NHWC input."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter: Any = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    source, sink = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def run(image: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(source, image[None].astype(np.float32) * np.float32(1 / 255))
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(sink))

    return run


def open_model(path: Path) -> Runner:
    """Whichever runtime fits the file."""
    return open_tflite(path) if path.suffix == ".tflite" else open_onnx(path)


def overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """IoU of one x1, y1, x2, y2 box with many."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    return shared / ((box[2:] - box[:2]).prod() + (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) - shared + 1e-9)


def suppress(boxes: np.ndarray, scores: np.ndarray, iou: float) -> list[int]:
    """Greedy suppression within one class."""
    order, kept = list(np.argsort(-scores, kind="stable")), []
    while order:
        first = order.pop(0)
        kept.append(int(first))
        if order:
            near = overlaps(boxes[first], boxes[order]) > iou
            order = [i for i, close in zip(order, near, strict=True) if not close]
    return kept


def detect(run: Runner, image: np.ndarray, size: tuple[int, int], iou: float) -> Found:
    """Boxes in image pixels, scores and labels, above a low floor."""
    rows = run(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR))[0].T
    ratio = np.array([image.shape[1] / size[0], image.shape[0] / size[1]])
    centre, extent = rows[:, :2] * ratio, rows[:, 2:4] * ratio
    corners = np.concatenate([centre - extent / 2, centre + extent / 2], axis=1)
    corners = np.clip(corners, 0, np.tile([image.shape[1], image.shape[0]], 2))
    boxes, scores, labels = [], [], []
    for label in range(len(CLASSES)):
        hit = np.flatnonzero(rows[:, 4 + label] >= LOWEST)
        kept = hit[suppress(corners[hit], rows[hit, 4 + label], iou)]
        boxes.append(corners[kept])
        scores.append(rows[kept, 4 + label])
        labels.append(np.full(len(kept), label))
    return np.concatenate(boxes), np.concatenate(scores), np.concatenate(labels)


def _match(found: Found, sample: Sample, label: int, confidence: float) -> tuple[int, int, int]:
    """True positives, detections and labelled parts of one class in one image."""
    mine = np.flatnonzero((found[2] == label) & (found[1] >= confidence))
    truth = sample.boxes[sample.labels == label]
    free, hits = np.ones(len(truth), bool), 0
    for i in mine[np.argsort(-found[1][mine], kind="stable")]:
        if free.any():
            near = np.where(free, overlaps(found[0][i], truth), 0)
            if near.max() >= 0.5:
                free[near.argmax()] = False
                hits += 1
    return hits, len(mine), len(truth)


def count(found: list[Found], samples: list[Sample], confidence: float) -> np.ndarray:
    """[classes, 3] totals of hits, detections and labelled parts."""
    totals = np.zeros((len(CLASSES), 3), int)
    for result, sample in zip(found, samples, strict=True):
        totals += [_match(result, sample, label, confidence) for label in range(len(CLASSES))]
    return totals


def precision_recall(totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per class."""
    return totals[:, 0] / np.maximum(totals[:, 1], 1), totals[:, 0] / np.maximum(totals[:, 2], 1)


def best_confidence(found: list[Found], samples: list[Sample]) -> float:
    """The step of 0.05 with the best mean F1."""
    steps = [round(0.2 + 0.05 * i, 2) for i in range(11)]
    totals = [count(found, samples, step) for step in steps]
    means = [float(np.mean(2 * t[:, 0] / np.maximum(t[:, 1] + t[:, 2], 1))) for t in totals]
    return steps[int(np.argmax(means))]


def latency_ms(run: Runner, size: tuple[int, int], rounds: int = 40) -> float:
    """Median single-thread time of one inference."""
    image = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3)).astype(np.uint8)
    spent = []
    for _ in range(rounds + 3):
        began = time.perf_counter()
        run(image)
        spent.append((time.perf_counter() - began) * 1000)
    return float(np.median(spent[3:]))
