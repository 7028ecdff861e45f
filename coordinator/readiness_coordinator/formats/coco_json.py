"""The entries of one COCO JSON file: read leniently, so that one bad entry costs that entry and is told of."""

import json
import math
import re
from pathlib import Path
from typing import Any

import msgspec

from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Annotation, Box, Fault, Unreadable
from readiness_coordinator.formats.yolo_rows import ring_area

Entry = dict[str, Any]

_OWN = frozenset({"id", "file_name", "width", "height", "license", "coco_url", "flickr_url", "date_captured"})


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One label file, its lists as they stand in it; `where` is its path under the dataset root."""

    file: Path
    where: str
    images: list[Entry]
    annotations: list[Entry]
    categories: list[Entry]


def load(file: Path, where: str) -> Part | None:
    """Parse one file; None when it is JSON of another kind. Raises Unreadable on broken JSON."""
    data = layout.read_bytes(file)
    try:
        said = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        said = _lenient(data, file)
    lists = [said.get(key) for key in ("images", "annotations", "categories")] if isinstance(said, dict) else []
    if not lists or not all(isinstance(entries, list) for entries in lists):
        return None
    images, annotations, categories = ([one for one in entries or () if isinstance(one, dict)] for entries in lists)
    return Part(file=file, where=where, images=images, annotations=annotations, categories=categories)


def _lenient(data: bytes, file: Path) -> Any:
    """Parse what Python's json writes and RFC 8259 forbids: NaN, Infinity, a byte order mark."""
    try:
        said = json.loads(data.decode("utf-8-sig"))
        msgspec.json.encode(said)  # text that is no Unicode could not be reported later
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise Unreadable(f"{file}: not valid JSON: {what}") from None
    return said


def categories(parts: list[Part], faults: list[Fault]) -> dict[int, str]:
    """Give the classes of all files by category id, ids ascending.

    Roboflow's root category (the supercategory of others, with no object of its own) is no class.
    """
    used = {str(one.get("category_id")) for part in parts for one in part.annotations}
    parents = {str(one.get("supercategory")) for part in parts for one in part.categories}
    found: dict[int, str] = {}
    for part in parts:
        for index, entry in enumerate(part.categories):
            identity, name = _integer(entry.get("id")), entry.get("name")
            where = f"{part.where} category {entry.get('id', f'#{index + 1}')}"
            if identity is None or not isinstance(name, str):
                faults.append(Fault(where, "needs a whole number as id and a text as name"))
            elif found.get(identity, name) != name:
                faults.append(Fault(where, f"is '{name}' here and '{found[identity]}' before"))
            elif str(entry["id"]) in used or name not in parents or entry.get("supercategory") == name:
                found[identity] = name
    return dict(sorted(found.items()))


def image_id(entry: Entry) -> int | str | None:
    identity = entry.get("id")
    return identity if isinstance(identity, (int, str)) and not isinstance(identity, bool) else None


def file_name(entry: Entry) -> str | None:
    name = entry.get("file_name")
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        return None
    return re.sub(r"^(\./)+", "", name.replace("\\", "/"))


def side(entry: Entry, key: str) -> int | None:
    value = _integer(entry.get(key))
    return value if value is not None and value > 0 else None


def tags(entry: Entry) -> dict[str, str]:
    """Give the image's own metadata: every further key with a plain value."""
    return {
        key: str(value)
        for key, value in sorted(entry.items())
        if key not in _OWN and isinstance(value, (str, int, float)) and value != ""
    }


def objects(part: Part, rows: dict[int, int], faults: list[Fault]) -> dict[str, list[Annotation]]:
    """Give the usable annotations by image id as text; every other one becomes a Fault that names it."""
    known = {str(image_id(entry)) for entry in part.images}
    found: dict[str, list[Annotation]] = {}
    ids: set[str] = set()
    for index, entry in enumerate(part.annotations):
        identity = str(entry.get("id", f"#{index + 1}"))
        where = f"{part.where} annotation {identity}"
        if identity in ids:
            faults.append(Fault(where, "this id was given before"))
        ids.add(identity)
        category = _integer(entry.get("category_id"))
        image, row = str(entry.get("image_id")), None if category is None else rows.get(category)
        if image not in known:
            faults.append(Fault(where, f"image {image} is not listed"))
        elif row is None:
            faults.append(Fault(where, f"category {entry.get('category_id')} is not listed"))
        else:
            try:
                found.setdefault(image, []).append(_annotation(entry, identity, row, where, faults))
            except ValueError as error:
                faults.append(Fault(where, str(error)))
    return found


def _annotation(entry: Entry, identity: str, row: int, where: str, faults: list[Fault]) -> Annotation:
    rings = _rings(entry.get("segmentation"), where, faults)
    box = _box(entry.get("bbox"), rings)
    area: float | None
    try:
        area = layout.finite(entry.get("area"))
    except ValueError:
        area = math.fsum(ring_area(ring) for ring in rings) if rings else None
    return Annotation(id=identity, row=row, box=box, area=area, crowd=bool(entry.get("iscrowd")), polygon=rings)


def _box(said: Any, rings: tuple[tuple[float, ...], ...]) -> Box:
    if said in (None, []) and rings:
        xs, ys = [x for ring in rings for x in ring[::2]], [y for ring in rings for y in ring[1::2]]
        return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    if not isinstance(said, list) or len(said) != 4:
        raise ValueError(f"bbox {str(said)[:60]} is not x, y, width, height")
    x, y, w, h = (layout.finite(value) for value in said)
    return x, y, w, h


def _rings(said: Any, where: str, faults: list[Fault]) -> tuple[tuple[float, ...], ...]:
    """Give the polygons; run-length masks are none. A bad ring is told of and does not cost the object its box."""
    rings = [_ring(ring) for ring in said] if isinstance(said, list) else []
    if not all(rings):
        faults.append(Fault(where, "segmentation: a ring needs an even count of at least 6 finite numbers"))
    return tuple(ring for ring in rings if ring)


def _ring(said: Any) -> tuple[float, ...]:
    try:
        numbers = tuple(layout.finite(value) for value in said)
    except (TypeError, ValueError):
        return ()
    return numbers if len(numbers) >= 6 and len(numbers) % 2 == 0 else ()


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
        return int(number) if number == int(number) else None
    except (TypeError, ValueError, OverflowError):
        return None
