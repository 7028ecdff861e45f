"""Into which slices an image and an object fall: light, sharpness, what the labels say of the scene, object size."""

from typing import Literal

from readiness.measures import image
from readiness.measures.image import Look, Pixels
from readiness_coordinator.formats.labelled import Picture

Size = Literal["small", "medium", "large"]

# COCO's limits, in square pixels.
SMALL, MEDIUM = 32.0**2, 96.0**2
# Mean luma of 0 to 255.
DARK, DIM, BRIGHT = 40.0, 80.0, 180.0
# Variance of the Laplacian on the shrunk image.
BLURRY = 20.0
SCENE_TAGS = ("light", "recording", "camera", "site", "weather", "location")


def picture_slices(picture: Picture, pixels: Pixels | None) -> dict[str, str]:
    """Give `{dimension: value}` of one image; `pixels` is BGR uint8, or None where the file cannot be read."""
    return slices_of(picture, image.look(pixels) if pixels is not None else None)


def slices_of(picture: Picture, look: Look | None) -> dict[str, str]:
    """Give `{dimension: value}` of an image that was measured already; what the labels say goes before what is seen."""
    said = {tag: picture.tags[tag] for tag in SCENE_TAGS if picture.tags.get(tag)}
    if look is None:
        return said
    return {"light": _light(look), "sharpness": "blurry" if look.sharpness < BLURRY else "sharp", **said}


def object_size(area: float) -> Size:
    """Give the COCO size class of an object's area in square pixels."""
    if area < SMALL:
        return "small"
    return "medium" if area < MEDIUM else "large"


def _light(look: Look) -> str:
    if look.luma < DARK:
        return "dark"
    if look.luma < DIM:
        return "dim"
    return "well_lit" if look.luma < BRIGHT else "bright"
