"""Mutators beside the data: labels that a model's answers contradict, and a scan that was cut short."""

from collections.abc import Iterator

import numpy as np

from bench.defects.drafts import Answer, Draft, Shot, Thing
from bench.defects.shelf import Spot, plants

COUNT = 7
Rng = np.random.Generator
SURE = 0.99


def _answered(draft: Draft, rng: Rng) -> list[tuple[Shot, Thing]]:
    """Let a good model answer on the clean labels, and choose objects that it is surest of, one an image."""
    chosen = list(draft.things(rng, COUNT))
    surest = {id(thing) for _, thing in chosen}
    for shot in draft.shots:
        for thing in shot.things:
            score = SURE if id(thing) in surest else float(rng.uniform(0.5, 0.95))
            if rng.random() < 0.95 or id(thing) in surest:
                x, y, w, h = thing.box
                dx, dy = rng.uniform(-2, 2, 2)
                draft.answers.append(Answer(shot, thing.row, (x + dx, y + dy, w, h), score))
        if rng.random() < 0.2:
            draft.answers.append(Answer(shot, int(rng.integers(len(draft.classes))), (2, 2, 30, 30), 0.2))
    return chosen


@plants("label-suspect-missing", "detection/coco")
def object_forgotten(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot, thing in _answered(draft, rng):
        shot.things.remove(thing)
        yield Spot([shot], classes=[draft.classes[thing.row]])


@plants("label-suspect-class", "detection/coco")
def class_swapped(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot, thing in _answered(draft, rng):
        right = draft.classes[thing.row]
        thing.row = (thing.row + 1) % len(draft.classes)
        yield Spot([shot], classes=sorted([right, draft.classes[thing.row]]))


@plants("label-suspect-box", "detection/coco")
def box_shifted(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot, thing in _answered(draft, rng):
        x, y, w, h = thing.box
        step = 0.55 * w if x < shot.width / 2 else -0.55 * w
        thing.move((x + step, y, w, h))
        yield Spot([shot], classes=[draft.classes[thing.row]])


@plants("label-suspect-class", "classification")
def folder_swapped(draft: Draft, rng: Rng) -> Iterator[Spot]:
    chosen = draft.pick(rng, COUNT)
    for shot in draft.shots:
        assert shot.row is not None
        score = SURE if shot in chosen else float(rng.uniform(0.6, 0.95))
        draft.answers.append(Answer(shot, shot.row, (0, 0, 0, 0), score))
    for shot in chosen:
        assert shot.row is not None
        shot.row = 1 - shot.row
        yield Spot([shot], classes=draft.classes)


@plants("scan-incomplete", "detection", "classification", asked={"stop_after": 100})
def scan_cut_short(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield Spot(words=[f"of {len(draft.shots)}"])
