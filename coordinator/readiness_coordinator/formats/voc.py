"""Pascal VOC: one XML file per image, in folders of their own with split lists, or beside the images."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from readiness.evidence.model import Task
from readiness_coordinator.formats import layout, voc_splits, voc_xml
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Mismatch, Picture, Unreadable, by_name

RANK = 30
LOOKS_FOR = "Annotations/*.xml with JPEGImages, or an XML file beside each image"

_ROOT = re.compile(rb"<annotation[\s>]")
_HEAD = 1 << 12


class _Files(msgspec.Struct, frozen=True):
    """XML files and images by their common key, and the splits of each key where lists or folders say them."""

    xmls: dict[str, Path]
    images: dict[str, list[Path]]
    splits: dict[str, list[str]]
    rest: str
    home: Path


def fits(path: Path) -> bool:
    """Tell whether an Annotations folder with XML files lies here or up to two folders deeper, or XML beside images."""
    return bool(_homes(path) or _pairs(path))


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read every XML file and the split lists; raises Unreadable when there is no single VOC folder.

    VOC pixels count from 1 and include the last one, those of later tools from 0. Which of the two a file means, it
    does not say: the box is given as written, without a shift: x = xmin, y = ymin, w = xmax - xmin, h = ymax - ymin,
    as detection tools train on it.
    """
    if task not in {None, "detection"}:
        raise Mismatch(f"{path}: VOC XML holds boxes; --task {task} does not fit")
    homes, pairs = _homes(path), _pairs(path)
    if len(homes) > 1:
        raise Unreadable(f"{path}: holds {len(homes)} VOC folders ({', '.join(h.name for h in homes)}); name one")
    if not homes and not pairs:
        raise Unreadable(f"{path}: found no {LOOKS_FOR}")
    files = _apart(homes[0], images) if homes else _beside(path, pairs)
    faults: list[Fault] = []
    found: list[tuple[Picture, list[tuple[str, Annotation]]]] = []
    for key in sorted({*files.xmls, *files.images, *files.splits}):
        found += _entry(path, key, files, faults)
    classes = tuple(sorted({name for _, objects in found for name, _ in objects}))
    rows = {name: row for row, name in enumerate(classes)}
    return Labelled(
        name=path.name,
        root=path,
        format="voc",
        task="detection",
        classes=classes,
        category_ids=tuple(range(len(classes))),
        pictures=by_name(_with_rows(picture, objects, rows) for picture, objects in found),
        faults=tuple(sorted(faults)),
        listed_twice=tuple(
            sorted(
                (p.name, tuple(files.splits[str(p.key)])) for p, _ in found if len(files.splits.get(str(p.key), ())) > 1
            )
        ),
        declared=tuple(sorted({split for splits in files.splits.values() for split in splits} - {layout.ALL})),
    )


def _homes(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    inside = layout.folders_in(path)
    found = [path, *inside, *(deeper for folder in inside for deeper in layout.folders_in(folder))]
    annotated = (home for home in found if (home / "Annotations").is_dir())
    return [home for home in annotated if any(_is_xml(file) for file in layout.files_under(home / "Annotations"))]


def _pairs(path: Path) -> list[Path]:
    """Give the folders, this one or those in it, where an image has its XML beside it."""
    if not path.is_dir():
        return []
    found = []
    for folder in (path, *layout.folders_in(path)):
        if xmls := layout.files_in(folder, ".xml"):
            stems = {file.stem for file in layout.files_in(folder, *layout.IMAGE_SUFFIXES)}
            first = next((file for file in xmls if file.stem in stems), None)
            if first is not None and _ROOT.search(layout.regular_bytes(first, _HEAD)):
                found.append(folder)
    return found


def _apart(home: Path, images: Path | None) -> _Files:
    beside = (home / name for name in ("JPEGImages", "images", "Images"))
    folder = images or next((one for one in beside if one.is_dir()), home)
    xmls = {
        _key(home / "Annotations", file): file for file in layout.files_under(home / "Annotations") if _is_xml(file)
    }
    files = _by_key(folder, layout.images_under(folder))
    splits = voc_splits.read(home, {*xmls, *files})
    return _Files(xmls, files, splits, layout.UNASSIGNED if splits else layout.ALL, folder)


def _beside(path: Path, folders: list[Path]) -> _Files:
    xmls: dict[str, Path] = {}
    images: dict[str, list[Path]] = {}
    splits: dict[str, list[str]] = {}
    for folder in folders:
        here = {_key(path, file): file for file in layout.files_in(folder, ".xml")}
        pictures = _by_key(path, layout.files_in(folder, *layout.IMAGE_SUFFIXES))
        split = layout.split_of(folder.name) if folder != path else None
        splits |= {key: [split or layout.ALL] for key in (*here, *pictures)}
        xmls |= here
        images |= pictures
    return _Files(xmls, images, splits, layout.ALL, path)


def _by_key(root: Path, files: Iterator[Path] | list[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for file in files:
        found.setdefault(_key(root, file), []).append(file)
    return found


def _key(root: Path, file: Path) -> str:
    return layout.name_under(root, file)[: -len(file.suffix)]


def _is_xml(file: Path) -> bool:
    return file.suffix.lower() == ".xml"


def _entry(
    path: Path, key: str, files: _Files, faults: list[Fault]
) -> Iterator[tuple[Picture, list[tuple[str, Annotation]]]]:
    """Give the picture of one key with its objects, then those that have its stem too and no label of their own."""
    xml, images = files.xmls.get(key), files.images.get(key, [])
    where = layout.name_under(path, xml) if xml is not None else ""
    root = voc_xml.parsed(xml, where, faults) if xml is not None else None
    said = voc_xml.file_name(root) if root is not None else ""
    named = [file for file in images if file.name == said]
    # Where the XML's own name leads to no image, the one it speaks of may.
    elsewhere = files.home / said if said and _key_of(said) not in files.xmls else None
    if not images and elsewhere is not None and layout.exists(elsewhere):
        named = [elsewhere]
    elif images and said and _key_of(said) != images[0].stem:
        faults.append(Fault(where, f"filename says '{said}'; read for {images[0].name}, which has the file's name"))
    file = next(iter([*named, *images]), None)
    if file is None and xml is not None and files.images:
        faults.append(Fault(where, "there is no image of this name", "label-file-orphaned"))
        if key not in files.splits:
            return
    objects = list(voc_xml.objects(root, where, faults)) if root is not None else []
    size = voc_xml.size(root, where, faults) if root is not None else None
    split = files.splits.get(key, [files.rest])[0]
    first = file or files.home / f"{key}.jpg"
    yield _picture(path, first, key, split, size, labelled=root is not None), objects
    for other in images:
        if other != first:
            yield _picture(path, other, layout.name_under(path, other), split, None, labelled=False), []


def _key_of(name: str) -> str:
    return name.rpartition(".")[0] or name


def _picture(path: Path, file: Path, key: str, split: str, size: tuple[int, int] | None, *, labelled: bool) -> Picture:
    return Picture(
        name=layout.name_under(path, file),
        file=file,
        split=split,
        key=key,
        width=size[0] if size else None,
        height=size[1] if size else None,
        labelled=labelled,
    )


def _with_rows(picture: Picture, found: list[tuple[str, Annotation]], rows: dict[str, int]) -> Picture:
    annotations = tuple(msgspec.structs.replace(one, row=rows[name]) for name, one in found)
    return msgspec.structs.replace(picture, annotations=annotations)
