"""Agreement with CleanVision at its default thresholds, image by image, on photographs bent to both sides of each."""

import contextlib
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from readiness_coordinator.formats.labelled import Labelled, Picture
from readiness_coordinator.scan.finders import images, looks
from readiness_coordinator.scan.seen import Seen
from readiness_coordinator.scan.view import look_at

pytestmark = pytest.mark.bench

LEAST = 0.95
Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Bend = Callable[[Pixels, np.random.Generator], Pixels]

TYPES = {
    "dark": "image-dark",
    "light": "image-bright",
    "low_information": "image-low-information",
    "odd_aspect_ratio": "image-aspect-odd",
    "odd_size": "image-size-odd",
    "blurry": "image-blurry",
}


def _narrow(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    return pixels[: max(12, int(width * rng.uniform(0.2, 0.5)))][:height]


BENDS: dict[str, Bend] = {
    "as it is": lambda pixels, _: pixels,
    "darker": lambda pixels, rng: cv2.convertScaleAbs(pixels, alpha=rng.uniform(0.05, 0.6)),
    "brighter": lambda pixels, rng: cv2.convertScaleAbs(pixels, alpha=0.15, beta=rng.uniform(190, 255)),
    "flatter": lambda pixels, rng: cv2.convertScaleAbs(pixels, alpha=rng.uniform(0.01, 0.2), beta=100),
    "narrower": _narrow,
    "smaller": lambda pixels, rng: cv2.resize(pixels, None, fx=(f := rng.uniform(0.05, 1)), fy=f),
    "larger": lambda pixels, rng: cv2.resize(pixels, None, fx=(f := rng.uniform(1, 4)), fy=f),
    "blurred": lambda pixels, rng: cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 12)),
}


@pytest.fixture(scope="module")
def folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write photographs of five datasets, half of them as they are and half bent, each by another amount."""
    root = tmp_path_factory.mktemp("parity")
    rng = np.random.default_rng(5)
    plan = ["as it is"] * 7 + list(BENDS)[1:]
    for number, source in enumerate(sorted(shared_data.glob("datasets/**/*.jpg"))[::2]):
        name = plan[number % len(plan)]
        pixels = BENDS[name](cv2.imread(str(source)), rng)
        cv2.imwrite(str(root / f"{number:04d}-{name.replace(' ', '-')}.jpg"), pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])
    return root


def test_agreement(folder: Path):
    files = sorted(folder.glob("*.jpg"))
    theirs = _theirs(folder)
    ours = _ours(files)
    agreed = {}
    print(f"\n{len(files)} images      ours  CleanVision  both  agreement")
    for kind, code in TYPES.items():
        mine = {file.name for file in files if file.name in ours[code]}
        peers = {file.name for file in files if file.name in theirs[kind]}
        agreed[kind] = 1 - len(mine ^ peers) / len(files)
        print(f"  {kind:17s} {len(mine):5d} {len(peers):12d} {len(mine & peers):5d} {agreed[kind]:10.3f}")
    clean = {file.name for file in files if file.name.endswith("as-it-is.jpg")}
    for name in BENDS:
        here = {file.name for file in files if file.stem.partition("-")[2] == name.replace(" ", "-")}
        found = f"ours {len(here & ours['image-blurry']):3d}, CleanVision {len(here & theirs['blurry']):3d}"
        print(f"  blurry among {len(here):3d} {name:10s} {found}")
    # CleanVision judges blur by the edges of a 64-pixel copy: it calls sharp pictures of fog and plain floors blurred,
    # and hardly any that were blurred here. Ours is another definition, on purpose.
    assert {kind: share for kind, share in agreed.items() if kind != "blurry" and share < LEAST} == {}
    assert clean & ours["image-blurry"] == set()


def _ours(files: list[Path]) -> dict[str, set[str]]:
    pictures = tuple(Picture(name=file.name, file=file, split="all", key=file.name) for file in files)
    labelled = Labelled(
        name="parity",
        root=files[0].parent,
        format="coco",
        task="detection",
        classes=(),
        category_ids=(),
        pictures=pictures,
    )
    seen = Seen(labelled, {file.name: look_at(str(file)).view for file in files}, {}, None)
    return {code: set(one.images(len(files))) for code, one in {**images.find(seen), **looks.find(seen)}.items()}


def _theirs(folder: Path) -> dict[str, set[str]]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        from cleanvision import Imagelab

        lab = Imagelab(data_path=str(folder))
        lab.find_issues({kind: {} for kind in TYPES}, n_jobs=1, verbose=False)
    return {kind: {Path(name).name for name in lab.issues.index[lab.issues[f"is_{kind}_issue"]]} for kind in TYPES}
