"""Clean pictures, drawn by seed: textured grounds in normal light with objects on them, no two of them alike."""

from pathlib import Path

import cv2
import numpy as np

from bench.defects.drafts import Draft, Pixels, Shot, Thing

CLASSES = ("bolt", "nut", "washer")
_COLOURS = ((60, 90, 170), (150, 110, 60), (80, 150, 90))
_OCTAVES = ((4, 3, 0.42), (12, 9, 0.28), (40, 30, 0.18), (120, 90, 0.12))
_SIZE = (320, 240)
_SMALL = (160, 120)
_SHARES = (("train", 0.7), ("val", 0.15), ("test", 0.15))


def objects(seed: int, pool: Path, count: int = 280) -> Draft:
    """Draw scenes with three to nine objects of three classes, their boxes and outlines; the split is random."""
    rng = np.random.default_rng([seed, 1])
    shots = []
    for number, split in enumerate(_splits(rng, count)):
        pixels = ground(rng, _SIZE)
        cells = rng.permutation(12)
        rows = [row for row in range(len(CLASSES)) for _ in range(int(rng.integers(1, 4)))]
        things = [_drawn(rng, pixels, row, int(cell)) for row, cell in zip(rows, cells, strict=False)]
        shots.append(_shot(pool, _name(rng, number), split, _lit(rng, pixels), things, None))
    return Draft("detection", "coco", list(CLASSES), shots, pool)


def portraits(seed: int, pool: Path, count: int = 400) -> Draft:
    """Draw one object a picture, of one of two classes; class and split are random."""
    rng = np.random.default_rng([seed, 2])
    shots = []
    for number, split in enumerate(_splits(rng, count)):
        pixels = ground(rng, _SMALL)
        row = int(rng.integers(2))
        thing = _outlined(rng, row, (_SMALL[0] / 2, _SMALL[1] / 2), float(rng.uniform(34, 50)))
        _paint(rng, pixels, thing)
        shots.append(_shot(pool, _name(rng, number), split, _lit(rng, pixels), [], row))
    return Draft("classification", "folder", list(CLASSES[:2]), shots, pool)


def ground(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """Draw noise of four octaves, the coarse ones strongest, as natural pictures have it."""
    total = np.zeros((size[1], size[0], 3), np.float32)
    for across, down, weight in _OCTAVES:
        octave = rng.uniform(0, 255, (down, across, 3)).astype(np.float32)
        # What is fine is light and shade more than colour.
        octave = octave if across < 20 else octave[:, :, :1].repeat(3, axis=2)
        total += weight * cv2.resize(octave, size, interpolation=cv2.INTER_CUBIC)
    stretched = 128 + 1.5 * (total - total.mean())
    return np.clip(stretched, 0, 255).astype(np.uint8)


def _splits(rng: np.random.Generator, count: int) -> list[str]:
    names = [name for name, share in _SHARES for _ in range(round(share * count))]
    return [names[i] for i in rng.permutation(len(names)).tolist()]


def _name(rng: np.random.Generator, number: int) -> str:
    """Name a picture as COCO does, by a number that says nothing."""
    return f"{int(rng.integers(1_000)) * 1_000 + number:012d}.jpg"


def _lit(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    return cv2.convertScaleAbs(pixels, alpha=float(rng.uniform(0.85, 1.1)), beta=float(rng.uniform(-8, 8)))


def _drawn(rng: np.random.Generator, pixels: Pixels, row: int, cell: int) -> Thing:
    """Draw an object into one of 4 x 3 cells of 80 pixels, so that no two overlap."""
    radius = float(rng.uniform(22, 37))
    room = 39 - radius
    centre = (40 + 80 * (cell % 4) + rng.uniform(-room, room), 40 + 80 * (cell // 4) + rng.uniform(-room, room))
    thing = _outlined(rng, row, (float(centre[0]), float(centre[1])), radius)
    _paint(rng, pixels, thing)
    return thing


def _outlined(rng: np.random.Generator, row: int, centre: tuple[float, float], radius: float) -> Thing:
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False) + rng.uniform(0, 0.4)
    reach = radius * rng.uniform(0.82, 1.0, 14)
    flat = (0.62, 0.85, 1.0)[row]
    turn = rng.uniform(0, np.pi)
    x, y = reach * np.cos(angles), flat * reach * np.sin(angles)
    xs, ys = x * np.cos(turn) - y * np.sin(turn) + centre[0], x * np.sin(turn) + y * np.cos(turn) + centre[1]
    ring = tuple(round(float(value), 2) for pair in zip(xs, ys, strict=True) for value in pair)
    xs, ys = np.array(ring[::2]), np.array(ring[1::2])
    box = (xs.min(), ys.min(), xs.max() - xs.min(), ys.max() - ys.min())
    return Thing(row, tuple(round(float(value), 2) for value in box), ring)


def _paint(rng: np.random.Generator, pixels: Pixels, thing: Thing) -> None:
    corners = np.round(np.array(thing.ring).reshape(-1, 2)).astype(np.int32)
    mask = cv2.fillPoly(np.zeros(pixels.shape[:2], np.uint8), [corners], 255)
    size = (pixels.shape[1], pixels.shape[0])
    grain = cv2.resize(rng.uniform(0, 90, (60, 80)).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    painted = np.array(_COLOURS[thing.row], np.float32) + rng.uniform(-25, 25, 3) + grain[:, :, None] - 30
    pixels[mask > 0] = np.clip(painted, 0, 255).astype(np.uint8)[mask > 0]
    cv2.polylines(pixels, [corners], isClosed=True, color=(25, 25, 30), lineType=cv2.LINE_AA)


def _shot(pool: Path, name: str, split: str, pixels: Pixels, things: list[Thing], row: int | None) -> Shot:
    file = pool / name
    cv2.imwrite(str(file), pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])
    height, width = pixels.shape[:2]
    return Shot(name, split, file, width, height, things, row)
