"""Which mask belongs to which image: by folder and equal stem, or by `_mask` after the image's own stem."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from readiness_coordinator.formats import layout

_IMAGES = ("images", "jpegimages", "image", "imgs", "img")
_MASKS = ("masks", "segmentationclass", "segmentationclasspng", "mask", "annotations", "labels")
_ENDINGS = ("_mask", "_label")
_LISTS = {"train": "train", "val": "val", "valid": "val", "test": "test", "trainval": "train"}


class Pair(NamedTuple):
    """An image with its masks (the first counts), or a mask without an image."""

    image: Path | None
    masks: tuple[Path, ...]
    split: str


def found_in(path: Path) -> bool:
    """Tell whether images and masks with equal stems lie here, looking at names alone."""
    return any(pair.image is not None and pair.masks for pair in pairs(path, None))


def pairs(path: Path, images: Path | None) -> Iterator[Pair]:
    """Give every image and every mask below `path` once; `images` is where the images lie if not beside the masks."""
    listed = _listed(path)
    homes = [path, *(folder for folder in layout.folders_in(path) if layout.split_of(folder.name))]
    for home in homes:
        around = layout.split_of(home.name) if home != path else None
        folders = _two_folders(home) if images is None else (images, (_two_folders(path) or (None, path))[1])
        if folders is not None:
            yield from _joined(_by_stem(folders[0]), _by_stem(folders[1]), around, listed)
        elif images is None:
            yield from _flat(home, around, listed)
        if images is not None:
            return


def _two_folders(home: Path) -> tuple[Path, Path] | None:
    named = {folder.name.lower(): folder for folder in reversed(layout.folders_in(home))}
    images = next((named[name] for name in _IMAGES if name in named), None)
    masks = next((named[name] for name in _MASKS if name in named and _holds_image(named[name])), None)
    return (images, masks) if images is not None and masks is not None else None


def _holds_image(folder: Path) -> bool:
    return next(layout.images_under(folder), None) is not None


def _by_stem(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for file in layout.images_under(folder):
        key = PurePosixPath(layout.name_under(folder, file)).with_suffix("").as_posix()
        found.setdefault(key, []).append(file)
    return found


def _joined(
    images: dict[str, list[Path]], masks: dict[str, list[Path]], around: str | None, listed: dict[str, str]
) -> Iterator[Pair]:
    taken: dict[str, list[Path]] = {}
    for key, files in masks.items():
        own = next((key.removesuffix(end) for end in _ENDINGS if key not in images and key.endswith(end)), key)
        taken.setdefault(own, []).extend(files)
    for key in sorted({*images, *taken}):
        split = _split(key, around, listed)
        of_image = tuple(taken.get(key, ()))
        yield from (Pair(image, of_image, split) for image in images.get(key, ()))
        if key not in images:
            yield Pair(None, of_image, split)


def _flat(home: Path, around: str | None, listed: dict[str, str]) -> Iterator[Pair]:
    images: dict[str, list[Path]] = {}
    masks: dict[str, list[Path]] = {}
    for file in layout.files_in(home, *layout.IMAGE_SUFFIXES):
        (masks if file.stem.endswith(_ENDINGS) else images).setdefault(file.stem, []).append(file)
    if masks:
        yield from _joined(images, masks, around, listed)


def _split(key: str, around: str | None, listed: dict[str, str]) -> str:
    inside = layout.split_of(key.partition("/")[0]) if "/" in key else None
    default = layout.UNASSIGNED if listed else layout.ALL
    return listed.get(key.rpartition("/")[2]) or inside or around or default


def _listed(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, split in _LISTS.items():
        file = path / "ImageSets" / "Segmentation" / f"{name}.txt"
        if file.is_file():
            for line in layout.read_text(file).splitlines():
                if line.split():
                    found.setdefault(line.split()[0], split)
    return found
