"""Pascal VOC: one XML file per image, image lists per split."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import defusedxml.ElementTree
import msgspec
from defusedxml.common import DefusedXmlException

from readiness.evidence.model import Task
from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Picture, Unreadable, by_name

RANK = 30
LOOKS_FOR = "Annotations/*.xml with JPEGImages"

_LISTS = {"train": "train", "val": "val", "valid": "val", "test": "test", "trainval": "train"}


def fits(path: Path) -> bool:
    """Tell whether an Annotations folder with XML files lies here or up to two folders deeper."""
    return bool(_homes(path))


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read every XML file and the split lists; raises Unreadable when there is no single VOC folder.

    VOC pixels count from 1 and include the last one. The box is given as the file says it, without a shift:
    x = xmin, y = ymin, w = xmax - xmin, h = ymax - ymin, as detection tools train on it.
    """
    if task not in {None, "detection"}:
        raise Unreadable(f"{path}: VOC XML holds boxes; --task {task} does not fit")
    homes = _homes(path)
    if len(homes) != 1:
        found = f"{len(homes)} VOC folders ({', '.join(home.name for home in homes)}); name one" if homes else LOOKS_FOR
        raise Unreadable(f"{path}: {'holds ' if homes else 'found no '}{found}")
    home = homes[0]
    splits, twice = _splits(home)
    xmls = {file.stem: file for file in sorted((home / "Annotations").glob("*.xml"))}
    files = {file.stem: file for file in layout.images_under(images or _image_folder(home))}
    faults: list[Fault] = []
    rows: dict[str, list[tuple[str, Annotation]]] = {}
    pictures = []
    for stem in sorted({*xmls, *files, *splits}):
        root = _parsed(xmls.get(stem), path, faults)
        rows[stem] = list(_objects(root, layout.name_under(path, xmls[stem]), faults)) if root is not None else []
        file = files.get(stem) or _named_file(root, home, stem)
        default = layout.UNASSIGNED if splits else layout.ALL
        pictures.append(_picture(path, file, stem, splits.get(stem, default), root))
    classes = tuple(sorted({name for row in rows.values() for name, _ in row}))
    return Labelled(
        name=path.name,
        root=path,
        format="voc",
        task="detection",
        classes=classes,
        category_ids=tuple(range(len(classes))),
        pictures=by_name(_with_rows(picture, rows[str(picture.key)], classes) for picture in pictures),
        faults=tuple(sorted(faults)),
        listed_twice=tuple(
            sorted((p.name, twice[str(p.key)]) for p in pictures if str(p.key) in twice),
        ),
    )


def _homes(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    inside = layout.folders_in(path)
    found = [path, *inside, *(deeper for folder in inside for deeper in layout.folders_in(folder))]
    return sorted(home for home in found if any((home / "Annotations").glob("*.xml")))


def _image_folder(home: Path) -> Path:
    return next((home / name for name in ("JPEGImages", "images", "Images") if (home / name).is_dir()), home)


def _splits(home: Path) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Give each stem's split, and the stems that several of train, val and test list."""
    listed: dict[str, list[str]] = {}
    for name in ("train", "val", "valid", "test", "trainval"):
        file = home / "ImageSets" / "Main" / f"{name}.txt"
        if file.is_file():
            for line in layout.read_text(file).split("\n"):
                stem = line.split()[0] if line.split() else ""
                known = listed.setdefault(stem, [])
                split = _LISTS[name]
                # trainval is the union of train and val: it places only what neither of them lists.
                if split not in known and not (name == "trainval" and "val" in known):
                    known.append(split)
    listed.pop("", None)
    twice = {stem: tuple(splits) for stem, splits in listed.items() if len(splits) > 1}
    return {stem: splits[0] for stem, splits in listed.items()}, twice


def _parsed(file: Path | None, root: Path, faults: list[Fault]) -> ET.Element | None:
    if file is None:
        return None
    try:
        element: ET.Element = defusedxml.ElementTree.fromstring(layout.read_bytes(file))
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        faults.append(Fault(layout.name_under(root, file), f"not usable XML: {what}"))
        return None
    return element


def _named_file(root: ET.Element | None, home: Path, stem: str) -> Path:
    """Fall back on the XML's own file name, and say where the image was expected if that is not there either."""
    said = Path((root.findtext("filename") or "") if root is not None else "").name
    file = _image_folder(home) / said
    return file if said and file.is_file() else _image_folder(home) / f"{stem}.jpg"


def _picture(path: Path, file: Path, stem: str, split: str, root: ET.Element | None) -> Picture:
    return Picture(
        name=layout.name_under(path, file),
        file=file,
        split=split,
        key=stem,
        width=_size(root, "width"),
        height=_size(root, "height"),
        labelled=root is not None,
    )


def _size(root: ET.Element | None, side: str) -> int | None:
    text = (root.findtext(f"size/{side}") or "").strip() if root is not None else ""
    return int(text) if text.isdecimal() and int(text) > 0 else None


def _objects(root: ET.Element, where: str, faults: list[Fault]) -> Iterator[tuple[str, Annotation]]:
    for index, element in enumerate(root.iter("object")):
        name = (element.findtext("name") or "").strip()
        corners = [element.findtext(f"bndbox/{key}") for key in ("xmin", "ymin", "xmax", "ymax")]
        try:
            x1, y1, x2, y2 = (layout.finite(text) for text in corners)
        except ValueError as error:
            faults.append(Fault(f"{where} object {index + 1}", f"box not usable: {error}"))
            continue
        if not name:
            faults.append(Fault(f"{where} object {index + 1}", "no class name"))
            continue
        yield name, Annotation(id=f"{Path(where).stem}/{index + 1}", row=0, box=(x1, y1, x2 - x1, y2 - y1))


def _with_rows(picture: Picture, found: list[tuple[str, Annotation]], classes: tuple[str, ...]) -> Picture:
    rows = {name: row for row, name in enumerate(classes)}
    annotations = tuple(msgspec.structs.replace(one, row=rows[name]) for name, one in found)
    return msgspec.structs.replace(picture, annotations=annotations)
