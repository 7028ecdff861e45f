"""One COCO JSON file, entry by entry: read leniently, so that one bad entry costs that entry and is told of."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Fault, Unreadable
from readiness_coordinator.formats.places import MOST_BYTES

Entry = dict[str, Any]

_OWN = frozenset({"id", "file_name", "width", "height", "license", "coco_url", "flickr_url", "date_captured"})
# Within a text the quotes that are put around these break it: then the slow way, token by token, is gone.
_BARE = re.compile(rb"(?<=[\s:,\[])-?(?:NaN|Infinity)(?=[\s,\]}])")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b', re.DOTALL)
_ESCAPE = re.compile(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[dD][89a-fA-F]..|\\.", re.DOTALL)


class _Lists(msgspec.Struct):
    """The lists as spans of the file: its entries are parsed one at a time, which bounds the memory."""

    images: list[msgspec.Raw]
    annotations: list[msgspec.Raw]
    categories: list[msgspec.Raw]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One label file and its lists, entries unparsed; `where` is its path under the dataset root."""

    file: Path
    where: str
    images: list[msgspec.Raw]
    annotations: list[msgspec.Raw]
    categories: list[msgspec.Raw]


def load(file: Path, where: str) -> Part | None:
    """Parse one file; None when it is JSON of another kind. Raises Unreadable on broken JSON."""
    data = layout.read_bytes(file)
    try:
        said: _Lists | None = msgspec.json.decode(data, type=_Lists)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError):
        said = _mended(data, file)
    if said is None or not _holds_objects(said.annotations):
        return None
    return Part(file=file, where=where, images=said.images, annotations=said.annotations, categories=said.categories)


def lacking(file: Path, most: int = MOST_BYTES) -> list[str]:
    """Name the lists of COCO that a JSON file lacks, none for broken JSON. Raises Unreadable for over `most` bytes."""
    try:
        said = msgspec.json.decode(layout.read_bytes(file, most), type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        said = {}
    except (msgspec.DecodeError, RecursionError):
        return []
    return [f"'{key}'" for key in _Lists.__struct_fields__ if not bytes(said.get(key, b"")).startswith(b"[")]


def entries(raws: list[msgspec.Raw], what: str, faults: list[Fault]) -> Iterator[tuple[int, Entry]]:
    """Give number from 1 and content of each entry; one that is no object becomes a Fault that begins with `what`."""
    for number, raw in enumerate(raws, start=1):
        try:
            said = msgspec.json.decode(raw)
        except (ValueError, RecursionError) as error:
            faults.append(Fault(f"{what} #{number}", f"cannot be read: {str(error).splitlines()[0]}"))
            continue
        if isinstance(said, dict):
            yield number, said
        else:
            faults.append(Fault(f"{what} #{number}", "is no object with keys"))


def _holds_objects(annotations: list[msgspec.Raw]) -> bool:
    """Tell instances from the captions and the panoptic segments that COCO lays beside them."""
    first = next((entry for _, entry in entries(annotations[:1], "", [])), {})
    return not ({"caption", "segments_info"} & first.keys()) or bool({"bbox", "segmentation"} & first.keys())


def _mended(data: bytes, file: Path) -> _Lists | None:
    """Parse what Python's json writes and RFC 8259 forbids: NaN, Infinity, lone surrogates, a byte order mark."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(_BARE.sub(rb'"\g<0>"', data), type=_Lists)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return msgspec.json.decode(_TOKEN.sub(_plain, data), type=_Lists)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise Unreadable(f"{file}: not valid JSON: {what}") from None


def _plain(token: re.Match[bytes]) -> bytes:
    said = token[0]
    if not said.startswith(b'"'):
        return b'"%s"' % said
    return _ESCAPE.sub(lambda one: rb"\ufffd" if len(one[0]) == 6 else one[0], said) if rb"\u" in said else said


def image_id(entry: Entry) -> int | str | None:
    identity = entry.get("id")
    return identity if isinstance(identity, (int, str)) and not isinstance(identity, bool) else None


def file_name(entry: Entry) -> str | None:
    name = entry.get("file_name")
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        return None
    return re.sub(r"^(\./)+", "", name.replace("\\", "/"))


def side(entry: Entry, key: str) -> int | None:
    value = integer(entry.get(key))
    return value if value is not None and value > 0 else None


def tags(entry: Entry) -> dict[str, str]:
    """Give the image's own metadata: every further key with a plain value."""
    return {
        key: str(value)
        for key, value in sorted(entry.items())
        if key not in _OWN and isinstance(value, (str, int, float)) and value != ""
    }


def integer(value: Any) -> int | None:
    """Read a whole number, also one written as text or as 1.0; None for anything else."""
    if type(value) is int:
        return value
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
        return int(number) if number == int(number) else None
    except (TypeError, ValueError, OverflowError):
        return None
