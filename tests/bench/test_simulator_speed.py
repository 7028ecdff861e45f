"""How fast any threshold is answered, a curve drawn and a threshold recommended, at the size of COCO's val split."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

from readiness.evidence.threshold import Aim
from readiness.measures import operating, threshold_choice
from readiness.measures.operating import Matches
from readiness_coordinator.evaluate import simulator, thresholds
from readiness_coordinator.evaluate.simulator import Prepared, Subject

pytestmark = [pytest.mark.bench, pytest.mark.slow]

IMAGES, OBJECTS, ANSWERS, CLASSES, ROUNDS = 5_000, 36_000, 180_000, 80, 7


def matches() -> Matches:
    rng = np.random.default_rng(0)
    often = 1 / np.arange(1, CLASSES + 1) ** 0.8
    object_row, object_image = rng.choice(CLASSES, OBJECTS, p=often / often.sum()), rng.integers(0, IMAGES, OBJECTS)
    hit = np.flatnonzero(rng.random(OBJECTS) < 0.85)
    rest = ANSWERS - hit.size
    score = special.expit(np.r_[0.5 + 1.2 * rng.normal(size=hit.size), -3 + 1.5 * rng.normal(size=rest)])
    row = np.r_[object_row[hit], rng.choice(CLASSES, rest, p=often / often.sum())]
    image = np.r_[object_image[hit], rng.integers(0, IMAGES, rest)]
    right, order = np.arange(ANSWERS) < hit.size, rng.permutation(ANSWERS)
    return Matches(
        row[order], score[order], right[order], image[order], object_row, object_image, np.arange(IMAGES), CLASSES
    )


def best_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return 1000 * min(taken)


def test_any_threshold_is_answered_at_once() -> None:
    made = matches()
    subject = Subject(
        predictions="",
        dataset="",
        classes=tuple(f"c{row}" for row in range(CLASSES)),
        images=IMAGES,
        deployed=0.5,
        iou=0.5,
        cut=0.0,
        level=0.95,
    )
    part = threshold_choice.parted([f"{i:012}.jpg" for i in range(IMAGES)])
    ready = Prepared(subject, made, part, operating.ladder(made))
    kept = simulator.save(ready)
    each = {name: row / CLASSES for row, name in enumerate(subject.classes)}
    limits = {
        "one threshold": (20, lambda: simulator.simulate(ready, 0.3)),
        "one per class": (20, lambda: simulator.simulate(ready, each)),
        "all 180,000 answers": (20, lambda: simulator.simulate(ready, 0.0)),
        "curve of all": (20, lambda: simulator.curve(ready, None)),
        "curve of a class": (20, lambda: simulator.curve(ready, 0)),
        "prepare": (300, lambda: operating.ladder(made)),
        "load from its file": (300, lambda: simulator.load(kept)),
        "recommend, best F1": (300, lambda: thresholds.recommended(ready, Aim())),
        "recommend, cost": (300, lambda: thresholds.recommended(ready, Aim(kind="cost", cost_missed=5))),
        "recommend, recall": (300, lambda: thresholds.recommended(ready, Aim(kind="recall", target=0.7))),
        "recommend, precision": (300, lambda: thresholds.recommended(ready, Aim(kind="precision", target=0.9))),
    }
    print(f"\nfile {len(kept) / 2**20:.1f} MiB")
    for name, (limit, work) in limits.items():
        taken = best_ms(work)
        print(f"{name:22} {taken:7.1f} ms, at most {limit}")
        assert taken <= limit
