"""The digest that names a dataset version: over the bytes of its images and what its labels say."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from readiness import canonical
from readiness_coordinator.formats.labelled import Annotation, Labelled, Picture
from readiness_coordinator.formats.layout import regular_bytes


def digest(labelled: Labelled) -> str:
    """Read every image once and name the version; a missing or unreadable file counts as absent."""
    return digest_of(labelled, {picture.name: _file_digest(picture.file) for picture in labelled.pictures})


def digest_of(labelled: Labelled, images: Mapping[str, str | None]) -> str:
    """Name the version, given each picture's byte digest by name (None for an absent file).

    The order of images, the order and ids of annotations, the task and the format they are written in do not count.
    """
    # What the labels hold, not what they are read for: a version has one name under every task.
    held = "detection" if all(picture.label is None for picture in labelled.pictures) else "classification"
    said: dict[str, Any] = {"classes": labelled.classes, "task": held}
    if labelled.listed_twice:
        said["listed_twice"] = labelled.listed_twice
    total = hashlib.sha256(canonical.encode(said))
    for picture in labelled.pictures:
        total.update(canonical.encode(_words(picture, labelled.classes, images.get(picture.name))))
    return "sha256:" + total.hexdigest()


def _words(picture: Picture, classes: tuple[str, ...], image: str | None) -> list[Any]:
    objects = sorted(canonical.encode(_object(one, classes)).decode() for one in picture.annotations)
    said = [picture.name, image, picture.split, picture.labelled, picture.label, objects]
    return said if picture.mask is None else [*said, picture.mask_digest]


def _object(one: Annotation, classes: tuple[str, ...]) -> list[Any]:
    said: list[Any] = [classes[one.row], one.box, one.crowd, one.polygon]
    if one.shape == "mask":
        said.append(one.area)  # what is known of it beside its box
    return [*said, "difficult"] if one.difficult else said


def _file_digest(file: Path) -> str | None:
    try:
        return canonical.digest_bytes(regular_bytes(file))
    except OSError:
        return None
