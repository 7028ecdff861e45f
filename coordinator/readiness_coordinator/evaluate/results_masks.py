"""Predictions as one mask image per picture, named as the picture is, in the values or colours of the truth."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from readiness import canonical
from readiness.exits import Stop
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.formats import Labelled, layout

_ENDINGS = ("_mask", "_label", "_pred")


def read(folder: Path, labelled: Labelled) -> Columns:
    """Find the mask of each picture; nothing is decoded yet. Raises Stop."""
    files = _files(folder)
    if not files:
        raise Stop(f"{folder}: no mask in it; expected one PNG of class values per image, named as the image is")
    named = _named(labelled)
    images = [
        _picture(PurePosixPath(layout.name_under(folder, file)).with_suffix("").as_posix(), named) for file in files
    ]
    taken: dict[str, Path] = {}
    for image, file in zip(images, files, strict=True):
        if taken.setdefault(image, file) != file:
            raise Stop(f"{folder}: {taken[image].name} and {file.name} are both masks of '{image}'; keep one")
    return Columns(
        images=images,
        rows=np.zeros(len(files), dtype=np.intp),
        boxes=np.zeros((len(files), 4)),
        scores=np.ones(len(files)),
        digest=digest(folder),
        every_image=True,
        masks=files,
    )


def digest(folder: Path) -> str:
    """Name the masks by the bytes and names of them all."""
    bytes_of = {layout.name_under(folder, file): layout.regular_bytes(file) for file in _files(folder)}
    return canonical.digest({name: canonical.digest_bytes(data) for name, data in bytes_of.items()})


def _files(folder: Path) -> list[Path]:
    """Give the files that keep values as they are, which JPEG does not."""
    return [file for file in layout.images_under(folder) if file.suffix.lower() not in {".jpg", ".jpeg"}]


def _named(labelled: Labelled) -> dict[str, list[str]]:
    """List the pictures of each stem."""
    named: dict[str, list[str]] = {}
    for picture in labelled.pictures:
        named.setdefault(PurePosixPath(picture.name).stem, []).append(picture.name)
    return named


def _picture(name: str, named: Mapping[str, Sequence[str]]) -> str:
    """Find the picture that a mask is of: of one stem, and where several have it, below the same folders."""
    stem = name.rpartition("/")[2]
    bare = next((stem.removesuffix(end) for end in _ENDINGS if stem.endswith(end) and stem not in named), stem)
    alike = named.get(bare, ())
    path = name.removesuffix(stem) + bare
    below = [one for one in alike if f"/{PurePosixPath(one).with_suffix('')}".endswith(f"/{path}")]
    fitting = alike if len(alike) == 1 else below
    return fitting[0] if len(fitting) == 1 else name
