"""CVAT XML 1.1: one file of images with their shapes, or of a video with tracks over its frames."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from readiness.evidence.model import Task
from readiness_coordinator.formats import cvat_xml, layout
from readiness_coordinator.formats.cvat_xml import Part, Shot
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Picture, Unreadable, by_name
from readiness_coordinator.formats.layout import ALL, name_under

RANK = 40
LOOKS_FOR = "annotations.xml of CVAT with its images in images/"

_HEAD = 4096


def fits(path: Path) -> bool:
    """Tell whether there is an XML file that starts as CVAT's do."""
    return bool(_label_files(path))


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read every XML file of the dataset; raises Unreadable when there is none, or nothing in it can be used.

    A picture's split is its subset, else what its folder or the XML file's name says. Frames deleted in CVAT are left
    out; a frame without an object is labelled as empty. Lines and points are no objects: they are told of.
    """
    root = path if path.is_dir() else (images or path.parent)
    files = _label_files(path)
    if not files:
        raise Unreadable(f"{path}: found no {LOOKS_FOR}")
    faults: list[Fault] = []
    parts = [cvat_xml.read(file, name_under(root, file), faults) for file in files]
    task = task or cvat_xml.task(parts)
    classes = cvat_xml.classes(parts, task)
    rows = {name: row for row, name in enumerate(classes)}
    taken: dict[str, Picture] = {}
    twice: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for picture in _pictures(root, images, part, task, rows, faults):
            first = taken.setdefault(picture.name, picture)
            if first is not picture and first.split != picture.split:
                twice[picture.name] = (*twice.get(picture.name, (first.split,)), picture.split)
            elif first is not picture:
                faults.append(Fault(f"{part.where} {picture.name}", "this image was given before; it is left out here"))
    if not taken:
        raise Unreadable(f"{path}: no image in {parts[0].where}{f': {faults[0].what}' if faults else ''}")
    _add_unlisted(root, [home for part in parts for home in _homes(part.file, images)[:1]], parts, taken)
    return Labelled(
        name=path.stem if path.is_file() else path.name,
        root=root,
        format="cvat",
        task=task,
        classes=classes,
        category_ids=tuple(range(len(classes))),
        pictures=by_name(taken.values()),
        faults=tuple(sorted(faults)),
        listed_twice=tuple(sorted((name, tuple(dict.fromkeys(splits))) for name, splits in twice.items())),
    )


def _label_files(path: Path) -> list[Path]:
    files = [path] if path.is_file() and path.suffix.lower() == ".xml" else []
    if path.is_dir():
        files = layout.files_in(path, ".xml")
    return [file for file in files if b"<annotations" in layout.regular_bytes(file, _HEAD)]


def _homes(file: Path, images: Path | None) -> list[Path]:
    """Give the folders in which the images of an XML file may lie, the likeliest first."""
    if images is not None:
        return [images]
    beside = file.parent / "images"
    return [beside, file.parent] if beside.is_dir() else [file.parent]


def _pictures(
    root: Path, images: Path | None, part: Part, task: Task, rows: dict[str, int], faults: list[Fault]
) -> Iterator[Picture]:
    homes = _homes(part.file, images)
    frames = _frames(homes[0], part) if part.is_video else {}
    for number in sorted(frames, key=int):
        part.shots.setdefault(number, Shot(number=number, name=None, width=part.width, height=part.height))
    for shot in part.shots.values():
        file = _file(homes, shot, frames)
        tags = [tag for tag in dict.fromkeys(shot.tags) if tag in rows] if task == "classification" else []
        if len(tags) > 1:
            faults.append(Fault(f"{part.where} image {shot.number}", f"{len(tags)} tags; '{tags[0]}' is read"))
        name = name_under(root, file)
        faults += [msgspec.structs.replace(fault, where=f"{name} {fault.where}") for fault in shot.faults]
        yield Picture(
            name=name,
            file=file,
            split=_split(shot, part, file, homes[0]),
            key=shot.number,
            width=shot.width,
            height=shot.height,
            annotations=() if task == "classification" else _objects(shot, rows),
            labelled=bool(tags) or task != "classification",
            label=tags[0] if tags else None,
            tags={"video": part.task} if part.is_video and part.task else {},
        )


def _objects(shot: Shot, rows: dict[str, int]) -> tuple[Annotation, ...]:
    return tuple(msgspec.structs.replace(one, row=rows[name]) for name, one in shot.objects if name in rows)


def _file(homes: list[Path], shot: Shot, frames: dict[str, Path]) -> Path:
    if shot.name is None:
        return frames.get(shot.number, homes[0] / f"frame_{int(shot.number):06d}.png")
    # Exports of a whole project put each subset into a folder of its own.
    around = [home / shot.subset for home in homes] if shot.subset else []
    places = [place / shot.name for place in (*around, *homes)]
    return next((place for place in places if place.is_file()), homes[0] / shot.name)


def _frames(home: Path, part: Part) -> dict[str, Path]:
    """Give the frames' image files by number: by the number in their name, else by their order."""
    files = list(layout.images_under(home)) if home.is_dir() else []
    numbered = [re.fullmatch(r"frame[-_ ]?(\d{1,9})", file.stem, re.IGNORECASE) for file in files]
    numbers = [int(match[1]) for match in numbered if match] if all(numbered) else list(range(len(files)))
    return {str(number): file for number, file in zip(numbers, files, strict=True) if number not in part.deleted}


def _split(shot: Shot, part: Part, file: Path, home: Path) -> str:
    if shot.subset:
        return ALL if shot.subset.lower() == "default" else layout.split_of(shot.subset) or shot.subset
    folders = PurePosixPath(name_under(home, file)).parts[:-1]
    said = (layout.split_of(name) for name in (*folders, part.file.stem))
    return next((split for split in said if split), ALL)


def _add_unlisted(root: Path, homes: list[Path], parts: list[Part], taken: dict[str, Picture]) -> None:
    """Add the images beside the listed ones that no file names; those of deleted frames are left out."""
    splits = {picture.split for picture in taken.values()}
    for home in dict.fromkeys(homes):
        if not home.is_dir() or any(part.is_video for part in parts):
            continue
        for file in layout.images_under(home):
            name = name_under(root, file)
            if name not in taken:
                split = ALL if splits == {ALL} else layout.split_of(name.partition("/")[0]) or layout.UNASSIGNED
                taken[name] = Picture(name=name, file=file, split=split, key=name, labelled=False)
