"""The proof of a copy: light, noise, compression and grey pass; another text, object or colour does not."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from readiness.measures import hashes, proof
from readiness.measures.proof import Pixels


def form(seed: int) -> Pixels:
    """The same printed form each time, filled in otherwise."""
    rng = np.random.default_rng(seed)
    page = np.full((1100, 850, 3), 250, dtype=np.uint8)
    cv2.putText(page, "APPLICATION FORM 12-B", (200, 60), 0, 1, (0, 0, 0), 2)
    for y in range(120, 1050, 60):
        cv2.rectangle(page, (40, y), (800, y + 45), (90, 90, 90), 1)
        cv2.putText(page, "Field", (50, y - 5), 0, 0.5, (60, 60, 60), 1)
        word = "".join(chr(97 + int(letter)) for letter in rng.integers(0, 26, 12))
        cv2.putText(page, word, (150, y + 32), 0, 0.8, (30, 30, 30), 2)
    return page


def product(across: int, down: int, colour: tuple[int, int, int], mark: str) -> Pixels:
    """One thing on white."""
    picture = np.full((256, 256, 3), 255, dtype=np.uint8)
    cv2.ellipse(picture, (128, 128), (across, down), 20, 0, 360, colour, -1)
    cv2.putText(picture, mark, (100, 135), 0, 0.7, (255, 255, 255), 2)
    return picture


def jpeg(picture: Pixels) -> Pixels:
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)


def noisy(picture: Pixels) -> Pixels:
    noise = np.random.default_rng(1).normal(0, 8, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def proven(first: Pixels, second: Pixels) -> bool:
    return proof.proven(proof.face(first), proof.face(second))


PRODUCT = product(60, 45, (200, 90, 40), "012")


@pytest.mark.parametrize("picture", [form(1), PRODUCT], ids=["form", "product"])
@pytest.mark.parametrize(
    "change",
    [
        jpeg,
        noisy,
        lambda p: cv2.convertScaleAbs(p, alpha=0.7),
        lambda p: cv2.convertScaleAbs(p, alpha=0.9, beta=10),
        lambda p: cv2.GaussianBlur(p, (0, 0), 1.0),
        lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
        lambda p: cv2.cvtColor(cv2.cvtColor(p, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR),
        lambda p: cv2.cvtColor(p, cv2.COLOR_BGR2GRAY),
        lambda p: np.clip(p * np.array([0.88, 1, 1.1]), 0, 255).astype(np.uint8),
    ],
    ids=["jpeg", "noise", "darker", "paler", "blurred", "halved", "grey", "one-channel", "warmer"],
)
def test_copies_are_proven(picture: Pixels, change: Callable[[Pixels], Pixels]):
    assert proven(picture, change(picture))
    assert proven(change(picture), picture)


def test_another_text_in_the_same_form_is_no_copy():
    forms = [form(seed) for seed in range(8)]
    thumbnails = np.stack([hashes.thumbnail(one) for one in forms])
    # By their thumbnails some are copies.
    assert hashes.agreement(thumbnails[1:], thumbnails[:-1]).max() >= hashes.SAME
    assert not any(proven(one, two) for one in forms for two in forms if one is not two)


@pytest.mark.parametrize(
    "other",
    [
        product(60, 45, (40, 90, 200), "012"),
        product(64, 48, (200, 90, 40), "012"),
        product(60, 45, (200, 90, 40), "947"),
        product(60, 45, (40, 200, 90), "555"),
    ],
    ids=["colour", "size", "mark", "colour-and-mark"],
)
def test_another_product_on_white_is_no_copy(other: Pixels):
    assert not proven(PRODUCT, other)


def test_copper_is_not_steel():
    rng = np.random.default_rng(3)
    light = cv2.resize(rng.integers(60, 200, (30, 40), dtype=np.uint8), (320, 240), interpolation=cv2.INTER_CUBIC)
    copper, steel = (
        np.clip(light[:, :, None] * np.array(tint), 0, 255).astype(np.uint8)
        for tint in ((0.55, 0.75, 1.15), (1.05, 1.0, 0.96))
    )
    assert not proven(copper, steel)
    assert proven(copper, jpeg(copper))


def test_a_picture_with_next_to_nothing_in_it_proves_nothing():
    blank = np.full((240, 320, 3), 255, dtype=np.uint8)
    cv2.circle(blank, (160, 120), 3, (0, 0, 0), -1)
    assert not proven(blank, blank)


def test_faces_turn_as_a_whole():
    picture = form(2)[:800]
    for orientation in range(hashes.ORIENTATIONS):
        turned = np.ascontiguousarray(hashes.orient(picture, orientation))
        face, other = proof.face(turned), proof.face(picture).turned(orientation)
        assert all(np.abs(one.astype(int) - two).max() <= 2 for one, two in zip(face, other, strict=True))
