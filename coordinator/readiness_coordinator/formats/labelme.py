"""LabelMe: one JSON file of shapes or flags per image, beside it or in a folder of its own."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec

from readiness.evidence.model import Task
from readiness_coordinator.formats import labelme_json, layout
from readiness_coordinator.formats.labelled import Fault, Labelled, Picture, Unreadable, by_name
from readiness_coordinator.formats.labelme_json import Objects, Sheet
from readiness_coordinator.formats.layout import ALL, name_under

# Its files may lie in annotations/, where COCO would take them for its own.
RANK = 5
LOOKS_FOR = "one LabelMe .json with shapes per image"

_HEAD = 1 << 16
_ASKED = 8
_SHAPES = re.compile(rb'"shapes"\s*:\s*\[')
_OWN = re.compile(rb'"(?:imagePath|imageData|shape_type|flags|version)"\s*:')


class _Entry(NamedTuple):
    where: str
    sheet: Sheet
    image: Path
    objects: Objects
    flag: str | None


def fits(path: Path) -> bool:
    """Tell whether a JSON file here, or one or two folders deeper, starts as LabelMe's do."""
    if not path.is_dir():
        return False
    inside = layout.folders_in(path)
    folders = [path, *inside, *(deeper for folder in inside for deeper in layout.folders_in(folder))]
    return any(_is_own(file) for folder in folders for file in layout.files_in(folder, ".json")[:_ASKED])


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read every JSON file below `path`; raises Unreadable when none of them has an image.

    The classes are the sorted labels of all files: tools that number them file by file give other ids on every run.
    A shape is an object; several of one label and one group are parts of one object.
    """
    if not path.is_dir():
        raise Unreadable(f"{path}: not a folder")
    faults: list[Fault] = []
    skipped: Counter[str] = Counter()
    files = list(layout.files_under(path))
    pictured = layout.images_under(images) if images is not None else (file for file in files if layout.is_image(file))
    known = _Known(path, list(pictured))
    entries: dict[str, _Entry] = {}
    for file in (file for file in files if file.suffix.lower() == ".json"):
        entry = _entry(path, file, known, skipped, faults)
        if entry is None:
            continue
        kept = entries.setdefault(name_under(path, entry.image), entry)
        if kept is not entry:
            faults.append(Fault(entry.where, f"labels the image that {kept.where} labels; left out"))
    if not entries:
        first = f"; {faults[0].where}: {faults[0].what}" if faults else ""
        raise Unreadable(f"{path}: no image for any LabelMe file{first}")
    faults += [Fault(path.name, f"{count} {kind} are no objects; left out") for kind, count in skipped.items()]
    task = task or _task(list(entries.values()))
    classes = _classes(entries.values(), task)
    return Labelled(
        name=path.name,
        root=path,
        format="labelme",
        task=task,
        classes=classes,
        category_ids=tuple(range(len(classes))),
        pictures=by_name(_picture(path, file, entries.get(name), classes, task) for name, file in known.named.items()),
        faults=tuple(sorted(faults)),
    )


class _Known:
    """The images of a dataset, found by their path and by their stem."""

    def __init__(self, root: Path, files: list[Path]) -> None:
        self.named = {name_under(root, file): file for file in files}
        self.stems: dict[str, list[str]] = {}
        for name in self.named:
            self.stems.setdefault(PurePosixPath(name).stem, []).append(name)

    def of_stem(self, sheet: PurePosixPath) -> Path | None:
        """Give the image of a sheet's own stem: the one beside it, else the only one, or the only one of its split."""
        names = self.stems.get(sheet.stem, [])
        beside = [name for name in names if PurePosixPath(name).parent == sheet.parent]
        split = [name for name in names if _split(name) == _split(sheet.as_posix())]
        chosen = next((some for some in (beside, names, split) if len(some) == 1), beside)
        return self.named[chosen[0]] if chosen else None


def _is_own(file: Path) -> bool:
    head = layout.regular_bytes(file, _HEAD)
    return bool(_SHAPES.search(head) and _OWN.search(head))


def _entry(path: Path, file: Path, known: _Known, skipped: Counter[str], faults: list[Fault]) -> _Entry | None:
    where = name_under(path, file)
    sheet = labelme_json.load(file, where, faults)
    if sheet is None:
        return None
    own = PurePosixPath(where)
    said = sheet.image_path.replace("\\", "/") if isinstance(sheet.image_path, str) else ""
    named, beside = known.named.get(_resolved(own.parent, said)), known.of_stem(own)
    image = beside or named or known.of_stem(own.with_name(PurePosixPath(said).name or own.name))
    if image is None:
        what = f"no image has its name, nor the imagePath '{layout.clean(said)[:200]}'; embedded images are not read"
        faults.append(Fault(where, what, "label-file-orphaned"))
        return None
    if said and PurePosixPath(said).stem != image.stem:
        faults.append(
            Fault(where, f"imagePath names '{layout.clean(said)[:200]}'; taken for {name_under(path, image)}")
        )
    objects = labelme_json.objects(sheet, where, skipped, faults)
    return _Entry(where, sheet, image, objects, labelme_json.flag(sheet, where, faults))


def _resolved(home: PurePosixPath, said: str) -> str:
    parts: list[str] = []
    for part in (home / said).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _split(name: str) -> str:
    said = (layout.split_of(part) for part in PurePosixPath(name).parts[:-1])
    return next((split for split in said if split), ALL)


def _task(entries: list[_Entry]) -> Task:
    shapes = {one.shape for entry in entries for _, one in entry.objects}
    if not shapes and any(entry.flag for entry in entries):
        return "classification"
    return "segmentation" if shapes and shapes <= {"polygon", "mask"} else "detection"


def _classes(entries: Iterable[_Entry], task: Task) -> tuple[str, ...]:
    if task == "classification":
        return tuple(sorted({entry.flag for entry in entries if entry.flag}))
    return tuple(sorted({label for entry in entries for label, _ in entry.objects}))


def _picture(path: Path, file: Path, entry: _Entry | None, classes: tuple[str, ...], task: Task) -> Picture:
    rows = {label: row for row, label in enumerate(classes)}
    classify = task == "classification"
    name = name_under(path, file)
    objects = () if entry is None or classify else entry.objects
    return Picture(
        name=name,
        file=file,
        split=_split(name),
        key=name,
        width=labelme_json.side(entry.sheet.image_width) if entry else None,
        height=labelme_json.side(entry.sheet.image_height) if entry else None,
        annotations=tuple(msgspec.structs.replace(one, row=rows[label]) for label, one in objects),
        labelled=entry is not None and (entry.flag is not None or not classify),
        label=entry.flag if entry and classify else None,
    )
