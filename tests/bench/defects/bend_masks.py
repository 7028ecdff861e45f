"""Mutators of mask images: values that are no class, another size, a mask without its image, no mask at all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.defects.drafts import Draft, Pixels
from bench.defects.shelf import Spot, plants
from bench.defects.writers import labels

COUNT = 7
Rng = np.random.Generator


def _masks(draft: Draft, rng: Rng, bend: Callable[[Pixels], Pixels], *words: str) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        name = labels(draft, shot)
        draft.after.append(lambda root, name=name: _rewrite(root / name, bend))
        yield Spot(words=[name, *words])


def _rewrite(file: Path, bend: Callable[[Pixels], Pixels]) -> None:
    cv2.imwrite(str(file), bend(cv2.imread(str(file), cv2.IMREAD_UNCHANGED)))


@plants("mask-values-stray", "masks")
def value_of_no_class(draft: Draft, rng: Rng) -> Iterator[Spot]:
    def bend(mask: Pixels) -> Pixels:
        cv2.rectangle(mask, (4, 4), (14, 14), 77, -1)
        return mask

    yield from _masks(draft, rng, bend, "77")


@plants("mask-values-stray", "masks")
def edges_interpolated(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Write class values far apart as a resizing tool or a JPEG leaves them, with values between at the edges."""
    yield from _masks(draft, rng, lambda mask: cv2.GaussianBlur(mask * 60, (5, 5), 0))


@plants("mask-size-differs", "masks")
def mask_of_half_size(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _masks(draft, rng, lambda mask: mask[::2, ::2], "160x120")


@plants("mask-size-differs", "masks", follows={"box-out-of-bounds": "what it marks leaves the image"})
def mask_turned(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _masks(draft, rng, lambda mask: np.ascontiguousarray(np.rot90(mask)), "240x320")


@plants("annotation-unusable", "masks")
def mask_damaged(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        name = labels(draft, shot)
        draft.after.append(lambda root, name=name: (root / name).write_bytes((root / name).read_bytes()[:60]))
        yield Spot(words=[name])


@plants("label-file-orphaned", "masks")
def mask_without_image(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for number, shot in enumerate(draft.pick(rng, COUNT)):
        source, name = labels(draft, shot), f"train/masks/lost{number}.png"
        draft.after.append(
            lambda root, source=source, name=name: (root / name).write_bytes((root / source).read_bytes())
        )
        yield Spot(words=[name])
