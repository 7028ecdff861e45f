"""Which label file belongs to which YOLO image: found, missing, shared by two images, or left without one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Fault, Unreadable

_HEAD = 1 << 12


def label_file(root: Path, name: str, image: Path) -> Path:
    """Give an image's label file as Ultralytics does: the last /images/ becomes /labels/, the ending .txt.

    Where the name under the root has no such part, a label file beside the image counts before one above the root.
    """
    parts = name.split("/")
    if "images" in parts[:-1] and ".." not in parts:
        last = len(parts) - 2 - parts[-2::-1].index("images")
        return root.joinpath(*parts[:last], "labels", *parts[last + 1 :]).with_suffix(".txt")
    beside = image.with_suffix(".txt")
    above = next((parent for parent in image.parents if parent.name == "images"), None)
    if above is None or layout.exists(beside):
        return beside
    return (above.parent / "labels" / image.relative_to(above)).with_suffix(".txt")


def text_of(labels: Path, where: str, faults: list[Fault]) -> str | None:
    """Read a label file; None where there is none, or, told of, none that is text."""
    try:
        return layout.read_text(labels)
    except Unreadable as error:
        if layout.exists(labels):
            faults.append(Fault(where, str(error).rpartition(": ")[2]))
        return None


def orphans(root: Path, images: Mapping[Path, Path]) -> Iterable[Fault]:
    """Tell of label files that have no image, in the folders of those that have one; `images` are by label file."""
    homes: dict[Path, set[Path]] = {}
    for labels, image in images.items():
        homes.setdefault(labels.parent, set()).add(image.parent)
    for home, beside in sorted(homes.items(), key=lambda item: str(item[0])):
        lone = [file for file in layout.files_in(home, ".txt") if file not in images]
        stems = (
            {file.stem for folder in beside for file in layout.files_in(folder, *layout.IMAGE_SUFFIXES)} if lone else ()
        )
        for file in lone:
            if file.stem not in stems and _holds_rows(file):
                yield Fault(layout.name_under(root, file), "there is no image of this name", "label-file-orphaned")


def shared(root: Path, labels: Iterable[Path]) -> Iterable[Fault]:
    """Tell of label files that several images share, as a.jpg and a.png do."""
    for file, count in sorted(Counter(labels).items(), key=lambda item: str(item[0])):
        if count > 1:
            what = f"{count} images that differ in their ending share this label file"
            yield Fault(layout.name_under(root, file), what, "names-collide")


def _holds_rows(file: Path) -> bool:
    """Tell a label file from a text such as classes.txt or a readme: its first line is empty or all numbers."""
    try:
        first = layout.regular_bytes(file, _HEAD).decode("utf-8-sig", "replace").strip().partition("\n")[0]
        return all(float(word) is not None for word in first.split()[:5]) and file.name != "classes.txt"
    except (OSError, ValueError):
        return False
