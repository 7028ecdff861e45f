"""One XML file of Pascal VOC: the objects that can be used, and what cannot, by number."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Annotation, Fault, Unreadable

_LONGEST = 64 << 20


def parsed(file: Path, where: str, faults: list[Fault]) -> ET.Element | None:
    """Parse one file; None, and a Fault, for what is no XML or would unfold into more than it says."""
    try:
        element: ET.Element = defusedxml.ElementTree.fromstring(layout.read_bytes(file, _LONGEST))
    except Unreadable as error:
        faults.append(Fault(where, str(error).rpartition(": ")[2]))
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        faults.append(Fault(where, f"not usable XML: {what}"))
    else:
        return element
    return None


def file_name(root: ET.Element) -> str:
    """Give the image's name as the file says it, without the folders of another computer; empty if it says none."""
    return layout.clean((root.findtext("filename") or "").strip().replace("\\", "/").rpartition("/")[2])


def size(root: ET.Element, where: str, faults: list[Fault]) -> tuple[int, int] | None:
    """Give the image's width and height as the file says them; None, and a Fault, where one is no size."""
    if root.find("size") is None:
        return None
    said = [(root.findtext(f"size/{side}") or "").strip() for side in ("width", "height")]
    try:
        width, height = (int(layout.finite(text)) for text in said)
    except ValueError:
        width = height = 0
    if width > 0 and height > 0:
        return width, height
    faults.append(Fault(where, f"size {layout.clean('x'.join(said))[:40]} is none"))
    return None


def objects(root: ET.Element, where: str, faults: list[Fault]) -> Iterator[tuple[str, Annotation]]:
    """Give class name and box of each object; `row` is left at 0 until all classes are known."""
    for index, element in enumerate(root.iter("object"), start=1):
        name = (element.findtext("name") or "").strip()
        corners = [element.findtext(f"bndbox/{key}") for key in ("xmin", "ymin", "xmax", "ymax")]
        try:
            x1, y1, x2, y2 = (layout.finite(text) for text in corners)
        except ValueError as error:
            faults.append(Fault(f"{where} object {index}", f"box not usable: {error}"))
            continue
        if not name:
            faults.append(Fault(f"{where} object {index}", "no class name"))
            continue
        yield (
            name,
            Annotation(
                id=f"{Path(where).stem}/{index}",
                row=0,
                box=(x1, y1, x2 - x1, y2 - y1),
                difficult=_flag(element, "difficult"),
                truncated=_flag(element, "truncated"),
            ),
        )


def _flag(element: ET.Element, name: str) -> bool:
    return (element.findtext(name) or "").strip().lower() in {"1", "true", "yes"}
