"""What lies at a place where no format fits: the nearest miss, in one line, found with bounded work."""

from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from readiness.listed import counted
from readiness_coordinator.formats import coco_json, layout
from readiness_coordinator.formats.labelled import Unreadable

_MOST_FILES, _MOST_FOLDERS, _MOST_JSON = 2_000, 20, 3
_LONGEST_JSON = 4 << 20
# What labels come in, whether it is read here or not.
_LABELS = (".json", ".txt", ".xml", ".csv", ".yaml", ".yml", ".parquet", ".zip", ".tfrecord", ".record")


def words(home: Path, fitting: Callable[[Path], str | None]) -> str:
    """Say what is there instead of a dataset; `fitting` names the format that fits a folder, if one does."""
    if not home.is_dir():
        return f"a {home.suffix or 'plain'} file is none: give the folder, data.yaml or a COCO .json"
    for folder in layout.folders_in(home)[:_MOST_FOLDERS]:
        if (name := fitting(folder)) is not None:
            return f"but {folder.name} in it looks like {name}: give that folder"
    files = list(islice(layout.files_under(home), _MOST_FILES + 1))
    return f"it holds {_counted(files)}{_hint(files, home)}" if files else "there is no file in it"


def _counted(files: list[Path]) -> str:
    images = sum(layout.is_image(file) for file in files)
    endings = Counter(file.suffix.lower() for file in files)
    labels = [counted(endings[ending], f"{ending} files") for ending in _LABELS if endings[ending]]
    there = [counted(images, "images")] if images else []
    more = [f"more beyond the first {_MOST_FILES:,}"] if len(files) > _MOST_FILES else []
    if not images and not labels:
        return "no image and no label file"
    return " and ".join([*there, *labels, *more]) + ("" if labels else " but no label file")


def _hint(files: list[Path], home: Path) -> str:
    """Say what the labels lack: of the first few JSON files keys of COCO, of text files the names of the classes."""
    for file in islice((file for file in files if file.suffix.lower() == ".json"), _MOST_JSON):
        try:
            missing = coco_json.lacking(file, _LONGEST_JSON)
        except Unreadable:
            continue
        if missing:
            return f"; {layout.name_under(home, file)} is no COCO, it lacks {' and '.join(missing)}"
    pictured = {file.stem for file in files if layout.is_image(file)}
    if any(file.suffix.lower() == ".txt" and file.stem in pictured for file in files):
        return "; labels of YOLO need a data.yaml or classes.txt that names the classes"
    return ""
