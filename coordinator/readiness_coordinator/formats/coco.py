"""COCO: JSON with images, annotations and categories, one file per split or one for all."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from readiness.evidence.model import Task
from readiness_coordinator.formats import coco_categories, coco_json, coco_objects, layout, undeclared
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Mismatch, Picture, Unreadable, by_name

RANK = 10
LOOKS_FOR = "annotations/*.json, _annotations.coco.json or one .json with --images"

_ROBOFLOW = "_annotations.coco.json"
_LISTED = re.compile(rb'"annotations"\s*:\s*\[')
_PLAUSIBLE = 50
_FEW = 50


def fits(path: Path) -> bool:
    """Tell whether a JSON file where COCO datasets keep them has one of COCO's lists, or is broken."""
    files = _label_files(path)
    if path.is_file():
        return bool(files)
    return any(coco_json.meant(file, among_labels=file.parent != path) for file in files)


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read every label file of the dataset; raises Unreadable when none of them is COCO or one is broken JSON."""
    if task == "classification":
        raise Mismatch(f"{path}: COCO holds boxes; --task classification does not fit")
    root = path if path.is_dir() else (images or path.parent)
    files = _label_files(path)
    loaded = [coco_json.load(file, layout.name_under(root, file)) for file in files]
    parts = [part for part in loaded if part is not None]
    if not parts:
        missing = coco_json.lacking(files[0]) if files else []
        hint = f"; {files[0].name} lacks {' and '.join(missing)}" if missing else ""
        raise Unreadable(f"{path}: no JSON with images, annotations and categories in it{hint}")
    faults: list[Fault] = []
    faults += [
        Fault(part.where, f"holds '{key}' more than once; the last is read") for part in parts for key in part.twice
    ]
    categories = coco_categories.read(parts, faults)
    taken: dict[str, Picture] = {}
    twice: dict[str, tuple[str, ...]] = {}
    homes: dict[Path, set[str]] = {}
    for part in parts:
        split, home = _split(root, part.file), _image_folder(root, part, images)
        homes.setdefault(home, set()).add(split)
        here: set[str] = set()
        for picture in _pictures(root, home, split, part, coco_categories.rows(part, categories), faults):
            if picture.name in here:
                what = "this file_name was given before; the objects of both entries are read as one image's"
                faults.append(Fault(f"{part.where} {picture.name}", what))
            here.add(picture.name)
            first = taken.setdefault(picture.name, picture)
            if first is not picture and first.split == split:
                taken[picture.name] = _joined(first, picture)
            elif first is not picture:
                splits = twice.get(first.name, (first.split,))
                twice[first.name] = splits if split in splits else (*splits, split)
    if path.is_dir():
        _add_unlisted(root, homes, taken)
        faults += undeclared.folders(root, taken, "no label file")
    return Labelled(
        name=path.stem if path.is_file() else path.name,
        root=root,
        format="coco",
        task=task or "detection",
        classes=tuple(categories.values()),
        category_ids=tuple(categories),
        pictures=by_name(taken.values()),
        faults=tuple(sorted(faults)),
        listed_twice=tuple(sorted(twice.items())),
        declared=tuple(sorted({_split(root, part.file) for part in parts} - {layout.ALL})),
    )


def _label_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".json" else []
    if exports := [file for home in (path, *layout.folders_in(path)) if (file := home / _ROBOFLOW).is_file()]:
        return exports
    beside = layout.files_in(path, ".json")
    if len(beside) > _FEW:
        beside = []  # one per image: another format's
    found = layout.files_in(path / "annotations", ".json") or [
        file for file in beside if _LISTED.search(layout.read_bytes(file))
    ]
    # COCO itself lays captions and keypoints of the same images beside the instances.
    return [file for file in found if file.name.startswith("instances_")] or found


def _split(root: Path, file: Path) -> str:
    said = file.parent.name if file.name == _ROBOFLOW and file.parent != root else file.stem
    return layout.split_of(said) or layout.ALL


def _image_folder(root: Path, part: coco_json.Part, images: Path | None) -> Path:
    """Find where a label file's pictures lie: the likely folder in which most of its first names exist."""
    if images is not None:
        return images
    stem = part.file.stem.removeprefix("instances_")
    split = _split(root, part.file)
    names = [stem, split, *(word for word in ("valid", "validation") if split == "val"), f"{split}2017"]
    around = [root / "images" / name for name in names] + [root / name for name in names]
    likely = [part.file.parent, *around, root / "images", root]
    heads = list(coco_json.entries(part.images[:_PLAUSIBLE], "", []))
    named = [[coco_json.file_name(entry, folder) for _, entry in heads] for folder in likely]
    hits = [
        sum(name is not None and layout.exists(folder / name) for name in names)
        for folder, names in zip(likely, named, strict=True)
    ]
    if max(hits, default=0) > 0:
        return likely[hits.index(max(hits))]
    return next((folder for folder in around if folder.is_dir()), root)


def _pictures(
    root: Path, home: Path, split: str, part: coco_json.Part, rows: dict[int, int], faults: list[Fault]
) -> Iterator[Picture]:
    sizes = {
        str(coco_json.image_id(entry)): (coco_json.side(entry, "width"), coco_json.side(entry, "height"))
        for _, entry in coco_json.entries(part.images, "", [])
    }
    objects = coco_objects.read(part, sizes, rows, faults)
    seen: set[str] = set()
    for number, entry in coco_json.entries(part.images, f"{part.where} image", faults):
        identity, name = coco_json.image_id(entry), coco_json.file_name(entry, home)
        where = f"{part.where} image {identity if identity is not None else f'#{number}'}"
        if identity is None or name is None:
            faults.append(Fault(where, "no usable id or file_name"))
            continue
        if str(identity) in seen:
            faults.append(Fault(where, f"this id was given before; '{name}' is left out"))
            continue
        seen.add(str(identity))
        if name.startswith("/") or ".." in name.split("/"):
            faults.append(Fault(where, f"file_name '{name}' leads out of the dataset"))
            continue
        within = layout.name_under(root, home / name)
        bad = objects.faulty.pop(str(identity), ())
        faults += [Fault(f"{within} {fault.where}", fault.what, fault.code) for fault in bad]
        yield Picture(
            name=within,
            file=home / name,
            split=split,
            key=identity,
            width=coco_json.side(entry, "width"),
            height=coco_json.side(entry, "height"),
            annotations=tuple(objects.usable.pop(str(identity), ())),
            tags=coco_json.tags(entry),
        )
    faults += chain.from_iterable(objects.faulty.values())


def _joined(first: Picture, second: Picture) -> Picture:
    """Give one picture the objects of two entries; an object that both say, as keypoint files do, stands once."""
    known = {_content(one) for one in first.annotations}
    more = tuple(one for one in second.annotations if _content(one) not in known)
    return msgspec.structs.replace(first, annotations=(*first.annotations, *more))


def _content(one: Annotation) -> tuple[object, ...]:
    return one.row, one.box, one.crowd, one.polygon


def _add_unlisted(root: Path, homes: dict[Path, set[str]], taken: dict[str, Picture]) -> None:
    """Add the images that no label file lists; they belong to the split whose folder they lie in, if to one."""
    for home, splits in sorted(homes.items()):
        split = next(iter(splits)) if len(splits) == 1 and home != root else layout.UNASSIGNED
        others = [other for other in homes if other != home]
        for file in layout.images_under(home):
            name = layout.name_under(root, file)
            if name not in taken and not any(file.is_relative_to(other) for other in others):
                taken[name] = Picture(name=name, file=file, split=split, key=name, labelled=False)
