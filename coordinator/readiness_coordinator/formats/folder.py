"""One folder per class, with or without split folders around them: the layout of image classifiers."""

from collections.abc import Iterator
from pathlib import Path

from readiness.evidence.model import Task
from readiness_coordinator.formats.labelled import Labelled, Picture, Unreadable, by_name
from readiness_coordinator.formats.layout import ALL, clean, folders_in, images_under, is_image, name_under, split_of

RANK = 90
LOOKS_FOR = "folders of images named after their class, plain or inside train, val and test"

# Folders of these names hold one part of another format, not a class.
_PARTS = frozenset({"images", "labels", "annotations", "jpegimages", "imagesets", "masks", "segmentationclass"})


def fits(path: Path) -> bool:
    """Tell whether some class folder holds an image."""
    return path.is_dir() and any(
        folder.name.lower() not in _PARTS and any(is_image(file) for file in folder.iterdir())
        for _, home in _homes(path)
        for folder in folders_in(home)
    )


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read class and split out of the folder names; raises Unreadable when there is no image."""
    if images is not None:
        raise Unreadable(f"{path}: folder per class takes no separate image folder; leave out --images")
    if task not in {None, "classification"}:
        raise Unreadable(f"{path}: folders per class hold no boxes; --task {task} does not fit")
    if not path.is_dir():
        raise Unreadable(f"{path}: not a folder")
    homes = _homes(path)
    classes = sorted({clean(folder.name) for _, home in homes for folder in folders_in(home)})
    pictures = [picture for split, home in homes for picture in _pictures(path, split, home)]
    if not pictures:
        raise Unreadable(f"{path}: no image in any class folder")
    return Labelled(
        name=path.name,
        root=path,
        format="folder",
        task="classification",
        classes=tuple(classes),
        category_ids=tuple(range(len(classes))),
        pictures=by_name(pictures),
    )


def _homes(path: Path) -> list[tuple[str, Path]]:
    """Give (split, folder that holds the class folders); a root of class folders is one split called `all`."""
    split_folders = [(split_of(folder.name), folder) for folder in folders_in(path)]
    named = [(split, folder) for split, folder in split_folders if split is not None and folders_in(folder)]
    return named or [(ALL, path)]


def _pictures(root: Path, split: str, home: Path) -> Iterator[Picture]:
    for file in sorted(home.iterdir()):
        if file.is_file() and is_image(file):
            name = name_under(root, file)
            yield Picture(name=name, file=file, split=split, key=name, labelled=False)
    for folder in folders_in(home):
        for file in images_under(folder):
            name = name_under(root, file)
            yield Picture(name=name, file=file, split=split, key=name, label=clean(folder.name))
