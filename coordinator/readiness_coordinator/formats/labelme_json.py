"""The shapes of one LabelMe JSON file: joined by their group, a bad one told of; the embedded image is not read."""

import base64
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from readiness.measures import decode
from readiness_coordinator.formats import layout, outline
from readiness_coordinator.formats.labelled import Annotation, Fault, Unreadable

Objects = list[tuple[str, Annotation]]

_LINES = {"point": "points", "points": "points", "line": "lines", "linestrip": "lines"}
_MOST_BYTES = 1 << 28


class Sheet(msgspec.Struct, frozen=True, rename="camel"):
    """One file as it stands there; what it holds besides, such as the whole image in base64, is skipped over."""

    shapes: list[Any]
    image_path: Any = None
    image_width: Any = None
    image_height: Any = None
    flags: Any = None


def load(file: Path, where: str, faults: list[Fault]) -> Sheet | None:
    """Parse one file; None, and a fault, where it cannot be used; None alone where it is JSON of another kind."""
    try:
        data = layout.read_bytes(file, _MOST_BYTES)
        try:
            return msgspec.json.decode(data, type=Sheet)
        except msgspec.ValidationError:
            return None
        except (msgspec.DecodeError, RecursionError):
            # Python's json writes NaN and Infinity, which RFC 8259 forbids.
            said = json.loads(data.decode("utf-8-sig"))
            return msgspec.convert(said, type=Sheet, strict=False)
    except msgspec.ValidationError:
        return None
    except Unreadable as error:
        faults.append(Fault(where, str(error).removeprefix(f"{file}: ")))
    except RecursionError:
        faults.append(Fault(where, "not valid JSON: nested too deeply"))
    except ValueError as error:
        faults.append(Fault(where, f"not valid JSON: {str(error).splitlines()[0]}"))
    return None


def objects(sheet: Sheet, where: str, skipped: Counter[str], faults: list[Fault]) -> Objects:
    """Give label and object of every usable shape; those of one label and one group are parts of one object."""
    groups: dict[Any, Objects] = {}
    for index, shape in enumerate(sheet.shapes, start=1):
        name = f"{where} shape {index}"
        if not isinstance(shape, dict):
            faults.append(Fault(name, "is no shape"))
            continue
        kind = str(shape.get("shape_type") or "polygon")
        if kind in _LINES:
            skipped[_LINES[kind]] += 1
            continue
        label = shape.get("label")
        if not isinstance(label, str) or not label.strip():
            faults.append(Fault(name, "no label"))
            continue
        label = layout.clean(label.strip())
        try:
            one = _object(shape, kind, name)
        except ValueError as error:
            code = "polygon-invalid" if kind == "polygon" else "annotation-unusable"
            faults.append(Fault(name, layout.clean(str(error)), code))
            continue
        group = shape.get("group_id")
        known = isinstance(group, (int, str)) and not isinstance(group, bool)
        groups.setdefault((label, str(group)) if known else (label, None, index), []).append((label, one))
    return [
        (parts[0][0], parts[0][1] if len(parts) == 1 else outline.joined(parts[0][1].id, [one for _, one in parts]))
        for parts in groups.values()
    ]


def flag(sheet: Sheet, where: str, faults: list[Fault]) -> str | None:
    """Give the one flag that is set, a classifier's label; several are told of and none is read."""
    flags = sheet.flags if isinstance(sheet.flags, dict) else {}
    up = sorted(layout.clean(str(name)) for name, value in flags.items() if value is True)
    if len(up) > 1:
        faults.append(Fault(where, f"{len(up)} flags are set: {', '.join(up)[:200]}; an image has one class"))
    return up[0] if len(up) == 1 else None


def side(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1e7 else None


def _object(shape: dict[str, Any], kind: str, name: str) -> Annotation:
    points = _points(shape.get("points"))
    if kind == "polygon":
        return outline.polygon(name, 0, (outline.ring(v for point in points for v in point),))
    if kind in {"rectangle", "rotation", "oriented_rectangle"} and len(points) == 4:
        ring = tuple(v for point in points for v in point)
        x, y, w, h = outline.around((ring,))
        upright = set(points) == {(x, y), (x + w, y), (x, y + h), (x + w, y + h)}
        return outline.box(name, 0, x, y, x + w, y + h) if upright else outline.oriented(name, 0, ring)
    if kind not in {"rectangle", "circle", "mask"}:
        raise ValueError(f"shape_type {kind[:40]!r} is not known")
    if len(points) != 2:
        raise ValueError(f"a {kind} has 2 points, not {len(points)}")
    (x1, y1), (x2, y2) = points
    if kind == "circle":
        radius = math.hypot(x2 - x1, y2 - y1)
        return outline.polygon(name, 0, (outline.ellipse(x1, y1, radius, radius),))
    if kind == "mask":
        return _mask(shape.get("mask"), min(x1, x2), min(y1, y2), name)
    # Drawn from whichever corner.
    return outline.box(name, 0, min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _points(said: Any) -> list[tuple[float, float]]:
    if not isinstance(said, list) or not all(isinstance(point, list) and len(point) == 2 for point in said):
        raise ValueError("points are no list of x and y")
    return [(layout.finite(x), layout.finite(y)) for x, y in said]


def _mask(said: Any, x: float, y: float, name: str) -> Annotation:
    """Read a mask drawn as an image in base64, whose upper left pixel stands at x y."""
    try:
        with decode.opened(base64.b64decode(str(said), validate=True)) as image:
            decode.bounded(*image.size)
            filled = np.asarray(image.convert("L")) > 0
    except decode.BROKEN as error:
        raise ValueError(f"its mask: {decode.short(error)}") from None
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    if rows.size == 0:
        raise ValueError("its mask is empty")
    across, down = float(np.ptp(columns)) + 1, float(np.ptp(rows)) + 1
    box = (x + float(columns[0]), y + float(rows[0]), across, down)
    return Annotation(id=name, row=0, box=box, area=float(filled.sum()), shape="mask")
