"""The split lists of Pascal VOC: which stem belongs to which split."""

from collections.abc import Collection
from pathlib import Path

from readiness_coordinator.formats import layout

_LISTS = ("train", "val", "valid", "validation", "test", "trainval")


def read(home: Path, known: Collection[str]) -> dict[str, list[str]]:
    """Give the splits of each listed stem; `known` are the stems of images and XML files.

    A line holds a stem, with blanks in it or not, or a stem and a flag. trainval is the union of train and val: it
    places, in train, only what neither of them lists.
    """
    listed: dict[str, list[str]] = {}
    folder = home / "ImageSets" / "Main"
    folder = folder if folder.is_dir() else home / "ImageSets"
    lists = {file.stem: file for file in layout.files_in(folder, ".txt")}
    for name in _LISTS:
        if name in lists:
            split = layout.split_of(name) or "train"
            for line in layout.read_text(lists[name]).splitlines():
                stem = _stem(line.strip(), known)
                splits = listed.setdefault(stem, [])
                if split not in splits and not (name == "trainval" and "val" in splits):
                    splits.append(split)
    listed.pop("", None)
    return listed


def _stem(line: str, known: Collection[str]) -> str:
    words = line.split()
    ways = [line, *words[:1], *(way.rpartition(".")[0] for way in (line, *words[:1]))]
    return next((way for way in ways if way in known), words[0] if words else "")
