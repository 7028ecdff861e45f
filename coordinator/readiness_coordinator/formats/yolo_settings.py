"""What a YOLO dataset says of itself: data.yaml, or a plain list of class names beside the labels."""

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Fault, Unreadable

_KEYS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}
_LONGEST_YAML = 4_000_000
_MOST_CLASSES = 100_000
_HEAD = 1 << 18
_NAMES = re.compile(rb"^names\s*:", re.MULTILINE)
_LISTS = ("classes.txt", "obj.names", "_darknet.labels")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Classes and split places of a dataset; `places` holds key, split and path, `keypoints` numbers per object."""

    file: Path
    root: Path
    classes: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]
    keypoints: int = 0
    oriented: bool = False
    faults: tuple[Fault, ...] = ()
    broken: tuple[Fault, ...] = ()


class _Plain(yaml.SafeLoader):
    """YAML without anchors and aliases, by which a few lines can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it open
        if event.anchor is not None:
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not read", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def find(path: Path) -> Path | None:
    """Give the file that names the classes: YAML, else a list of names where there are YOLO labels too."""
    if path.is_file():
        return path if path.suffix.lower() in {".yaml", ".yml"} else None
    if not path.is_dir():
        return None
    files = layout.files_in(path, ".yaml", ".yml")
    named = [path / name for name in ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")]
    rest = (file for file in files if _NAMES.search(layout.regular_bytes(file, _HEAD)))
    found = next((file for file in named if file in files), None) or next(rest, None)
    return found or _names_file(path)


def read(path: Path) -> Settings:
    """Read what `find` gives; raises Unreadable when there is nothing or it cannot be used."""
    file = find(path)
    if file is None:
        raise Unreadable(f"{path}: found no data.yaml, and no classes.txt beside images and labels")
    return _of_yaml(file) if file.suffix.lower() in {".yaml", ".yml"} else _of_names(file, path)


def _of_yaml(file: Path) -> Settings:
    said = _parsed(file)
    classes, faults = _classes(said, file)
    root, broken = file.parent, []
    declared = said.get("path")
    if isinstance(declared, str) and declared:
        elsewhere = layout.joined(file.parent, declared)
        if elsewhere is not None and layout.exists(elsewhere) and elsewhere.is_dir():
            root = elsewhere
        else:
            what = f"'{layout.clean(declared)}' does not exist; read as the folder of {file.name}"
            broken.append(Fault(f"{file.name} path", what, "split-path-broken"))
    return Settings(
        file=file,
        root=root,
        classes=classes,
        places=tuple(
            (key, split, place) for key, split in _KEYS.items() for place in _places(said.get(key), file, key)
        ),
        keypoints=_keypoints(said, file),
        oriented=said.get("task") == "obb",
        faults=tuple(faults),
        broken=tuple(broken),
    )


def _parsed(file: Path) -> dict[str, Any]:
    try:
        said = yaml.load(layout.read_text(file, _LONGEST_YAML), Loader=_Plain)  # noqa: S506 - a SafeLoader
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
    if isinstance(names, dict) and names:
        rows = {int(key) if isinstance(key, str) and key.isdecimal() else key: name for key, name in names.items()}
        if all(type(row) is int and 0 <= row < _MOST_CLASSES for row in rows):
            # A gap in the numbering keeps its row, so that the label files' numbers stay right.
            names = [rows.get(row, f"class {row}") for row in range(max(rows) + 1)]
    if not isinstance(names, list) or not names:
        raise Unreadable(f"{file}: 'names' must list the classes, in the order of their numbers")
    if nested := [row for row, name in enumerate(names) if isinstance(name, list | dict | set | tuple)]:
        raise Unreadable(f"{file}: 'names' holds no plain text for class {nested[0]}")
    count = said.get("nc", len(names))
    faults = [] if count == len(names) else [Fault(f"{file.name} nc", f"nc is {count}, names lists {len(names)}")]
    return tuple(layout.clean(str(name)) for name in names), faults


def _keypoints(said: dict[str, Any], file: Path) -> int:
    shape = said.get("kpt_shape")
    if shape is None:
        return 0
    if not isinstance(shape, list) or len(shape) != 2 or not all(type(side) is int for side in shape):
        raise Unreadable(f"{file}: 'kpt_shape' must be two whole numbers: keypoints, and 2 or 3 values of each")
    if not (0 < shape[0] <= 10_000 and shape[1] in {2, 3}):
        raise Unreadable(f"{file}: 'kpt_shape' {shape} is no count of keypoints and 2 or 3 values of each")
    return int(shape[0] * shape[1])


def _places(value: Any, file: Path, key: str) -> list[str]:
    places = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(place, str) for place in places):
        raise Unreadable(f"{file}: '{key}' must be a path or a list of paths")
    return places


def _names_file(path: Path) -> Path | None:
    inside = layout.folders_in(path)
    if not any(_holds_labels(folder) for folder in (path, *inside)):
        return None
    return next((file for name in _LISTS for folder in (path, *inside) if (file := folder / name).is_file()), None)


def _holds_labels(folder: Path) -> bool:
    labels = folder / "labels"
    if labels.is_dir() and any(
        file.suffix == ".txt" and file.name not in _LISTS for file in layout.files_under(labels)
    ):
        return True
    texts = {file.stem for file in layout.files_in(folder, ".txt")}
    return bool(texts) and any(file.stem in texts for file in layout.files_in(folder, *layout.IMAGE_SUFFIXES))


def _of_names(file: Path, root: Path) -> Settings:
    names = [line.strip() for line in layout.read_text(file).splitlines()]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unreadable(f"{file}: lists no class")
    return Settings(
        file=file,
        root=root,
        classes=tuple(name or f"class {row}" for row, name in enumerate(names)),
        places=tuple(_found_places(root)),
    )


def _found_places(root: Path) -> list[tuple[str, str, str]]:
    """Find the splits where no file names them: lists of images, folders inside images, folders of images."""
    lists = [(file.stem, file.name) for file in layout.files_in(root, ".txt") if file.stem in _KEYS]
    inner = layout.folders_in(root / "images") if (root / "images").is_dir() else []
    for found in (
        lists,
        [(folder.name, f"images/{folder.name}") for folder in inner if layout.split_of(folder.name)],
        [(folder.name, folder.name) for folder in layout.folders_in(root) if layout.split_of(folder.name)],
    ):
        if found:
            return [(key, layout.split_of(key) or layout.ALL, place) for key, place in found]
    return [(layout.ALL, layout.ALL, "images" if (root / "images").is_dir() else ".")]
