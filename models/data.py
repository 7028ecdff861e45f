"""Reads what fixtures/scene.py wrote and makes augmented training batches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from nets import CLASSES

Rng = np.random.Generator


@dataclass
class Sample:
    """One labelled picture; boxes are x1, y1, x2, y2 in its pixels."""

    image: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    light: str


def load_split(root: Path, split: str) -> list[Sample]:
    """A detection split, decoded into memory as RGB."""
    labels = json.loads((root / "detection" / "annotations" / f"instances_{split}.json").read_text("utf-8"))
    grouped: dict[int, list[list[float]]] = {entry["id"]: [] for entry in labels["images"]}
    for item in labels["annotations"]:
        x, y, w, h = item["bbox"]
        grouped[item["image_id"]].append([x, y, x + w, y + h, item["category_id"] - 1])
    samples = []
    for entry in labels["images"]:
        image = cv2.imread(str(root / "detection" / split / entry["file_name"]))
        rows = np.array(grouped[entry["id"]], np.float32).reshape(-1, 5)
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        samples.append(Sample(rgb, rows[:, :4], rows[:, 4].astype(np.int64), entry["light"]))
    return samples


def relight(image: np.ndarray, rng: Rng) -> np.ndarray:
    """Random brightness, tint and sensor noise; dark results are made on purpose."""
    level = rng.uniform(0.8, 1.2) if rng.random() < 0.6 else np.exp(rng.uniform(np.log(0.22), 0.0))
    peak = float(np.percentile(image[::8, ::8], 98))
    level = max(level, min(1.0, 38.0 / max(peak, 1.0)))
    out = image.astype(np.float32) * (level * rng.uniform(0.92, 1.08, 3)).astype(np.float32)
    if rng.random() < 0.3:
        out += rng.normal(0, rng.uniform(0.5, 3.0), (*image.shape[:2], 1)).astype(np.float32)
    if rng.random() < 0.2:
        out = cv2.GaussianBlur(out, (5, 5), rng.uniform(0.4, 1.0))
    return np.clip(out, 0, 255).astype(np.uint8)


def reframe(sample: Sample, size: tuple[int, int], rng: Rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random flip, scale and shift straight into the network's input size."""
    height, width = sample.image.shape[:2]
    zoom, shift = rng.uniform(0.85, 1.18), rng.uniform(-0.08, 0.08, 2) * size
    flip = np.where(rng.random(2) < 0.5, -1.0, 1.0)
    scale = np.array([size[0] / width, size[1] / height]) * zoom * flip
    offset = np.array(size) / 2 + shift - scale * np.array([width / 2, height / 2])
    view = np.array([[scale[0], 0, offset[0]], [0, scale[1], offset[1]]])
    image = cv2.warpAffine(sample.image, view, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = sample.boxes.reshape(-1, 2, 2) * scale + offset
    low, high = moved.min(axis=1), moved.max(axis=1)
    inside_low, inside_high = np.clip(low, 0, size), np.clip(high, 0, size)
    kept = np.prod(inside_high - inside_low, axis=1) > 0.5 * np.prod(high - low, axis=1)
    boxes = np.concatenate([inside_low, inside_high], axis=1).astype(np.float32)
    return image, boxes[kept], sample.labels[kept]


def weights(samples: list[Sample], boost: bool) -> np.ndarray:
    """How often each picture is drawn: the rare class and poor light more often, if boosted."""
    rare = CLASSES.index("clip")
    weight = np.ones(len(samples))
    if boost:
        for i, sample in enumerate(samples):
            weight[i] += 2.0 * bool((sample.labels == rare).any()) + 0.5 * (sample.light in ("dark", "dim"))
    return weight / weight.sum()


def crops(samples: list[Sample], rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """64x64 crops of every labelled part, for training the classifier."""
    images, labels = [], []
    for sample in samples:
        for box, label in zip(sample.boxes, sample.labels, strict=True):
            side = float(max(box[2] - box[0], box[3] - box[1]) * rng.uniform(1.1, 1.4))
            scale, centre = 64 / side, (box[:2] + box[2:]) / 2
            view = np.array([[scale, 0, 32 - scale * centre[0]], [0, scale, 32 - scale * centre[1]]])
            images.append(cv2.warpAffine(sample.image, view, (64, 64), borderMode=cv2.BORDER_REPLICATE))
            labels.append(label)
    return np.stack(images), np.array(labels)


def load_crops(root: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """A classification split as RGB crops and labels."""
    images, labels = [], []
    for index, name in enumerate(CLASSES):
        for path in sorted((root / "classification" / split / name).glob("*.jpg")):
            images.append(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))
            labels.append(index)
    return np.stack(images), np.array(labels)
