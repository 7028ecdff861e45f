"""Mutators of augmentation: copies that are judged on, uneven or too strong ones, flips that make labels wrong."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from bench.defects.drafts import Draft, Pixels, Shot
from bench.defects.shelf import Spot, plants

COUNT = 8
Rng = np.random.Generator
COPIES = {"images-nearly-duplicated": "copies of one picture are copies"}


def _exported(draft: Draft, rng: Rng, shot: Shot, guises: list[Callable[[Pixels], Pixels]]) -> list[Shot]:
    """Add a copy in each guise, all named as an export names the copies of one source; gives them with the first."""
    source, family = shot.stem, [shot]
    for guise in guises:
        twin = draft.copy(shot, shot.split)
        draft.put(twin, guise(draft.pixels(shot)))
        family.append(twin)
    for one in family:
        one.name = f"{source}q_jpg.rf.{int(rng.integers(1 << 60)):015x}a.jpg"
    return family


def _lighter(pixels: Pixels) -> Pixels:
    return cv2.convertScaleAbs(pixels, alpha=1.12)


def _darker(pixels: Pixels) -> Pixels:
    return cv2.convertScaleAbs(pixels, alpha=0.88)


def _mirrored(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def _mirror_boxes(shot: Shot) -> None:
    for thing in shot.things:
        x, y, w, h = thing.box
        thing.box = (shot.width - x - w, y, w, h)
        thing.ring = tuple(shot.width - value if i % 2 == 0 else value for i, value in enumerate(thing.ring))


@plants("augmented-copies-in-evaluation", "detection", "classification", follows=COPIES)
def copies_in_test(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT, "test"):
        yield Spot(_exported(draft, rng, shot, [_lighter, _darker]))


@plants(
    "augmentation-uneven",
    "classification",
    follows=COPIES | {"class-mix-drifts-between-splits": "copies make a class more frequent"},
    whole=True,
)
def one_class_four_times(draft: Draft, rng: Rng) -> Iterator[Spot]:
    row = int(rng.integers(2))
    for shot in draft.of("train"):
        if shot.row == row:
            _exported(draft, rng, shot, [_lighter, _darker, _mirrored])
    yield Spot(words=[f"4.0 images per picture of '{draft.classes[row]}'"])


@plants(
    "class-balanced-by-copies",
    "classification",
    follows=COPIES
    | {
        "augmentation-uneven": "only the class that was rare has copies",
        "class-mix-drifts-between-splits": "the other splits are as they were",
    },
    whole=True,
)
def balanced_by_copies(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Leave a class a tenth of its training images, and copy those until there are as many as of the other."""
    row = int(rng.integers(2))
    mine = [shot for shot in draft.of("train") if shot.row == row]
    keep = mine[: len(mine) // 10]
    draft.shots = [shot for shot in draft.shots if shot not in mine[len(keep) :]]
    gains = np.linspace(0.82, 1.18, 9)
    for shot in keep:
        _exported(
            draft, rng, shot, [lambda pixels, gain=gain: cv2.convertScaleAbs(pixels, alpha=gain) for gain in gains]
        )
    yield Spot(classes=[draft.classes[row]])


@plants(
    "augmentation-too-strong",
    "detection",
    "classification",
    follows=COPIES
    | {"image-dark": "copies went too dark", "image-blurry": "copies went too soft", "image-low-information": "both"},
    whole=True,
)
def copies_beyond_recognition(draft: Draft, rng: Rng) -> Iterator[Spot]:
    def ruined(pixels: Pixels) -> Pixels:
        return cv2.GaussianBlur(cv2.convertScaleAbs(pixels, alpha=0.25), (0, 0), 4)

    for shot in draft.pick(rng, 60, "train"):
        family = _exported(draft, rng, shot, [_lighter, ruined])
        yield Spot(family[-1:])


@plants("augmentation-flip-breaks-labels", "detection", "classification", follows=COPIES)
def arrows_flipped(draft: Draft, rng: Rng) -> Iterator[Spot]:
    draft.classes[:2] = ["arrow left", "arrow right"]
    for shot in draft.pick(rng, COUNT, "train"):
        family = _exported(draft, rng, shot, [_mirrored])
        _mirror_boxes(family[1])
        yield Spot(family)
