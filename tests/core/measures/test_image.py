"""Image measures against constructed pictures and outside formulas."""

import cv2
import numpy as np
import pytest

from readiness.measures import image


def flat(value: int, height: int = 48, width: int = 64):
    return np.full((height, width, 3), value, dtype=np.uint8)


def noise(seed: int = 0, height: int = 240, width: int = 320):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_flat_grey_picture_has_its_value_as_luma_and_nothing_else():
    seen = image.look(flat(90))
    assert (seen.luma, seen.spread, seen.sharpness, seen.colourfulness, seen.chroma) == (90, 0, 0, 0, 0)
    assert seen.is_grey


def test_luma_is_rec_601():
    blue, green, red = 20, 200, 120
    pixels = flat(0)
    pixels[:] = (blue, green, red)
    assert image.look(pixels).luma == pytest.approx(0.299 * red + 0.587 * green + 0.114 * blue, abs=0.51)


def test_sharpness_is_the_laplacian_variance_of_a_small_picture():
    pixels = noise()
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float64)
    padded = np.pad(grey, 1, mode="reflect")
    edges = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:] - 4 * grey
    assert image.look(pixels).sharpness == pytest.approx(edges.var(), rel=1e-4)


def test_blur_lowers_sharpness_at_every_step():
    values = [image.look(cv2.GaussianBlur(noise(), (0, 0), sigma)).sharpness for sigma in (0.5, 1, 2, 4)]
    assert values == sorted(values, reverse=True)


def test_size_hardly_changes_what_is_seen():
    base = cv2.GaussianBlur(noise(height=512, width=512), (0, 0), 6)
    small, large = image.look(base), image.look(cv2.resize(base, (2048, 2048), interpolation=cv2.INTER_LINEAR))
    assert large.luma == pytest.approx(small.luma, abs=1)
    assert large.sharpness == pytest.approx(small.sharpness, rel=0.2)


def test_colourfulness_is_hasler_and_suesstruenks():
    pixels = noise(height=80, width=160).astype(np.float64)
    blue, green, red = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    rg, yb = red - green, (red + green) / 2 - blue
    wanted = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    assert image.look(pixels.astype(np.uint8)).colourfulness == pytest.approx(wanted, rel=1e-3)


def test_a_jpegs_rounding_is_not_colour():
    grey = cv2.cvtColor(cv2.GaussianBlur(noise(), (0, 0), 3), cv2.COLOR_BGR2GRAY)
    data = cv2.imencode(".jpg", cv2.merge([grey, grey, grey]))[1]
    assert image.look(cv2.imdecode(data, cv2.IMREAD_COLOR)).is_grey


def test_the_faint_colour_of_a_dark_picture_is_colour():
    pixels = flat(8)
    pixels[:, ::2] = (6, 8, 10)
    assert not image.look(pixels).is_grey


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (3, 5)])
def test_odd_shapes_are_measured(shape: tuple[int, int]):
    assert image.look(noise(height=shape[0], width=shape[1])).luma > 0
