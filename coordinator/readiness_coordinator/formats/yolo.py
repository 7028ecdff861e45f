"""YOLO: data.yaml, image folders or lists per split, one text file of fractions per image."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from readiness.evidence.model import Task
from readiness.measures import decode
from readiness_coordinator.formats import layout, yolo_rows
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Picture, Unreadable, by_name

RANK = 20
LOOKS_FOR = "data.yaml with names and train/val"

_KEYS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}
_LONGEST_YAML = 4_000_000
_HEAD = 1 << 18
_NAMES = re.compile(rb"^names\s*:", re.MULTILINE)


class _Plain(yaml.SafeLoader):
    """YAML without anchors and aliases, by which a few lines can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it open
        if event.anchor is not None:
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not read", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def fits(path: Path) -> bool:
    """Tell whether there is a YAML file that names splits."""
    return _yaml_file(path) is not None


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read data.yaml and every label file; raises Unreadable when data.yaml cannot be used.

    A split path that leads nowhere is looked for by its last components inside the folder, and told of.
    """
    if images is not None:
        raise Unreadable(f"{path}: YOLO names its image folders in data.yaml; leave out --images")
    file = _yaml_file(path)
    if file is None:
        raise Unreadable(f"{path}: found no {LOOKS_FOR}")
    said = _settings(file)
    classes, faults = _classes(said, file)
    root = _root(said, file)
    broken: list[Fault] = []
    listed: dict[str, tuple[Path, list[str]]] = {}
    for key, split in _KEYS.items():
        for place in _places(said.get(key), file, key):
            for picture in _files(place, root, file, key, broken):
                splits = listed.setdefault(layout.name_under(root, picture), (picture, []))[1]
                if split not in splits:
                    splits.append(split)
    if not listed:
        raise Unreadable(f"{file}: no image in any of its splits{_hint(broken)}")
    pictures = [_picture(name, image, splits[0], len(classes), faults) for name, (image, splits) in listed.items()]
    shapes = [bool(one.polygon) for picture in pictures for one in picture.annotations]
    return Labelled(
        name=path.stem if path.is_file() else path.name,
        root=root,
        format="yolo",
        task=task or ("segmentation" if shapes and all(shapes) else "detection"),
        classes=classes,
        category_ids=tuple(range(len(classes))),
        pictures=by_name(pictures),
        faults=tuple(sorted(faults)),
        broken_paths=tuple(sorted(set(broken))),
        listed_twice=tuple(sorted((name, tuple(splits)) for name, (_, splits) in listed.items() if len(splits) > 1)),
    )


def _yaml_file(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix.lower() in {".yaml", ".yml"} else None
    named = [path / name for name in ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")]
    rest = [file for ending in ("*.yaml", "*.yml") for file in sorted(path.glob(ending)) if _NAMES.search(_start(file))]
    return next((file for file in [*named, *rest] if file.is_file()), None)


def _start(file: Path) -> bytes:
    return layout.regular_bytes(file, _HEAD)


def _settings(file: Path) -> dict[str, Any]:
    if file.stat().st_size > _LONGEST_YAML:
        raise Unreadable(f"{file}: {file.stat().st_size:,} bytes is too long for a data.yaml")
    try:
        said = yaml.load(layout.read_text(file), Loader=_Plain)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        what = getattr(error, "problem", None) or type(error).__name__
        raise Unreadable(f"{file}: not plain YAML{where}: {what}") from None
    if not isinstance(said, dict):
        raise Unreadable(f"{file}: not a YAML mapping with names, train and val")
    return said


def _classes(said: dict[str, Any], file: Path) -> tuple[tuple[str, ...], list[Fault]]:
    names = said.get("names")
    if isinstance(names, dict) and names and all(isinstance(key, int) and 0 <= key <= len(names) for key in names):
        # A gap in the numbering keeps its row, so that the label files' numbers stay right.
        names = [names.get(row, f"class {row}") for row in range(max(names) + 1)]
    if not isinstance(names, list) or not names:
        raise Unreadable(f"{file}: 'names' must list the classes, in the order of their numbers")
    if nested := [row for row, name in enumerate(names) if isinstance(name, list | dict | set | tuple)]:
        raise Unreadable(f"{file}: 'names' holds no plain text for class {nested[0]}")
    count = said.get("nc", len(names))
    faults = [] if count == len(names) else [Fault(f"{file.name} nc", f"nc is {count}, names lists {len(names)}")]
    return tuple(layout.clean(str(name)) for name in names), faults


def _root(said: dict[str, Any], file: Path) -> Path:
    declared = said.get("path")
    if isinstance(declared, str) and declared and (file.parent / declared).is_dir():
        return (file.parent / declared).resolve()
    return file.parent.resolve()


def _places(value: Any, file: Path, key: str) -> list[str]:
    places = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(place, str) for place in places):
        raise Unreadable(f"{file}: '{key}' must be a path or a list of paths")
    return places


def _files(place: str, root: Path, file: Path, key: str, broken: list[Fault]) -> Iterator[Path]:
    declared = place.replace("\\", "/")
    found = root / declared
    if not found.exists():
        parts = [part for part in Path(declared).parts if part not in {"..", ".", "/"}]
        tails = [root.joinpath(*parts[start:]) for start in range(len(parts))]
        inside = next((tail for tail in tails if tail.exists()), None)
        instead = f"read {layout.name_under(root, inside)} instead" if inside else "nothing of that name in the folder"
        broken.append(Fault(f"{file.name} {key}", f"'{place}' does not exist; {instead}"))
        if inside is None:
            return
        found = inside
    if found.is_dir():
        yield from layout.images_under(found.resolve())
    elif found.suffix.lower() == ".txt":
        yield from _listed(found, root, file)
    else:
        broken.append(Fault(f"{file.name} {key}", f"'{place}' is neither a folder nor a .txt list"))


def _listed(listing: Path, root: Path, file: Path) -> Iterator[Path]:
    for line in layout.read_text(listing).split("\n"):
        if entry := line.strip().replace("\\", "/"):
            homes = [listing.parent] if entry.startswith("./") else [root, file.parent, listing.parent]
            yield next((home / entry for home in homes if (home / entry).exists()), homes[0] / entry).resolve()


def _hint(broken: list[Fault]) -> str:
    return f"; {broken[0].where}: {broken[0].what}" if broken else ""


def _picture(name: str, image: Path, split: str, classes: int, faults: list[Fault]) -> Picture:
    labels = _label_file(image)
    where = _label_file(Path(name)).as_posix()
    text = None
    if labels.is_file():
        try:
            text = layout.read_text(labels)
        except Unreadable as error:
            faults.append(Fault(where, str(error).rpartition(": ")[2]))
    size = _size(image) if text and text.strip() else None
    annotations: tuple[Annotation, ...] = ()
    if text is not None:
        annotations, bad = yolo_rows.parse(text, size, classes, where)
        faults += bad
    return Picture(
        name=name,
        file=image,
        split=split,
        key=name,
        width=size[0] if size else None,
        height=size[1] if size else None,
        annotations=annotations,
        labelled=text is not None,
    )


def _label_file(image: Path) -> Path:
    """Give the label file of an image as Ultralytics does: the last /images/ becomes /labels/, the ending .txt."""
    parts = list(image.parts)
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] == "images":
            parts[index] = "labels"
            break
    return Path(*parts).with_suffix(".txt")


def _size(image: Path) -> tuple[int, int] | None:
    try:
        head = _start(image)
        try:
            width, height, _, _ = decode.header(head)
        except decode.BadImage:
            width, height, _, _ = decode.header(layout.regular_bytes(image))
    except (OSError, decode.BadImage):
        return None
    return width, height
