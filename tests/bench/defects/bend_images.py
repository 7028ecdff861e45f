"""Mutators of image files: damaged, turned by EXIF, oddly stored, dark, bright, blurred, empty, odd in size."""

import io
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from PIL import Image

from bench.defects.drafts import Draft, Pixels, Shot
from bench.defects.scenes import ground
from bench.defects.shelf import Spot, plants
from bench.defects.writers import labels, place

COUNT = 7
Rng = np.random.Generator


def _each(draft: Draft, rng: Rng, bend: Callable[[Pixels], Pixels], ending: str = "") -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        draft.put(shot, bend(draft.pixels(shot)), ending)
        yield Spot([shot])


def _bytes(draft: Draft, rng: Rng, bend: Callable[[bytes], bytes]) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        draft.put_bytes(shot, bend(shot.file.read_bytes()))
        yield Spot([shot])


def _stored(draft: Draft, shot: Shot, image: Image.Image, kind: str, ending: str, **more: object) -> Spot:
    """Give a shot the same picture as another library writes it."""
    held = io.BytesIO()
    image.save(held, kind, **more)
    shot.name = shot.stem + ending
    draft.put_bytes(shot, held.getvalue())
    return Spot([shot])


def _opened(draft: Draft, shot: Shot) -> Image.Image:
    return Image.fromarray(cv2.cvtColor(draft.pixels(shot), cv2.COLOR_BGR2RGB))


@plants("image-unreadable", "detection", "classification")
def zero_bytes(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _bytes(draft, rng, lambda data: b"")


@plants("image-unreadable", "detection", "classification")
def text_named_as_image(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _bytes(draft, rng, lambda data: b"<html>404 not found</html>\n")


@plants("image-unreadable", "coco")
def file_not_there(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        name = place(draft, shot)
        draft.after.append(lambda root, name=name: (root / name).unlink())
        yield Spot([shot])


@plants("image-truncated", "detection", "classification")
def jpeg_cut_short(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _bytes(draft, rng, lambda data: data[: int(len(data) * rng.uniform(0.3, 0.9))])


@plants("image-truncated", "detection")
def png_cut_short(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        draft.put(shot, draft.pixels(shot), ".png")
        draft.put_bytes(shot, shot.file.read_bytes()[: int(shot.file.stat().st_size * rng.uniform(0.4, 0.9))])
        yield Spot([shot])


@plants("image-truncated", "detection", "classification")
def jpeg_ended_early(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Lose the lower part, but not the end marker, as a camera does whose card is full."""
    yield from _bytes(draft, rng, lambda data: data[: int(len(data) * rng.uniform(0.4, 0.9))] + b"\xff\xd9")


@plants("image-truncated", "detection", "classification")
def jpeg_with_a_hole(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Lose a block in the middle, as a download does that was resumed at the wrong place.

    A block of zeros would not do: of 30 such files the JPEG library itself takes 4 for whole.
    """

    def holed(data: bytes) -> bytes:
        start = int(len(data) * rng.uniform(0.3, 0.6))
        return data[:start] + data[start + 512 :]

    yield from _bytes(draft, rng, holed)


@plants("image-exif-rotated", "detection", "segmentation")
def exif_orientation(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for number, shot in enumerate(draft.pick(rng, COUNT)):
        exif = Image.Exif()
        exif[0x0112] = (6, 8, 3, 5, 7, 2, 4)[number]
        yield _stored(draft, shot, _opened(draft, shot), "JPEG", ".jpg", exif=exif, quality=92)


@plants("image-mode-odd", "detection", "classification")
def cmyk(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        yield _stored(draft, shot, _opened(draft, shot).convert("CMYK"), "JPEG", ".jpg", quality=92)


@plants("image-mode-odd", "detection", "classification")
def sixteen_bits(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        deep = draft.pixels(shot).astype(np.uint16) * 257
        shot.name = shot.stem + ".png"
        draft.put_bytes(shot, cv2.imencode(".png", deep)[1].tobytes())
        yield Spot([shot])


@plants("image-mode-odd", "detection", "classification")
def alpha_channel(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        image = _opened(draft, shot)
        image.putalpha(Image.linear_gradient("L").resize(image.size))
        yield _stored(draft, shot, image, "PNG", ".png")


@plants("image-mode-odd", "detection", "classification")
def animated(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        image = _opened(draft, shot)
        second = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        yield _stored(draft, shot, image, "PNG", ".png", save_all=True, append_images=[second], duration=100)


@plants("image-size-differs", "detection/coco", "segmentation/coco")
def size_said_otherwise(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        shot.said = {"width": shot.width * 2, "height": shot.height * 2}
        yield Spot([shot])


@plants("image-size-differs", "detection/coco")
def sides_said_swapped(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        shot.said = {"width": shot.height, "height": shot.width}
        yield Spot([shot])


@plants(
    "image-dark",
    "detection",
    "classification",
    follows={"image-low-information": "what is nearly black holds few values"},
)
def nearly_black(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _each(draft, rng, lambda pixels: cv2.convertScaleAbs(pixels, alpha=rng.uniform(0.04, 0.12)))


@plants(
    "image-bright",
    "detection",
    "classification",
    follows={"image-low-information": "what is nearly white holds few values"},
)
def washed_out(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _each(draft, rng, lambda pixels: cv2.convertScaleAbs(pixels, alpha=0.1, beta=rng.uniform(242, 250)))


@plants("image-blurry", "detection", "classification")
def out_of_focus(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _each(draft, rng, lambda pixels: cv2.GaussianBlur(pixels, (0, 0), pixels.shape[1] / 32))


@plants("image-blurry", "detection")
def moved_in_exposure(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _each(draft, rng, lambda pixels: cv2.filter2D(pixels, -1, np.full((5, 41), 1 / 205)))


@plants(
    "image-low-information",
    "detection",
    "classification",
    follows={
        "image-blurry": "a plain surface has no edge",
        "image-grey-among-colour": "it is grey",
        "images-duplicated": "two plain surfaces may be the same",
        "images-shared-across-splits": "two plain surfaces may be the same",
        "labels-conflict": "two plain surfaces may be the same, under other labels",
    },
)
def plain_surface(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        draft.put(shot, np.full((shot.height, shot.width, 3), int(rng.integers(90, 170)), np.uint8))
        yield Spot([shot])


@plants("image-size-odd", "classification", follows={"image-blurry": "enlarged pictures are soft"})
def far_larger(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, 4):
        draft.put(shot, ground(rng, (1280, 960)))
        yield Spot([shot])


@plants("image-size-odd", "classification")
def thumbnails(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _each(draft, rng, lambda pixels: cv2.resize(pixels, (32, 24), interpolation=cv2.INTER_AREA))


@plants("image-aspect-odd", "classification", follows={"image-size-odd": "one size is usual there, and this is none"})
def narrow_strips(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT):
        draft.put(shot, ground(rng, (480, 40) if rng.random() < 0.5 else (40, 480)))
        yield Spot([shot])


@plants("image-grey-among-colour", "detection", "classification")
def without_colour(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _each(
        draft, rng, lambda pixels: cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    )


@plants("names-collide", "coco", "classification")
def names_alike_but_for_case(draft: Draft, rng: Rng) -> Iterator[Spot]:
    shots = [shot for shot in draft.pick(rng, 12, "train") if shot.row in {None, 0}]
    for shot, other in zip(shots[::2], shots[1::2], strict=False):
        shot.name, other.name = f"part {shot.name}", f"Part {shot.name}"
        yield Spot([shot, other])


@plants("names-collide", "yolo")
def two_endings_one_label(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, 5, "train"):
        twin = draft.copy(shot, "train", shot.stem + ".png")
        draft.put(twin, ground(rng, (shot.width, shot.height)))
        yield Spot(words=[labels(draft, shot)])
