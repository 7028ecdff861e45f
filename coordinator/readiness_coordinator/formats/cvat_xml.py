"""The entries of one CVAT XML file, image by image or frame by frame; a bad one costs itself and is told of."""

import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import defusedxml.ElementTree
import msgspec
from defusedxml.common import DefusedXmlException

from readiness.evidence.model import Task
from readiness_coordinator.formats import layout, outline
from readiness_coordinator.formats.labelled import Annotation, Fault, Unreadable

_LINES = {"polyline": "lines", "points": "points", "cuboid": "cuboids", "skeleton": "skeletons"}
# Labels that CVAT keeps for these are never boxes or regions.
_NO_CLASS = frozenset({"points", "polyline", "skeleton", "cuboid"})


class Shot(msgspec.Struct, kw_only=True):
    """One image or frame: `name` is None for a frame, `number` the image's id or the frame's number."""

    number: str
    name: str | None
    width: int | None
    height: int | None
    subset: str = ""
    objects: list[tuple[str, Annotation]] = []
    faults: list[Fault] = []
    tags: list[str] = []


class Part(msgspec.Struct, kw_only=True):
    """One XML file; `labels` are its declared names with their types; `deleted` frames are in no shot."""

    file: Path
    where: str
    labels: dict[str, str] = {}
    task: str = ""
    width: int | None = None
    height: int | None = None
    deleted: frozenset[int] = frozenset()
    is_video: bool = False
    shots: dict[str, Shot] = {}


def read(file: Path, where: str, faults: list[Fault]) -> Part:
    """Read one file element by element; raises Unreadable for XML with entities, and where nothing could be read."""
    part = Part(file=file, where=where)
    skipped: Counter[str] = Counter()
    data = io.BytesIO(layout.read_bytes(file))
    try:
        _walk(part, defusedxml.ElementTree.iterparse(data, events=("start", "end")), skipped, faults)
    except DefusedXmlException as error:
        raise Unreadable(f"{file}: refused: {str(error) or type(error).__name__}") from None
    except (ET.ParseError, ValueError, LookupError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        if not part.shots:
            raise Unreadable(f"{file}: not usable XML: {what}") from None
        faults.append(Fault(where, f"not usable XML: {what}; only what stands before that is read"))
    faults += [Fault(where, f"{count} {kind} are no objects; left out") for kind, count in skipped.items()]
    for number in part.deleted if part.is_video else ():
        part.shots.pop(str(number), None)
    return part


def classes(parts: list[Part], task: Task) -> tuple[str, ...]:
    """Give the declared labels in their order, or where none are declared those in use, sorted."""
    drawn = task != "classification"
    declared = {
        name: None
        for part in parts
        for name, kind in part.labels.items()
        if not (kind in _NO_CLASS or (drawn and kind == "tag"))
    }
    used = {name for part in parts for shot in part.shots.values() for name in _names(shot)}
    return tuple(declared) if any(part.labels for part in parts) else tuple(sorted(used))


def task(parts: list[Part]) -> Task:
    """Tell what was labelled: tags alone are classification, outlines alone segmentation, else detection."""
    shapes = {one.shape for part in parts for shot in part.shots.values() for _, one in shot.objects}
    if not shapes and any(shot.tags for part in parts for shot in part.shots.values()):
        return "classification"
    return "segmentation" if shapes and shapes <= {"polygon", "mask"} else "detection"


def _names(shot: Shot) -> Iterator[str]:
    yield from shot.tags
    yield from (name for name, _ in shot.objects)


def _walk(part: Part, events: Iterable[tuple[str, ET.Element]], skipped: Counter[str], faults: list[Fault]) -> None:
    depth = 0
    root: ET.Element | None = None
    for event, element in events:
        depth += 1 if event == "start" else -1
        root = element if root is None else root
        if root.tag != "annotations":
            raise ValueError(f"its root is <{root.tag[:40]}>, not <annotations>")
        if event == "end" and depth == 1:
            if element.tag == "meta":
                _meta(part, element)
            elif element.tag == "image":
                _image(part, element, skipped, faults)
            elif element.tag == "track":
                _track(part, element, skipped, faults)
            # What was read is let go, so that memory holds one image at a time.
            root.clear()


def _meta(part: Part, meta: ET.Element) -> None:
    for label in meta.iter("label"):
        name = layout.clean((label.findtext("name") or "").strip())
        if name:
            part.labels[name] = (label.findtext("type") or "any").strip()
    part.task = layout.clean((meta.findtext("*/name") or "").strip())
    size = next(meta.iter("original_size"), None)
    if size is not None:
        part.width, part.height = _side(size.findtext("width")), _side(size.findtext("height"))
    deleted = " ".join(text for one in meta.iter("deleted_frames") for text in one.itertext())
    part.deleted = frozenset(int(number) for number in re.findall(r"\b\d{1,9}\b", deleted))


def _side(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if re.fullmatch(r"\d{1,7}", text) and int(text) > 0 else None


def _image(part: Part, element: ET.Element, skipped: Counter[str], faults: list[Fault]) -> None:
    number, name = element.get("id") or f"#{len(part.shots) + 1}", element.get("name") or ""
    where = f"{part.where} image {layout.clean(number)[:80]}"
    name = layout.clean(name.replace("\\", "/"))
    if not name.strip() or name.startswith("/") or ".." in name.split("/") or "\0" in name:
        faults.append(Fault(where, f"name '{name[:200]}' is no path inside the dataset"))
        return
    shot = Shot(
        number=number,
        name=name,
        width=_side(element.get("width")),
        height=_side(element.get("height")),
        subset=layout.clean(element.get("subset") or "").strip(),
    )
    for index, child in enumerate(element, start=1):
        if child.tag == "tag" and child.get("label"):
            shot.tags.append(layout.clean(str(child.get("label"))))
            continue
        _add(part, shot, child, child.get("label"), f"{where} {child.tag} {index}", skipped)
    part.shots[f"{number} {name}"] = shot


def _track(part: Part, element: ET.Element, skipped: Counter[str], faults: list[Fault]) -> None:
    part.is_video = True
    name = f"{part.where} track {layout.clean(element.get('id') or '?')[:80]}"
    for child in element:
        frame = child.get("frame") or ""
        if not re.fullmatch(r"\d{1,9}", frame):
            faults.append(Fault(name, f"{child.tag} without a frame number"))
            continue
        shot = part.shots.setdefault(
            str(int(frame)), Shot(number=str(int(frame)), name=None, width=part.width, height=part.height)
        )
        # An object that left the picture keeps its last shape, marked as outside.
        if child.get("outside") != "1":
            _add(part, shot, child, element.get("label"), f"{name} frame {frame}", skipped)


def _add(
    part: Part,
    shot: Shot,
    child: ET.Element,
    label: str | None,
    where: str,
    skipped: Counter[str],
) -> None:
    if child.tag in _LINES:
        skipped[_LINES[child.tag]] += 1
        return
    if child.tag not in _SHAPES:
        return
    label = layout.clean(label or "").strip()
    if not label or (part.labels and label not in part.labels):
        shot.faults.append(Fault(where, f"label '{label}' is not among the declared ones", "class-undefined"))
        return
    try:
        shot.objects.append((label, _SHAPES[child.tag](child, where)))
    except ValueError as error:
        shot.faults.append(
            Fault(where, str(error), "polygon-invalid" if child.tag == "polygon" else "annotation-unusable")
        )


def _box(element: ET.Element, name: str) -> Annotation:
    x1, y1, x2, y2 = (layout.finite(element.get(key)) for key in ("xtl", "ytl", "xbr", "ybr"))
    degrees = layout.finite(element.get("rotation") or 0)
    if degrees % 360 == 0:
        return outline.box(name, 0, x1, y1, x2, y2)
    corners = outline.turned((x1, y1, x2, y1, x2, y2, x1, y2), (x1 + x2) / 2, (y1 + y2) / 2, degrees)
    return outline.oriented(name, 0, corners)


def _polygon(element: ET.Element, name: str) -> Annotation:
    numbers = re.split(r"[,;]", (element.get("points") or "").strip().rstrip(";"))
    return outline.polygon(name, 0, (outline.ring(numbers),))


def _ellipse(element: ET.Element, name: str) -> Annotation:
    x, y, across, down = (layout.finite(element.get(key)) for key in ("cx", "cy", "rx", "ry"))
    return outline.polygon(name, 0, (outline.ellipse(x, y, across, down, layout.finite(element.get("rotation") or 0)),))


def _mask(element: ET.Element, name: str) -> Annotation:
    """Read a run-length mask: runs along the rows of its own box, the first one empty (COCO's run down the columns)."""
    x, y, w, h = (layout.finite(element.get(key)) for key in ("left", "top", "width", "height"))
    words = (element.get("rle") or "").split(",")
    if not all(re.fullmatch(r"\s*\d{1,9}\s*", word) for word in words):
        raise ValueError("rle is no list of run lengths")
    runs = [int(word) for word in words]
    if sum(runs) != w * h:
        raise ValueError(f"rle covers {sum(runs)} pixels, its box {w:g}x{h:g} holds {w * h:g}")
    return Annotation(id=name, row=0, box=(x, y, w, h), area=float(sum(runs[1::2])), shape="mask")


_SHAPES = {"box": _box, "polygon": _polygon, "ellipse": _ellipse, "mask": _mask}
