"""The search over a whole evaluation: weak slices in words, with their numbers, alike whatever the order of images."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import specimens
from made_up import SIDE
from readiness.evidence.weakness import Condition
from readiness.measures.matching import Matched, Pairs
from readiness_coordinator.evaluate import ground_truth, slice_scan
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.outcomes import Outcomes
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.same_files import SameFiles
from readiness_coordinator.formats.labelled import Annotation, Labelled, Picture

NONE = np.zeros(0, dtype=np.intp)


def case(said: Labelled, missed: frozenset[str], tags: dict[str, dict[str, str]]) -> Case:
    """An evaluation in which the objects of the ids `missed` were not found, and nothing false was said."""
    truth = ground_truth.of(said.pictures, said)
    ids = [one.id for picture in said.pictures for one in picture.annotations] or [one.name for one in said.pictures]
    hit = np.array([name not in missed for name in ids], dtype=bool)
    predictions = Predictions(
        split="test",
        pictures=said.pictures,
        image=NONE,
        row=NONE,
        boxes=np.zeros((0, 4)),
        scores=np.zeros(0),
        run=np.ones(len(said.pictures), dtype=bool),
        listed=True,
        foreign_images=0,
        foreign_answers=0,
        unlabelled_images=0,
        lowest_score=None,
    )
    nothing = np.zeros(0, dtype=bool)
    outcomes = Outcomes(NONE, NONE, NONE, NONE, NONE, nothing, hit)
    pairs = Pairs(NONE, NONE, np.zeros(0))
    matched = Matched(NONE, nothing)
    return Case(
        said, truth, predictions, "box", pairs, matched, outcomes, tags, SameFiles(), 0.3, 0.5, specimens.policy()
    )


def made(task: str = "detection", images: int = 1500, **more: Any) -> tuple[Labelled, frozenset[str]]:
    """Bolts and nuts, small and medium; small bolts of dark images are mostly missed, one in ten of all else."""
    rng = np.random.default_rng(0)
    pictures, missed = [], set()
    for i in range(images):
        light, row = ("dark", "well_lit")[int(rng.random() < 0.7)], int(rng.integers(0, 2))
        side = float(rng.choice([20.0, 60.0]))
        weak = light == "dark" and row == 0 and (side < 32 or task == "classification")
        one = Annotation(id=f"{i:04}.jpg", row=row, box=(30.0, 30.0, side, side))
        if rng.random() < (0.6 if weak else 0.1):
            missed.add(one.id)
        name = ("bolt", "nut")[row]
        labels = {"label": name} if task == "classification" else {"annotations": (one,)}
        pictures.append(
            Picture(name=one.id, file=Path(one.id), split="test", key=i, width=SIDE, height=SIDE, tags={"light": light})
        )
        pictures[-1] = msgspec.structs.replace(pictures[-1], **labels)
    good: dict[str, Any] = {"name": "made", "root": Path(), "format": "coco", "task": task, "classes": ("bolt", "nut")}
    return Labelled(**good, category_ids=(1, 2), pictures=tuple(pictures), **more), frozenset(missed)


def test_a_weak_slice_is_told_in_words_with_its_numbers() -> None:
    said, missed = made()
    scan = slice_scan.scan(case(said, missed, {}))
    (weak,) = scan.weak
    assert weak.words == "bolt, dark images, below 32 px"
    assert weak.conditions == (Condition("light", "dark"), Condition("size", "small"))
    mine = [p.name for p in said.pictures if p.tags["light"] == "dark"]
    mine = [
        one.id
        for p in said.pictures
        if p.name in mine
        for one in p.annotations
        if one.row == 0 and one.box and one.box[2] == 20
    ]
    assert (weak.objects, weak.images, weak.recall.n) == (len(mine),) * 3
    assert weak.recall.hits == len(set(mine) - missed)
    bolts = [one.id for p in said.pictures for one in p.annotations if one.row == 0 and one.id not in mine]
    assert (weak.rest.n, weak.rest.hits) == (len(bolts), len(set(bolts) - missed))
    assert weak.missed_images == tuple(sorted(set(mine) & missed))[:20]
    assert 0.3 * weak.objects < weak.confirmed.n < 0.7 * weak.objects
    assert (scan.method, scan.dimensions) == ("BY", ("light", "aspect", "position", "size"))


def test_images_in_any_order_give_the_same() -> None:
    said, missed = made()
    turned = msgspec.structs.replace(said, pictures=said.pictures[::-1])
    one, other = (slice_scan.scan(case(each, missed, {})) for each in (said, turned))
    assert msgspec.json.encode(one) == msgspec.json.encode(other)


def test_frames_of_a_recording_lie_in_one_half() -> None:
    said, missed = made()
    filmed = tuple(
        msgspec.structs.replace(one, tags=one.tags | {"recording": str(i // 10)}) for i, one in enumerate(said.pictures)
    )
    scan = slice_scan.scan(case(msgspec.structs.replace(said, pictures=filmed), missed, {}))
    assert "recording" not in scan.dimensions
    assert [one.confirmed.n_effective <= one.confirmed.n for one in scan.weak] == [True]


def test_a_classifier_is_searched_by_its_pictures() -> None:
    said, missed = made("classification")
    (weak,) = slice_scan.scan(case(said, missed, {})).weak
    assert weak.words == "bolt, dark images"


@pytest.mark.parametrize("images", [0, 1, 30])
def test_few_images_give_an_empty_search(images: int) -> None:
    said, missed = made(images=images)
    scan = slice_scan.scan(case(said, missed, {}))
    assert (scan.tested, scan.weak) == (0, ())


@pytest.mark.parametrize(
    ("name", "conditions", "said"),
    [
        ("bolt", [("light", "dark"), ("size", "small")], "bolt, dark images, below 32 px"),
        ("", [("site", "north_hall")], "site north hall"),
        (
            "",
            [("crowding", "crowded"), ("position", "corner")],
            "over 20 objects in the image, in a corner of the image",
        ),
        ("nut", [("truncated", "yes")], "nut, cut off"),
    ],
)
def test_words(name: str, conditions: list[tuple[str, str]], said: str) -> None:
    assert slice_scan.words(name, [Condition(*one) for one in conditions]) == said
