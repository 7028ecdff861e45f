"""Corruptions: the same every time, stronger with severity, and as strong as the published ones."""

import cv2
import numpy as np
import pytest

from readiness.measures.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from readiness.measures.image import Pixels

# Fog hides more of a bright image and less of a dark one, so that its distance to the clean image may fall.
_NOT_BY_DISTANCE = {"fog"}


def _photograph() -> Pixels:
    """Edges, a texture and a gradient, so that blur, noise and light each have something to spoil."""
    y, x = np.mgrid[0:120, 0:160]
    image = np.stack([x, y + 40, (x * y) % 200], axis=2).astype(np.uint8)
    image[30:80, 40:90] = (200, 60, 20)
    image[::31, 100:150] = 255
    return image


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_same_image_gives_the_same_result_and_another_one_another(name: str) -> None:
    image = _photograph()
    assert (corrupt(image, name, 3) == corrupt(image.copy(), name, 3)).all()
    assert not (corrupt(image, name, 3) == image).all()


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_size_and_type_stay_and_the_image_is_not_written_to(name: str) -> None:
    image = _photograph()
    before = image.copy()
    made = corrupt(image, name, 5)
    assert made.shape == image.shape
    assert made.dtype == np.uint8
    assert (image == before).all()


@pytest.mark.parametrize("name", sorted(set(CORRUPTIONS) - _NOT_BY_DISTANCE))
def test_a_higher_severity_is_farther_from_the_clean_image(name: str) -> None:
    image = _photograph()
    away = [cv2.PSNR(image, corrupt(image, name, severity)) for severity in SEVERITIES]
    assert away[0] > away[2] > away[4]


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 200, 3), (33, 1, 3)])
def test_no_size_is_too_small(name: str, shape: tuple[int, int, int]) -> None:
    for value in (0, 255):
        assert corrupt(np.full(shape, value, dtype=np.uint8), name, 5).shape == shape


def test_noise_has_the_published_strength() -> None:
    grey = np.full((400, 400, 3), 128, dtype=np.uint8)
    for severity, sigma in zip(SEVERITIES, (0.08, 0.12, 0.18, 0.26, 0.38), strict=True):
        drawn = np.clip(128 / 255 + sigma * np.random.default_rng(0).standard_normal(200_000), 0, 1)
        assert corrupt(grey, "gaussian_noise", severity).std() / 255 == pytest.approx(drawn.std(), rel=0.02)
    for severity, share in zip(SEVERITIES, (0.03, 0.06, 0.09, 0.17, 0.27), strict=True):
        assert (corrupt(grey, "impulse_noise", severity) != 128).mean() == pytest.approx(share, rel=0.03)


def test_contrast_and_jpeg_are_the_formulas_of_their_definition() -> None:
    image = _photograph()
    mean = image.mean(axis=(0, 1), keepdims=True)
    expected = (image - mean) * 0.2 + mean
    assert np.abs(corrupt(image, "contrast", 3) - expected).max() <= 1
    _, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 15])
    assert np.abs(corrupt(image, "jpeg_compression", 3).astype(int) - cv2.imdecode(coded, 1).astype(int)).max() <= 1


def test_an_unknown_name_or_severity_is_refused() -> None:
    with pytest.raises(KeyError):
        corrupt(_photograph(), "frost", 1)
    with pytest.raises(ValueError, match="not in"):
        corrupt(_photograph(), "fog", 6)
