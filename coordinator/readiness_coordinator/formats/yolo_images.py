"""Which images YOLO's splits hold: folders, lists of images, and paths of another computer found inside the folder."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Fault
from readiness_coordinator.formats.yolo_settings import Settings


def files(settings: Settings, broken: list[Fault]) -> dict[str, tuple[Path, list[str]]]:
    """Give each image by its name under the root, with the splits that hold it.

    A path that leads nowhere is looked for by its last components inside the folder, and told of; so is a place that
    was given to another split before.
    """
    listed: dict[str, tuple[Path, list[str]]] = {}
    given: dict[Path, tuple[str, str]] = {}
    for key, split, place in settings.places:
        found = _found(place, key, settings, broken)
        if found is None:
            continue
        first, other = given.setdefault(found, (key, split))
        if other != split:
            kind = "folder" if found.is_dir() else "list"
            what = f"names the same {kind} as {first}: {layout.name_under(settings.root, found)}"
            broken.append(Fault(f"{settings.file.name} {key}", what, "split-path-broken"))
        for picture in _of_place(found, place, key, settings, broken):
            splits = listed.setdefault(layout.name_under(settings.root, picture), (picture, []))[1]
            if split not in splits:
                splits.append(split)
    return listed


def _found(place: str, key: str, settings: Settings, broken: list[Fault]) -> Path | None:
    declared = place.replace("\\", "/")
    found = said = layout.joined(settings.root, declared)
    if found is None or not layout.exists(found):
        found = _inside(settings.root, declared)
        if found is None and said is not None:
            layout.admit(said)
        name = layout.name_under(settings.root, found) if found else ""
        instead = f"read {name} instead" if found else "nothing of that name in the folder"
        what = f"'{layout.clean(place)}' does not exist; {instead}"
        broken.append(Fault(f"{settings.file.name} {key}", what, "split-path-broken"))
    return found


def _of_place(found: Path, place: str, key: str, settings: Settings, broken: list[Fault]) -> Iterator[Path]:
    if found.is_dir():
        yield from layout.images_under(found)
    elif found.suffix.lower() == ".txt":
        yield from _of_list(found, settings, broken)
    else:
        what = f"'{layout.clean(place)}' is neither a folder nor a .txt list"
        broken.append(Fault(f"{settings.file.name} {key}", what, "split-path-broken"))


def _of_list(listing: Path, settings: Settings, broken: list[Fault]) -> Iterator[Path]:
    strays = 0
    for line in layout.read_text(listing).split("\n"):
        if not (entry := line.strip().replace("\\", "/")):
            continue
        homes = [listing.parent] if entry.startswith("./") else [settings.root, settings.file.parent, listing.parent]
        named = [path for home in homes if (path := layout.joined(home, entry)) is not None]
        found = next((path for path in named if layout.exists(path)), None)
        if found is None and (found := _inside(settings.root, entry)) is not None:
            strays += 1
        yield found or (named[0] if named else settings.root / PurePosixPath(entry).name)
    if strays:
        name = layout.name_under(settings.root, listing)
        what = f"{strays} of its paths do not exist; read by their last components inside the folder instead"
        broken.append(Fault(name, what, "split-path-broken"))


def _inside(root: Path, declared: str) -> Path | None:
    """Find the longest tail of a path that exists under `root`."""
    parts = [part for part in PurePosixPath(declared).parts if part not in {"..", ".", "/"}]
    tails = (root.joinpath(*parts[start:]) for start in range(len(parts)))
    return next((tail for tail in tails if layout.exists(tail)), None)
