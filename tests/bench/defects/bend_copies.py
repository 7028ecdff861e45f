"""Mutators that copy: the same picture twice, in two splits, under two labels, in every guise; kin by name or EXIF."""

import io
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from PIL import Image

from bench.defects.drafts import Draft, Pixels, Shot
from bench.defects.shelf import Spot, plants

COUNT = 8
Rng = np.random.Generator
Guise = Callable[[Pixels, Rng], Pixels]


def _leaks(draft: Draft, rng: Rng, guise: Guise | None, quality: int = 92) -> Iterator[Spot]:
    """Put copies of training images, each in its guise, into the test split."""
    for shot in draft.pick(rng, COUNT, "train"):
        twin = draft.copy(shot, "test")
        if guise is not None:
            draft.put(twin, guise(draft.pixels(shot), rng), quality=quality)
            _scale(twin, shot)
        yield Spot([shot, twin], splits=("train", "test"))


def _scale(twin: Shot, shot: Shot) -> None:
    """Keep the boxes of a copy of another size within it."""
    across, down = twin.width / shot.width, twin.height / shot.height
    for one in twin.things:
        x, y, w, h = one.box
        one.move((x * across, y * down, w * across, h * down))


def _warped(pixels: Pixels, matrix: object) -> Pixels:
    size = (pixels.shape[1], pixels.shape[0])
    return cv2.warpAffine(pixels, np.asarray(matrix, np.float32), size, borderMode=cv2.BORDER_CONSTANT)


def turned_by(pixels: Pixels, degrees: float) -> Pixels:
    centre = (pixels.shape[1] / 2, pixels.shape[0] / 2)
    return _warped(pixels, cv2.getRotationMatrix2D(centre, degrees, 1.0))


def cut(pixels: Pixels, share: float, rng: Rng) -> Pixels:
    """Cut a share of each side away and enlarge the rest to the old size."""
    height, width = pixels.shape[:2]
    high, wide = round(height * (1 - share)), round(width * (1 - share))
    y, x = int(rng.integers(height - high + 1)), int(rng.integers(width - wide + 1))
    return cv2.resize(pixels[y : y + high, x : x + wide], (width, height), interpolation=cv2.INTER_CUBIC)


def _shear(pixels: Pixels, amount: float) -> Pixels:
    return _warped(pixels, [[1, amount, -amount * pixels.shape[0] / 2], [0, 1, 0]])


def _mirrored_cut(pixels: Pixels, rng: Rng) -> Pixels:
    return cv2.convertScaleAbs(cut(pixels[:, ::-1], 0.2, rng), alpha=1.2)


GUISES: dict[str, tuple[Guise | None, int]] = {
    "exact": (None, 92),
    "encoded_again": (lambda pixels, rng: pixels, 40),
    "flipped_left_right": (lambda pixels, rng: pixels[:, ::-1], 92),
    "flipped_up_down": (lambda pixels, rng: pixels[::-1], 92),
    "turned_90": (lambda pixels, rng: np.rot90(pixels, int(rng.choice([1, 3]))), 92),
    "turned_180": (lambda pixels, rng: np.rot90(pixels, 2), 92),
    "brighter": (lambda pixels, rng: cv2.convertScaleAbs(pixels, alpha=1.25), 92),
    "darker": (lambda pixels, rng: cv2.convertScaleAbs(pixels, alpha=0.7), 92),
    "half_size": (lambda pixels, rng: cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 92),
    "cut_10": (lambda pixels, rng: cut(pixels, 0.1, rng), 92),
    "cut_20": (lambda pixels, rng: cut(pixels, 0.2, rng), 92),
    "tilted_5": (lambda pixels, rng: turned_by(pixels, 5), 92),
    "tilted_15": (lambda pixels, rng: turned_by(pixels, -15), 92),
    "sheared": (lambda pixels, rng: _shear(pixels, 0.2), 92),
    "flipped_cut_brighter": (_mirrored_cut, 92),
}
_FOLLOWS = {"half_size": {"image-size-odd": "half the size is another size where all have one"}}


def _shelve(name: str, guise: Guise | None, quality: int) -> None:
    def leak(draft: Draft, rng: Rng) -> Iterator[Spot]:
        yield from _leaks(draft, rng, guise, quality)

    leak.__name__ = f"leaked_{name}"
    plants("images-shared-across-splits", "detection/coco", "classification", follows=_FOLLOWS.get(name))(leak)


for _name, (_guise, _quality) in GUISES.items():
    _shelve(_name, _guise, _quality)


@plants("images-duplicated", "detection/coco", "classification")
def copied_within_a_split(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT, "train"):
        yield Spot([shot, draft.copy(shot, "train")])


@plants("images-nearly-duplicated", "detection/coco", "classification")
def copied_and_encoded_again(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT, "train"):
        twin = draft.copy(shot, "train")
        draft.put(twin, draft.pixels(shot), quality=60)
        yield Spot([shot, twin])


@plants("images-nearly-duplicated", "detection/coco", "classification")
def copied_and_cut(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT, "train"):
        twin = draft.copy(shot, "train")
        draft.put(twin, cut(draft.pixels(shot), 0.15, rng))
        yield Spot([shot, twin])


@plants("labels-conflict", "classification", follows={"images-duplicated": "they are copies"})
def two_labels(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT, "train"):
        assert shot.row is not None
        twin = draft.copy(shot, "train", row=1 - shot.row)
        yield Spot([shot, twin], classes=draft.classes)


@plants(
    "labels-conflict",
    "classification",
    follows={"images-duplicated": "they are copies"},
)
def two_labels_encoded_again(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, COUNT, "train"):
        assert shot.row is not None
        twin = draft.copy(shot, "train", shot.stem + "x.png", row=1 - shot.row)
        draft.put(twin, draft.pixels(shot))
        yield Spot([shot, twin], classes=draft.classes)


def _kin(draft: Draft, rng: Rng, name: Callable[[int, int], str]) -> Iterator[Spot]:
    """Rename pairs of unlike images over two splits as if they were taken together."""
    seen, unseen = draft.pick(rng, COUNT, "train"), draft.pick(rng, COUNT, "test")
    for number, (one, other) in enumerate(zip(seen, unseen, strict=True)):
        other.row = one.row
        for take, shot in enumerate((one, other)):
            shot.name = name(number, take)
        yield Spot([one, other], splits=("train", "test"))


@plants("source-shared-across-splits", "detection", "classification")
def exported_copies(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _kin(draft, rng, lambda number, take: f"photo{number}x_jpg.rf.{rng.integers(1 << 60):015x}{take}.jpg")


@plants("recording-shared-across-splits", "detection", "segmentation/coco")
def video_frames(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _kin(draft, rng, lambda number, take: f"belt{'abcdefgh'[number]}_mp4-{take * 40 + 3}_jpg.jpg")


@plants("recording-shared-across-splits", "detection/coco")
def recording_key(draft: Draft, rng: Rng) -> Iterator[Spot]:
    seen, unseen = draft.pick(rng, COUNT, "train"), draft.pick(rng, COUNT, "val")
    for number, (one, other) in enumerate(zip(seen, unseen, strict=True)):
        one.said = other.said = {"video": f"drive {'abcdefgh'[number]}"}
        yield Spot([one, other], splits=("train", "val"))


@plants("burst-shared-across-splits", "detection", "classification")
def burst(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """One camera, pictures a second apart, on both sides; every other picture of the set has a day of its own."""
    pairs = zip(draft.pick(rng, COUNT, "train"), draft.pick(rng, COUNT, "test"), strict=True)
    for number, pair in enumerate(pairs):
        for second, shot in enumerate(pair):
            exif = Image.Exif()
            exif[0x010F], exif[0x0110] = "Maker", "Model 7"
            taken = f"2026:03:{number + 1:02d} 10:20:{30 + second:02d}"
            exif[0x0132] = taken
            exif.get_ifd(0x8769)[0x9003] = taken
            held = io.BytesIO()
            Image.open(shot.file).save(held, "JPEG", exif=exif, quality=92)
            draft.put_bytes(shot, held.getvalue())
        yield Spot(pair, splits=("train", "test"))


@plants("group-shared-across-splits", "detection", "classification", asked={"group": r"site-([a-z]+)"})
def users_own_groups(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _kin(draft, rng, lambda number, take: f"site-{'abcdefgh'[number]}{'xyzuvwrs'[number]}_{take}7q.jpg")
