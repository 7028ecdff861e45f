"""Standard corruptions of images at severities 1 to 5: noise, blur, weather, light, and what cameras and codecs do.

Strengths are those of ImageNet-C (Hendrycks & Dietterich 2019) as Michaelis et al. 2019 apply them to images of any
size. Three of its fifteen are left out: frost needs photographs of frost, and glass blur and the elastic transform move
what the boxes are drawn around. Darkness is added, which it lacks: under-exposure with the shot noise that comes of it.
"""

import zlib
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from readiness.measures.image import Pixels

Floats = npt.NDArray[np.float32]
Random = np.random.Generator
Corruption = Callable[[Floats, int, Random], Floats]

SEVERITIES = (1, 2, 3, 4, 5)
_WHITE = 255.0


def corrupt(pixels: Pixels, name: str, severity: int) -> Pixels:
    """Corrupt an image, shape (height, width, 3), BGR uint8; the same image gives the same result every time.

    Raises KeyError for a name that is not in CORRUPTIONS and ValueError for a severity outside 1 to 5.
    """
    random = np.random.default_rng([zlib.crc32(pixels.tobytes()), zlib.crc32(name.encode()), severity])
    made = CORRUPTIONS[name](pixels.astype(np.float32) / _WHITE, SEVERITIES.index(severity), random)
    out: Pixels = (np.clip(made, 0, 1) * _WHITE).astype(np.uint8)
    return out


def _gaussian_noise(image: Floats, at: int, random: Random) -> Floats:
    return image + (0.08, 0.12, 0.18, 0.26, 0.38)[at] * random.standard_normal(image.shape, dtype=np.float32)


def _shot_noise(image: Floats, at: int, random: Random) -> Floats:
    return _photons(image, (60, 25, 12, 5, 3)[at], random)


def _photons(image: Floats, at_white: float, random: Random) -> Floats:
    """Count photons, `at_white` of them where the image is 1."""
    return (random.poisson(image * at_white) / at_white).astype(np.float32)


def _impulse_noise(image: Floats, at: int, random: Random) -> Floats:
    drawn = random.random(image.shape, dtype=np.float32)
    share = (0.03, 0.06, 0.09, 0.17, 0.27)[at]
    return np.where(drawn < share / 2, np.float32(0), np.where(drawn < share, np.float32(1), image))


def _defocus_blur(image: Floats, at: int, _: Random) -> Floats:
    radius, alias = ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5))[at]
    reach = max(8, radius)
    steps = np.arange(-reach, reach + 1)
    disk = (steps[:, None] ** 2 + steps[None, :] ** 2 <= radius**2).astype(np.float32)
    side = 3 if radius <= 8 else 5
    made: Floats = cv2.filter2D(image, -1, cv2.GaussianBlur(disk / disk.sum(), (side, side), alias))
    return made


def _motion_blur(image: Floats, at: int, random: Random) -> Floats:
    radius, sigma = ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15))[at]
    return _smeared(image, radius, sigma, random.uniform(-45, 45))


def _smeared(image: Floats, radius: int, sigma: float, degrees: float) -> Floats:
    """Smear an image to one side of each point, with the weights of half a Gaussian along a line."""
    length = 2 * radius + 1
    weights = np.exp(-(np.arange(length) ** 2) / (2 * sigma**2))
    turn = np.deg2rad(degrees)
    kernel = np.zeros((2 * length + 1, 2 * length + 1), dtype=np.float32)
    down, right = np.rint(np.arange(length) * np.sin(turn)), np.rint(np.arange(length) * np.cos(turn))
    np.add.at(kernel, (length + down.astype(int), length + right.astype(int)), weights / weights.sum())
    made: Floats = cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return made


def _zoom_blur(image: Floats, at: int, _: Random) -> Floats:
    stop, step = ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))[at]
    factors = np.arange(1, stop, step)
    total = sum((_zoomed(image, float(factor)) for factor in factors), image)
    made: Floats = total / np.float32(len(factors) + 1)
    return made


def _zoomed(image: Floats, factor: float) -> Floats:
    """Magnify about the middle; the size stays."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 0, factor)
    made: Floats = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return made


def _snow(image: Floats, at: int, random: Random) -> Floats:
    mean, spread, zoom, least, radius, sigma, kept = (
        (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
        (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
        (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
        (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
        (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    )[at]
    flakes = _zoomed((mean + spread * random.standard_normal(image.shape[:2])).astype(np.float32), zoom)
    flakes = np.clip(np.where(flakes < least, np.float32(0), flakes), 0, 1)
    layer = _smeared(flakes, radius, sigma, random.uniform(-135, -45))[:, :, None]
    whitened = np.maximum(image, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[:, :, None] * 1.5 + 0.5)
    made: Floats = np.float32(kept) * image + np.float32(1 - kept) * whitened + layer + layer[::-1, ::-1]
    return made


def _fog(image: Floats, at: int, random: Random) -> Floats:
    amount, decay = ((1.5, 2.0), (2.0, 2.0), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4))[at]
    height, width = image.shape[:2]
    brightest = np.float32(max(float(image.max()), 1 / _WHITE))
    cloud = _plasma(max(height, width), decay, random)[:height, :width, None]
    made: Floats = (image + np.float32(amount) * cloud) * brightest / (brightest + np.float32(amount))
    return made


def _plasma(side: int, decay: float, random: Random) -> Floats:
    """Give a cloud of at least `side` by `side` in 0 to 1: octaves of noise, each finer one weaker by `decay`."""
    size = 1 << max(1, (side - 1).bit_length())
    octaves = [1 << power for power in range(1, size.bit_length())]
    cloud = np.zeros((size, size), dtype=np.float32)
    for number, cells in enumerate(octaves):
        noise = random.uniform(-1, 1, (cells, cells)).astype(np.float32)
        cloud += cv2.resize(noise, (size, size), interpolation=cv2.INTER_LINEAR) / np.float32(decay**number)
    cloud -= cloud.min()
    made: Floats = cloud / np.float32(max(float(cloud.max()), 1e-6))
    return made


def _brightness(image: Floats, at: int, _: Random) -> Floats:
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    hsv[:, :, 2] = np.clip(hsv[:, :, 2] + (0.1, 0.2, 0.3, 0.4, 0.5)[at], 0, 1)
    made: Floats = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    return made


def _darkness(image: Floats, at: int, random: Random) -> Floats:
    light, at_white = ((0.6, 400), (0.4, 250), (0.25, 150), (0.15, 100), (0.08, 60))[at]
    return _photons(image * light, at_white, random)


def _contrast(image: Floats, at: int, _: Random) -> Floats:
    mean = image.mean(axis=(0, 1), keepdims=True)
    made: Floats = (image - mean) * np.float32((0.4, 0.3, 0.2, 0.1, 0.05)[at]) + mean
    return made


def _pixelate(image: Floats, at: int, _: Random) -> Floats:
    height, width = image.shape[:2]
    share = (0.6, 0.5, 0.4, 0.3, 0.25)[at]
    small = cv2.resize(image, (max(1, int(width * share)), max(1, int(height * share))), interpolation=cv2.INTER_AREA)
    made: Floats = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    return made


def _jpeg_compression(image: Floats, at: int, _: Random) -> Floats:
    whole = (image * _WHITE).round().astype(np.uint8)
    coded = cv2.imencode(".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, (25, 18, 15, 10, 7)[at]])[1]
    read = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.float32)
    made: Floats = read / _WHITE
    return made


CORRUPTIONS: dict[str, Corruption] = {
    "gaussian_noise": _gaussian_noise,
    "shot_noise": _shot_noise,
    "impulse_noise": _impulse_noise,
    "defocus_blur": _defocus_blur,
    "motion_blur": _motion_blur,
    "zoom_blur": _zoom_blur,
    "snow": _snow,
    "fog": _fog,
    "brightness": _brightness,
    "darkness": _darkness,
    "contrast": _contrast,
    "pixelate": _pixelate,
    "jpeg_compression": _jpeg_compression,
}
