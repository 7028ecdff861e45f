"""How many copies of real pictures are linked to their source, by kind of copy, beside plain pHash; no false pair."""

import random
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from readiness.measures import features, hashes, overlap, proof

pytestmark = pytest.mark.bench

Pixels = npt.NDArray[np.uint8]

# Pictures of each folder; of robot_home and frames few, for neighbours there show the same scene.
TAKEN = {
    "datasets/bccd_voc/BCCD/JPEGImages": 16,
    "datasets/coco_mini_cc/train2017": 14,
    "datasets/coco_mini_cc/val2017": 14,
    "datasets/cones_cubes_yolo/train/images": 12,
    "datasets/trashnet_subset": 18,
    "datasets/robot_home": 12,
    "datasets/segmentation_samples": 3,
    "frames": 4,
    "images": 14,
}
PAIRS = 2000
SEED = 7


class Kept(NamedTuple):
    """What a scan keeps of a picture, and what CleanVision does."""

    hashes: npt.NDArray[np.uint64] | None
    face: proof.Face
    features: features.Features
    peer: Any


def jpeg(p: Pixels) -> Pixels:
    return cv2.imdecode(cv2.imencode(".jpg", p, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)


def noise(p: Pixels) -> Pixels:
    out, chance = p.copy(), np.random.default_rng(SEED).random(p.shape[:2])
    out[chance < 0.025], out[chance > 0.975] = 0, 255
    return out


def crop(share: float) -> Callable[[Pixels], Pixels]:
    def cut(p: Pixels) -> Pixels:
        height, width = p.shape[:2]
        y, x = int(height * share / 2), int(width * share / 2)
        return p[y : height - y, x : width - x].copy()

    return cut


def rotate(degrees: float) -> Callable[[Pixels], Pixels]:
    def turned(p: Pixels) -> Pixels:
        height, width = p.shape[:2]
        return cv2.warpAffine(p, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), (width, height))

    return turned


def shear(p: Pixels) -> Pixels:
    height, width = p.shape[:2]
    return cv2.warpAffine(p, np.array([[1, 0.15, -0.075 * height], [0, 1, 0]]), (width, height))


def cut_out(p: Pixels) -> Pixels:
    out, (height, width) = p.copy(), p.shape[:2]
    out[int(0.35 * height) : int(0.65 * height), int(0.4 * width) : int(0.7 * width)] = 0
    return out


# Each kind of copy with the share that must be linked.
COPIES: dict[str, tuple[Callable[[Pixels], Pixels], float]] = {
    "JPEG q40": (jpeg, 0.95),
    "brightness +25 %": (lambda p: cv2.convertScaleAbs(p, alpha=1.25), 0.95),
    "salt and pepper 5 %": (noise, 0.9),
    "mirrored": (lambda p: p[:, ::-1].copy(), 1.0),
    "upside down": (lambda p: p[::-1].copy(), 1.0),
    "turned by 90": (lambda p: np.rot90(p).copy(), 1.0),
    "turned by 270": (lambda p: np.rot90(p, 3).copy(), 1.0),
    "rotated by 5": (rotate(5), 0.9),
    "rotated by 15": (rotate(15), 0.9),
    "crop 10 %": (crop(0.1), 0.9),
    "crop 20 %": (crop(0.2), 0.9),
    "crop 40 %": (crop(0.4), 0.9),
    "shear": (shear, 0.9),
    "cut-out": (cut_out, 0.9),
    "mirrored, crop 20 %, brighter": (
        lambda p: cv2.convertScaleAbs(crop(0.2)(p)[:, ::-1], alpha=1.25),
        0.9,
    ),
}


def kept(p: Pixels) -> Kept:
    p = np.ascontiguousarray(p)
    shown = Image.fromarray(cv2.cvtColor(p, cv2.COLOR_BGR2RGB))
    described = features.unpacked(features.features(p))
    # The peer comes with the benchmarks alone.
    import imagehash

    face = proof.face(p)
    return Kept(hashes.perceptual(face.detail), face, described, imagehash.phash(shown))


def linked(one: Kept, two: Kept) -> bool:
    """Compare two pictures as a scan does: near hashes that agree, or features that do where they overlap."""
    if one.hashes is not None and two.hashes is not None:
        apart = np.bitwise_count(one.hashes[0] ^ two.hashes)
        turned = two.face.turned(int(apart.argmin()))
        same = hashes.agreement(one.face.thumbnail[None], turned.thumbnail[None])[0] >= hashes.SAME
        if apart.min() <= hashes.NEAR and same and proof.proven(one.face, turned):
            return True
    found = features.alignment(one.features, two.features)
    return found is not None and overlap.laid(one.face, two.face, found) is not None


def chosen(data: Path) -> list[Path]:
    rng = random.Random(SEED)
    files = []
    for folder, count in TAKEN.items():
        here = [
            file
            for file in sorted((data / folder).rglob("*"))
            if file.suffix in {".jpg", ".png", ".bmp"} and not {"mask", "golden", "video"} & set(file.stem.split("_"))
        ]
        # One exposure of each frame: the others are copies.
        rng.shuffle(here)
        once = {(file.parent.name, file.name.split(".rf.")[0]): file for file in here}
        files += list(once.values())[:count]
    return files


def recording(file: Path) -> str:
    """Name what two pictures may truly show alike: frames of one film or robot, and all else by itself."""
    if "frames" in file.parts or "robot_home" in file.parts:
        return file.parent.name
    return file.name.split("_Pro_")[0] if "_Pro_" in file.name else str(file)


@pytest.mark.timeout(600)
def test_copies_are_linked_and_unrelated_pictures_are_not(shared_data: Path):
    files = chosen(shared_data)
    pictures = [cv2.imread(str(file), cv2.IMREAD_COLOR) for file in files]
    sources = [kept(one) for one in pictures]
    print(f"\n{len(files)} pictures   pHash =   pHash <= 10   this scan   demanded")
    shares = {}
    for name, (change, demanded) in COPIES.items():
        copies = [kept(change(one)) for one in pictures]
        apart = np.array([one.peer - two.peer for one, two in zip(sources, copies, strict=True)])
        shares[name] = float(np.mean([linked(one, two) for one, two in zip(sources, copies, strict=True)]))
        equal, near = float((apart == 0).mean()), float((apart <= 10).mean())
        print(f"{name:<31}{equal:>6.0%}{near:>12.0%}{shares[name]:>12.1%}{demanded:>11.0%}")
    apart = [
        pair for pair in combinations(range(len(files)), 2) if recording(files[pair[0]]) != recording(files[pair[1]])
    ]
    pairs = random.Random(SEED).sample(apart, PAIRS)
    false = [(files[i].name, files[j].name) for i, j in pairs if linked(sources[i], sources[j])]
    peers = [sum(sources[i].peer - sources[j].peer <= most for i, j in pairs) for most in (0, 10)]
    print(f"{f'false in {PAIRS:,} unrelated pairs':<31}{peers[0]:>6}{peers[1]:>12}{len(false):>12}{0:>11}")
    assert len(files) >= 64
    assert false == []
    assert {name: share for name, share in shares.items() if share < COPIES[name][1]} == {}
