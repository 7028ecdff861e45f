"""One folder per class, with or without split folders around them: the layout of image classifiers."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from readiness.evidence.model import Task
from readiness.listed import counted
from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Fault, Labelled, Mismatch, Picture, Unreadable, by_name
from readiness_coordinator.formats.layout import ALL, IMAGE_SUFFIXES, clean, is_image, name_under, split_of
from readiness_coordinator.formats.places import is_remote

RANK = 90
LOOKS_FOR = "folders of images named after their class, plain or inside train, val and test"

# Folders of these names hold one part of another format, not a class.
_PARTS = frozenset({"images", "labels", "annotations", "jpegimages", "imagesets", "masks", "segmentationclass"})
# What lies beside images without being meant as one.
_NOTES = frozenset({".txt", ".md", ".csv", ".json", ".xml", ".yaml", ".yml", ".html", ".ini", ".db", ".log", ".cache"})


def fits(path: Path) -> bool:
    """Tell whether some class folder holds an image."""
    return path.is_dir() and any(
        folder.name.lower() not in _PARTS and any(_image_names(folder))
        for _, home in _homes(path)
        for folder in layout.folders_in(home)
    )


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read class and split out of the folder names; raises Unreadable when there is no image.

    A class is a class with the first folder of its name, in whichever split, even if that folder is empty. What is no
    image is told of by its ending, once per class folder; so is a link that leads nowhere or back up.
    """
    if images is not None:
        raise Mismatch(f"{path}: folder per class takes no separate image folder; leave out --images")
    if task not in {None, "classification"}:
        raise Mismatch(f"{path}: folders per class hold no boxes; --task {task} does not fit")
    if not path.is_dir():
        raise Unreadable(f"{path}: not a folder")
    homes = _homes(path)
    faults = [*_links(path, path), *_outside(path, homes)]
    pictures: list[Picture] = []
    for split, home in homes:
        faults += _links(path, home) if home != path else ()
        pictures += _loose(path, split, home)
        for folder in layout.folders_in(home):
            pictures += _of_class(path, split, folder, faults)
    if not pictures:
        raise Unreadable(f"{path}: no image in any class folder")
    classes = sorted({clean(folder.name) for _, home in homes for folder in layout.folders_in(home)})
    return Labelled(
        name=path.name,
        root=path,
        format="folder",
        task="classification",
        classes=tuple(classes),
        category_ids=tuple(range(len(classes))),
        pictures=by_name(pictures),
        faults=tuple(sorted(faults)),
    )


def _homes(path: Path) -> list[tuple[str, Path]]:
    """Give (split, folder that holds the class folders); a root of class folders is one split called `all`."""
    split_folders = [(split_of(folder.name), folder) for folder in layout.folders_in(path)]
    named = [(split, folder) for split, folder in split_folders if split is not None and layout.folders_in(folder)]
    return named or [(ALL, path)]


def _links(root: Path, home: Path) -> Iterator[Fault]:
    if is_remote(home):
        return
    with os.scandir(home) as found:
        names = sorted(one.name for one in found if one.is_symlink() and not one.name.startswith("."))
    for link in (home / name for name in names):
        if not link.exists():
            yield Fault(name_under(root, link), "is a link that leads nowhere")
        elif link.is_dir() and layout.leads_up(link):
            yield Fault(name_under(root, link), "is a link to a folder that holds it; left out")


def _outside(root: Path, homes: list[tuple[str, Path]]) -> Iterator[Fault]:
    """Tell of folders with images beside the split folders: they belong to no split."""
    inside = {home for _, home in homes}
    if inside == {root}:
        return
    for folder in layout.folders_in(root):
        if folder not in inside and (count := sum(1 for _ in layout.images_under(folder))):
            held = f"holds {counted(count, 'images')}, beside the split folders; left out"
            yield Fault(name_under(root, folder), held, "split-undeclared")


def _loose(root: Path, split: str, home: Path) -> Iterator[Picture]:
    for file in (home / name for name in sorted(_image_names(home))):
        name = name_under(root, file)
        yield Picture(name=name, file=file, split=split, key=name, labelled=False)


def _image_names(folder: Path) -> Iterator[str]:
    """Give the names of the images that lie directly in a folder, without a path object for each."""
    inside = layout.entries(folder).items()
    return (name for name, is_folder in inside if not is_folder and is_image(PurePosixPath(name)))


def _of_class(root: Path, split: str, folder: Path, faults: list[Fault]) -> Iterator[Picture]:
    label = clean(folder.name)
    other: Counter[str] = Counter()
    first: dict[str, str] = {}
    for file in layout.files_under(folder):
        # The name of a place in a zip is found anew each time that it is asked for.
        name = name_under(root, file)
        ending = PurePosixPath(name).suffix.lower()
        if ending in IMAGE_SUFFIXES:
            yield Picture(name=name, file=file, split=split, key=name, label=label)
        elif ending not in _NOTES:
            other[ending] += 1
            first.setdefault(ending, name)
    faults += [
        Fault(first[ending], f"{clean(ending) or 'no ending'} is not read as an image: {counted(count, 'files')}")
        for ending, count in other.items()
    ]
