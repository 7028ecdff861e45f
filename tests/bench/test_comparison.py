"""How sure a comparison is: coverage of its intervals, how often equal models are told apart, power, and speed.

Objects of one image share its difficulty (intraclass correlation 0.2), and both models share what is hard about an
object, as models trained on the same data do; `shared` is how much of it. False answers come by image too.
"""

import math
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import specimens
from readiness.measures import ap_influence, conventions, paired
from readiness.measures.ap_influence import Answered
from readiness.measures.paired import Trials
from readiness_coordinator.evaluate import comparing, reconciling
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.evaluate.evaluation import case_of
from readiness_coordinator.evaluate.predictions import place
from readiness_coordinator.formats import Annotation, Labelled, Picture

pytestmark = [pytest.mark.bench, pytest.mark.slow, pytest.mark.timeout(900)]

REPEATS = 2000
COVERED, ALARMED = 0.93, 0.06


class World:
    """Many repeats of one evaluation: `label` numbers the repeat of each object, `cluster` its image."""

    def __init__(self, seed: int, images: int, per: float, repeats: int = REPEATS) -> None:
        self.rng = np.random.default_rng(seed)
        self.images, self.repeats = images, repeats
        count = 1 + self.rng.poisson(per - 1, (repeats, images))
        self.objects = count.astype(np.float64)
        self.label = np.repeat(np.arange(repeats), count.sum(axis=1))
        self.cluster = np.repeat(np.tile(np.arange(images), repeats), count.ravel())
        self.image = self.rng.normal(size=(repeats, images))
        self.hard = self.rng.normal(size=self.label.size)

    def recall(self, rate: float, shared: float) -> Trials:
        return Trials(self.label, self.cluster, self._hardness(shared) < stats.norm.ppf(rate))

    def precision(self, rate: float, per: float) -> Trials:
        count = self.rng.poisson(per, (self.repeats, self.images))
        label = np.repeat(np.arange(self.repeats), count.sum(axis=1))
        cluster = np.repeat(np.tile(np.arange(self.images), self.repeats), count.ravel())
        lone = math.sqrt(0.2) * self.image[label, cluster] + math.sqrt(0.8) * self.rng.normal(size=label.size)
        return Trials(label, cluster, lone < stats.norm.ppf(rate))

    def answers(self, rate: float, apart: float, false: float) -> Answered:
        """Found objects score `apart` higher than false answers, of which there are `false` an image."""
        hardness = self._hardness(0.7)
        hit = hardness < stats.norm.ppf(rate)
        count = self.rng.poisson(false, (self.repeats, self.images))
        label = np.repeat(np.arange(self.repeats), count.sum(axis=1))
        cluster = np.repeat(np.tile(np.arange(self.images), self.repeats), count.ravel())
        score = np.concatenate(
            [self.rng.normal(apart, 1, hit.sum()) - hardness[hit] / 2, self.rng.normal(size=label.size)]
        )
        row = np.concatenate([self.label[hit], label])
        right = np.concatenate([np.ones(hit.sum(), dtype=bool), np.zeros(label.size, dtype=bool)])
        order = np.lexsort((-score, row))
        return Answered(right[order], row[order], np.concatenate([self.cluster[hit], cluster])[order])

    def _hardness(self, shared: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        own = self.rng.normal(size=self.label.size)
        thing = math.sqrt(shared) * self.hard + math.sqrt(1 - shared) * own
        return math.sqrt(0.2) * self.image[self.label, self.cluster] + math.sqrt(0.8) * thing


def test_intervals_of_rates() -> None:
    heads = ("images", "per", "before", "after", "shared", "recall", "precision", "width")
    print("\n" + " ".join(f"{head:>9}" for head in heads))
    worst = 1.0
    for images, per in ((20, 1.2), (30, 3), (60, 1.2), (100, 4), (300, 2)):
        for before, after in ((0.9, 0.9), (0.9, 0.8), (0.97, 0.7), (0.5, 0.5)):
            for shared in (0.0, 0.8):
                world = World(1, images, per)
                recall = paired.ratio_differences(
                    world.recall(before, shared), world.recall(after, shared), world.repeats
                )
                precision = paired.ratio_differences(
                    world.precision(before, per), world.precision(after, per), world.repeats
                )
                held = [
                    float(((one.lower <= after - before) & (after - before <= one.upper))[~np.isnan(one.p)].mean())
                    for one in (recall, precision)
                ]
                worst = min(worst, *held)
                width = (recall.upper - recall.lower).mean()
                row = (images, per, before, after, shared, *held, width)
                print(" ".join(f"{value:9.3f}" for value in row))
    print(f"least coverage {worst:.3f}, {COVERED} wanted")
    assert worst >= COVERED


def test_intervals_of_average_precision() -> None:
    worst = 1.0
    print(f"\n{'objects':>7} {'per':>4} {'difference':>10} {'coverage':>8} {'width':>6}")
    for before, after in (((0.8, 1.5, 2.0), (0.8, 1.5, 2.0)), ((0.8, 1.5, 2.0), (0.7, 1.2, 3.0))):
        for images, per in ((50, 1), (100, 1), (400, 1), (30, 2), (60, 4)):
            large = World(2, 40_000, per, repeats=1)
            truth = _ap(large, large.answers(*after)) - _ap(large, large.answers(*before))
            wanted = 0.0 if before == after else float(truth[0])
            world = World(3, images, per, repeats=1000)
            one, other = world.answers(*before), world.answers(*after)
            part = ap_influence.influence(other, world.objects) - ap_influence.influence(one, world.objects)
            difference = _ap(world, other) - _ap(world, one)
            found = ap_influence.differences(part, difference, world.objects.sum(axis=1))
            held = float(((found.lower <= wanted) & (wanted <= found.upper)).mean())
            width = (found.upper - found.lower).mean()
            worst = min(worst, held)
            print(f"{world.objects.sum(axis=1).mean():7.0f} {per:4d} {wanted:10.3f} {held:8.3f} {width:6.3f}")
    print(f"least coverage {worst:.3f}, {COVERED} wanted")
    assert worst >= COVERED


def _ap(world: World, side: Answered) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    counts = world.objects.sum(axis=1).astype(np.intp)
    return conventions.average_precisions(side.right, side.row, counts, "101 points")


def _dataset(rng: np.random.Generator, images: int, objects: int, classes: int) -> Labelled:
    """Pictures of 640 by 480 with objects of classes that grow rarer."""
    share = 1 / np.arange(1, classes + 1)
    where = np.sort(rng.integers(0, images, objects))
    row = rng.choice(classes, objects, p=share / share.sum())
    size = np.exp(rng.normal(4, 0.8, (objects, 2))).clip(4, 300)
    boxes = np.hstack([rng.random((objects, 2)) * ([640, 480] - size), size])
    edges = np.searchsorted(where, np.arange(images + 1))
    pictures = tuple(
        Picture(
            name=f"{i}.jpg",
            file=Path(f"/nowhere/{i}.jpg"),
            split="test",
            key=i,
            width=640,
            height=480,
            annotations=tuple(
                Annotation(id=str(j), row=int(row[j]), box=tuple(boxes[j].tolist()), crowd=j % 90 == 0)
                for j in range(edges[i], edges[i + 1])
            ),
        )
        for i in range(images)
    )
    names = tuple(f"class {i}" for i in range(classes))
    return Labelled(
        name="made",
        root=Path("/nowhere"),
        format="coco",
        task="detection",
        classes=names,
        category_ids=tuple(range(classes)),
        pictures=pictures,
    )


def _model(rng: np.random.Generator, truth: Labelled, hard: list[float], missed: float, false: float) -> Case:
    """Answer what is not hard, and some things that are not there."""
    things = [(picture, one) for picture in truth.pictures for one in picture.annotations]
    images, rows, boxes, scores = [], [], [], []
    luck = rng.random((len(things), 2))
    for (picture, one), hardness, (own, score) in zip(things, hard, luck.tolist(), strict=True):
        if 0.7 * hardness + 0.3 * own > missed and one.box is not None:
            images.append(picture.name)
            rows.append(one.row)
            boxes.append(one.box)
            scores.append(0.3 + 0.7 * score)
    extra = rng.integers(0, len(truth.pictures), round(false * len(things)))
    images += [truth.pictures[i].name for i in extra.tolist()]
    rows += rng.integers(0, len(truth.classes), extra.size).tolist()
    boxes += [(1.0, 1.0, 3.0, 3.0)] * extra.size
    scores += (0.5 * rng.random(extra.size)).tolist()
    said = Columns(images, np.array(rows), np.array(boxes), np.array(scores), "sha256:" + "e" * 64)
    placed = place(said, truth, "test")
    light = rng.integers(0, 3, len(truth.pictures)).tolist()
    tags = {
        picture.name: {"light": ("dark", "dim", "bright")[light[i]], "camera": f"camera {i % 4}"}
        for i, picture in enumerate(truth.pictures)
    }
    return case_of(truth, placed, confidence=0.3, iou=0.5, policy=specimens.policy(), tags=tags)


def test_equal_models_are_told_apart_in_at_most_6_of_100_comparisons() -> None:
    rng = np.random.default_rng(10)
    alarms = asked = told = 0
    repeats = 300
    for _ in range(repeats):
        truth = _dataset(rng, 100, 400, 8)
        hard = rng.random(400).tolist()
        one, same = (_model(rng, truth, hard, 0.2, 0.3) for _ in range(2))
        worse = _model(rng, truth, hard, 0.35, 0.3)
        null, real = (comparing.compare([one, other], ["one", "other"]).versus[0] for other in (same, worse))
        alarms += any(d.answer != "cannot tell" for d in null.differences)
        asked += len(null.differences)
        told += real.answer == "worse"
    print(
        f"\n{alarms} of {repeats} comparisons of equal models say a difference, over {asked / repeats:.0f} figures each"
    )
    print(f"{told} of {repeats} comparisons name a model worse that finds about 0.15 fewer")
    assert alarms <= ALARMED * repeats
    assert told >= 0.95 * repeats


def test_speed_at_coco_size() -> None:
    rng = np.random.default_rng(0)
    truth = _dataset(rng, 5000, 36_000, 80)
    hard = rng.random(36_000).tolist()
    one, other = (_model(rng, truth, hard, missed, 4.2) for missed in (0.2, 0.22))
    taken = {}
    for name, run in (
        ("compare", lambda: comparing.compare([one, other], ["one", "other"])),
        ("reconcile", lambda: reconciling.reconcile(one)),
    ):
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            run()
            times.append(time.perf_counter() - begun)
        taken[name] = min(times)
        print(f"\n{name}: {taken[name]:.2f} s, {one.predictions.scores.size} answers")
    assert taken["compare"] <= 0.6
    assert taken["reconcile"] <= 0.8
