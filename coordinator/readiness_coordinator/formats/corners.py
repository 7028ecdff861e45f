"""Text files of corners: `class left top right bottom` per line, one file per image, as mAP tools read ground truth."""

from pathlib import Path

import msgspec

from readiness.evidence.model import Task
from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Mismatch, Picture, Unreadable, by_name
from readiness_coordinator.formats.layout import ALL, name_under

RANK = 60
LOOKS_FOR = "ground-truth/*.txt with images"

_LABELS = ("ground-truth", "groundtruth", "groundtruths", "ground_truth")
_IMAGES = ("images-optional", "images", "JPEGImages")
# Among corners, right of left is always right; among widths and heights, smaller than left or top is common.
_SWAPPED = 0.1


def fits(path: Path) -> bool:
    """Tell whether a folder of ground truth with text files lies here or under input/."""
    return _label_folder(path) is not None


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read every text file; raises Unreadable when there is none, or when the numbers are no corners.

    Boxes are given as written, without a shift: x = left, y = top, w = right - left, h = bottom - top. The format does
    not say where pixels start: files that Cartucho/mAP converts count from 1 and include the last one, others from 0.
    In each of these a right of the image's width is still inside, and one more is not. Folders of detections beside
    the ground truth are not read.
    """
    if task not in {None, "detection"}:
        raise Mismatch(f"{path}: files of corners hold boxes; --task {task} does not fit")
    home = _label_folder(path)
    if home is None:
        raise Unreadable(f"{path}: found no {LOOKS_FOR}")
    texts = {file.stem: file for file in layout.files_in(home, ".txt")}
    files = {file.stem: file for file in layout.images_under(images or _image_folder(home))}
    faults: list[Fault] = []
    found: dict[str, list[tuple[str, Annotation]]] = {}
    for stem, file in texts.items():
        where = name_under(path, file)
        found[stem], bad = _rows(file, where)
        if stem not in files:
            faults.append(Fault(where, "no image has this name", "label-file-orphaned"))
        image = f"{name_under(path, files[stem])} " if stem in files else ""
        faults += [Fault(f"{image}{fault.where}", fault.what) for fault in bad]
    _refuse_sizes(path, [one for rows in found.values() for _, one in rows])
    classes = tuple(sorted({name for rows in found.values() for name, _ in rows}))
    index = {name: row for row, name in enumerate(classes)}
    pictures = [
        Picture(
            name=name_under(path, file),
            file=file,
            split=ALL,
            key=stem,
            annotations=tuple(msgspec.structs.replace(one, row=index[name]) for name, one in found.get(stem, ())),
            labelled=stem in texts,
        )
        for stem, file in files.items()
    ]
    if not pictures:
        raise Unreadable(f"{path}: no image for the text files in {name_under(path, home)}; name its folder: --images")
    return Labelled(
        name=path.name,
        root=path,
        format="corners",
        task="detection",
        classes=classes,
        category_ids=tuple(range(len(classes))),
        pictures=by_name(pictures),
        faults=tuple(sorted(faults)),
    )


def _label_folder(path: Path) -> Path | None:
    if not path.is_dir():
        return None
    homes = [path, *(home / name for home in (path, path / "input") for name in _LABELS)]
    likely = homes if path.name in _LABELS else homes[1:]
    return next((home for home in likely if layout.files_in(home, ".txt")), None)


def _image_folder(home: Path) -> Path:
    places = [around / name for around in (home.parent, home.parent.parent) for name in _IMAGES]
    return next((place for place in places if place.is_dir()), home)


def _rows(file: Path, where: str) -> tuple[list[tuple[str, Annotation]], list[Fault]]:
    try:
        text = layout.read_text(file)
    except Unreadable as error:
        return [], [Fault(where, str(error).removeprefix(f"{file}: "))]
    found, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(_row(line.split(), f"{where}:{number}"))
            except ValueError as error:
                faults.append(Fault(f"{where}:{number}", str(error)))
    return found, faults


def _row(words: list[str], name: str) -> tuple[str, Annotation]:
    difficult = words[-1] == "difficult"
    numbers = words[1:-1] if difficult else words[1:]
    if len(numbers) != 4:
        raise ValueError(
            f"{len(words)} words; a line is class left top right bottom, with the class in one word,"
            " and 'difficult' or nothing after it"
        )
    x1, y1, x2, y2 = (layout.finite(word) for word in numbers)
    return words[0], Annotation(id=name, row=0, box=(x1, y1, x2 - x1, y2 - y1), difficult=difficult)


def _refuse_sizes(path: Path, found: list[Annotation]) -> None:
    turned = sum(one.box is not None and (one.box[2] < 0 or one.box[3] < 0) for one in found)
    if turned > max(1, _SWAPPED * len(found)):
        raise Unreadable(
            f"{path}: {turned} of {len(found)} boxes end before they start: the last two numbers seem to be width and"
            " height; write right and bottom"
        )
