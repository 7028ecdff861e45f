"""Small truths and predictions made in memory, evaluated as the command does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import specimens
from readiness.evidence.evaluation import Evaluation
from readiness_coordinator.evaluate import predictions, simulator
from readiness_coordinator.evaluate.about import About
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.evaluate.evaluation import case_of, evaluate
from readiness_coordinator.formats import Annotation, Labelled, Picture

Thing = tuple[int, tuple[float, float, float, float], bool]
Answer = tuple[str, int, tuple[float, float, float, float], float]


def labelled(images: Sequence[Sequence[Thing]], classes: Sequence[str] = ("bolt", "nut"), **changes: Any) -> Labelled:
    """Make a detection dataset of one test split; each thing is class row, box x y w h, crowd."""
    pictures = tuple(
        Picture(
            name=f"{i}.jpg",
            file=Path(f"/nowhere/{i}.jpg"),
            split="test",
            key=i,
            annotations=tuple(
                Annotation(id=f"{i}-{j}", row=row, box=box, crowd=crowd) for j, (row, box, crowd) in enumerate(things)
            ),
        )
        for i, things in enumerate(images)
    )
    good: dict[str, Any] = {
        "name": "made",
        "root": Path("/nowhere"),
        "format": "coco",
        "task": "detection",
        "classes": tuple(classes),
        "category_ids": tuple(range(1, len(classes) + 1)),
        "pictures": pictures,
    }
    return Labelled(**good | changes)


def columns(answers: Sequence[Answer]) -> Columns:
    """Lay answers out as a file is read: image, class row, box, score."""
    return Columns(
        images=[image for image, _, _, _ in answers],
        rows=np.array([row for _, row, _, _ in answers], dtype=np.intp),
        boxes=np.array([box for _, _, box, _ in answers], dtype=float).reshape(-1, 4),
        scores=np.array([score for _, _, _, score in answers], dtype=float),
        digest="sha256:" + "e" * 64,
    )


def case(truth: Labelled, said: Columns, confidence: float = 0.3, split: str | None = None) -> Case:
    """Lay an evaluation under way out, at IoU 0.5."""
    placed = predictions.place(said, truth, split)
    return case_of(truth, placed, confidence=confidence, iou=0.5, policy=specimens.policy(), tags={})


def evaluated(truth: Labelled, said: Columns, **changes: Any) -> Evaluation:
    """Evaluate at confidence 0.3 and IoU 0.5; `run`, `split`, `tags` and what a Case or About holds may be given."""
    placed = predictions.place(said, truth, changes.pop("split", None), changes.pop("run", None))
    good: dict[str, Any] = {"confidence": 0.3, "iou": 0.5, "policy": specimens.policy(), "tags": {}}
    made = case_of(truth, placed, **{key: changes.pop(key, value) for key, value in good.items()})
    about = About(specimens.MODEL, specimens.DATASET, said.digest, specimens.OBSERVED_AT)._replace(**changes)
    return evaluate(made, about, simulator.prepare(made, predictions=about.predictions, dataset=about.dataset))
