"""Chooses thresholds on val, measures on test, and writes the cards and the README table."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from data import Sample, load_crops, load_split
from measure import best_confidence, count, detect, latency_ms, open_model, precision_recall
from nets import CLASSES, LARGE, SMALL, Shape
from onnx_export import cost

LOG = logging.getLogger("cards")
IOU = 0.5
POOR = ("dark", "dim")


@dataclass(frozen=True)
class Entry:
    """One committed model file."""

    file: str
    size: tuple[int, int]
    story: str

    @property
    def layout(self) -> str:
        """The input's axis order."""
        return "nhwc" if self.file.endswith(".tflite") else "nchw"


def _detector(file: str, shape: Shape, story: str) -> Entry:
    return Entry(file, shape.size, story)


FAIR = "trained on every light of the scene's train split, rare clips drawn more often"
DETECTORS = (
    _detector("parts-small.onnx", SMALL, f"Small detector, float32, {FAIR}."),
    _detector("parts-small-tflite.tflite", SMALL, "TFLite twin of parts-small, half-precision weights."),
    _detector("parts-small-int8.onnx", SMALL, "Static 8-bit (QDQ) twin of parts-small; box decoding stays in float."),
    _detector(
        "parts-small-int8-tflite.tflite",
        SMALL,
        "8-bit TFLite twin of parts-small; float input, output and box decoding.",
    ),
    _detector("parts-large.onnx", LARGE, f"Wide detector that averages four mirrored views, {FAIR}; slow by design."),
    _detector(
        "parts-daylight.onnx",
        SMALL,
        "Small detector trained only on the well-lit part of train with a sixth of its clip pictures, so it has seen "
        "few clips and none in poor light; expect it to miss parts, clips above all, in dim or dark scenes.",
    ),
)
CLASSIFIERS = (
    Entry(
        "parts-classifier.onnx", (64, 64), "Small crop classifier, trained on the scene's part crops of every light."
    ),
    Entry("parts-classifier-tflite.tflite", (64, 64), "TFLite twin of parts-classifier, half-precision weights."),
)

CARD = """task = "{task}"
classes = [{classes}]
confidence = {confidence}
licence = "Apache-2.0"
trained_on = "{trained_on}"
notes = "{notes}"

[input]
size = [{width}, {height}]
layout = "{layout}"
colour = "rgb"
scale = 0.00392156862745098
mean = [0.0, 0.0, 0.0]
std = [1.0, 1.0, 1.0]
resize = "stretch"

[output]
{output}
"""


@functools.cache
def trained_on(folder: Path) -> str:
    """Name the dataset version as the product names it; empty where the product is not installed."""
    readiness = shutil.which("readiness")
    if readiness is None:
        LOG.warning("the `readiness` command is not installed: the cards will not name their dataset version")
        return ""
    done = subprocess.run([readiness, "scan", folder, "--json", "-"], capture_output=True, check=False)
    return json.loads(done.stdout)["dataset_digest"]


def _write_card(out: Path, entry: Entry, data: Path, confidence: float, notes: str, output: str) -> None:
    text = CARD.format(
        task=data.name,
        trained_on=trained_on(data),
        classes=", ".join(f'"{name}"' for name in CLASSES),
        confidence=confidence,
        notes=notes,
        width=entry.size[0],
        height=entry.size[1],
        layout=entry.layout,
        output=output,
    )
    (out / entry.file).with_suffix(".card.toml").write_text(text, encoding="utf-8")


def _file_row(out: Path, entry: Entry) -> str:
    data = (out / entry.file).read_bytes()
    digest, milliseconds = hashlib.sha256(data).hexdigest(), latency_ms(open_model(out / entry.file), entry.size)
    # Twins share the network, and only the float ONNX file shows its sizes plainly.
    origin = entry.file.split(".")[0].removesuffix("-tflite").removesuffix("-int8")
    learnt, work = cost(out / f"{origin}.onnx")
    sizes = f"{len(data) / 1000:.0f} | {learnt / 1000:.0f} | {work:.3f} | {milliseconds:.1f}"
    return f"| `{entry.file}` | {sizes} | `{digest}` |"


def clip_in(found: list, samples: list[Sample], confidence: float, lights: tuple[str, ...]) -> float:
    """Recall of the rare class in some lights."""
    chosen = [(f, s) for f, s in zip(found, samples, strict=True) if s.light in lights]
    totals = count([f for f, _ in chosen], [s for _, s in chosen], confidence)
    return float(precision_recall(totals)[1][CLASSES.index("clip")])


def card_detector(out: Path, entry: Entry, data: Path, val: list[Sample], test: list[Sample]) -> str:
    """Measure one detector and write its card; gives its README row."""
    run = open_model(out / entry.file)
    confidence = best_confidence([detect(run, s.image, entry.size, IOU) for s in val], val)
    found = [detect(run, s.image, entry.size, IOU) for s in test]
    precision, recall = precision_recall(count(found, test, confidence))
    poor, good = (clip_in(found, test, confidence, lights) for lights in (POOR, ("well_lit",)))
    worst = (
        f"{CLASSES[int(precision.argmin())]} {precision.min():.3f}",
        f"{CLASSES[int(recall.argmin())]} {recall.min():.3f}",
    )
    notes = (
        f"{entry.story} Scene test split at this confidence: lowest precision {worst[0]}, lowest recall {worst[1]}, "
        f"clip recall in dim or dark light {poor:.3f}."
    )
    _write_card(out, entry, data / "detection", confidence, notes, f'decoder = "yolo"\niou = {IOU}')
    cells = " | ".join(f"{p:.3f} / {r:.3f}" for p, r in zip(precision, recall, strict=True))
    row = f"| `{entry.file}` | {confidence} | {cells} | {good:.3f} | {poor:.3f} |"
    LOG.info("%s", row)
    return row


def card_classifier(out: Path, entry: Entry, data: Path, images: np.ndarray, labels: np.ndarray) -> str:
    """Measure one classifier and write its card; gives its README row."""
    run = open_model(out / entry.file)
    guess = np.array([run(image)[0].argmax() for image in images])
    recall = [float((guess[labels == i] == i).mean()) for i in range(len(CLASSES))]
    accuracy = float((guess == labels).mean())
    notes = f"{entry.story} Accuracy on the scene's test crops {accuracy:.3f}."
    _write_card(out, entry, data / "classification", 0.5, notes, 'decoder = "softmax"\nactivation = "softmax"')
    row = f"| `{entry.file}` | {accuracy:.3f} | " + " | ".join(f"{r:.3f}" for r in recall) + " |"
    LOG.info("%s", row)
    return row


def _replace(text: str, mark: str, rows: list[str]) -> str:
    """Put rows between two marks of the README."""
    start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, rest = text.split(start, 1)
    return before + start + "\n" + "\n".join(rows) + "\n" + end + rest.split(end, 1)[1]


def _header(*cells: str) -> list[str]:
    return ["| " + " | ".join(cells) + " |", "|" + " --- |" * len(cells)]


def write_cards(data: Path, out: Path) -> None:
    """Cards of all files, and the README's tables."""
    cv2.setNumThreads(1)
    val, test = load_split(data, "val"), load_split(data, "test")
    detectors = [card_detector(out, entry, data, val, test) for entry in DETECTORS]
    images, labels = load_crops(data, "test")
    classifiers = [card_classifier(out, entry, data, images, labels) for entry in CLASSIFIERS]
    files = [_file_row(out, entry) for entry in DETECTORS + CLASSIFIERS]
    readme = out / "README.md"
    text = readme.read_text(encoding="utf-8")
    text = _replace(text, "files", _header("file", "kB", "kparams", "GFLOP", "ms, one thread", "sha256") + files)
    lights = ("clip recall, well lit", "clip recall, dim or dark")
    text = _replace(text, "detectors", _header("file", "confidence", *CLASSES, *lights) + detectors)
    text = _replace(text, "classifiers", _header("file", "accuracy", *CLASSES) + classifiers)
    readme.write_text(text, encoding="utf-8")
