"""One COCO JSON file, entry by entry: read leniently, so that one bad entry costs that entry and is told of."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
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


LISTS = _Lists.__struct_fields__


class _Key:
    """A key as it stands in the file; as plain text, one that stands there twice would be kept once."""

    def __init__(self, text: str) -> None:
        self.text = text


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One label file and its lists, entries unparsed; `where` is its path under the dataset root.

    `twice` names the lists that the file holds more than once: the last of each is read.
    """

    file: Path
    where: str
    images: list[msgspec.Raw]
    annotations: list[msgspec.Raw]
    categories: list[msgspec.Raw]
    twice: tuple[str, ...] = ()


def load(file: Path, where: str) -> Part | None:
    """Parse one file; None when it is JSON of another kind. Raises Unreadable on broken JSON."""
    data = layout.read_bytes(file)
    try:
        said: _Lists | None = msgspec.json.decode(data, type=_Lists)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError):
        said, data = _mended(data, file)
    if said is None or not _holds_objects(said.annotations):
        return None
    keys = Counter(key.text for key in msgspec.json.decode(data, type=dict[_Key, msgspec.Raw], dec_hook=_key))
    twice = tuple(key for key in LISTS if keys[key] > 1)
    return Part(
        file=file,
        where=where,
        images=said.images,
        annotations=said.annotations,
        categories=said.categories,
        twice=twice,
    )


def _key(_: type, said: Any) -> _Key:
    return _Key(said)


def meant(file: Path, *, among_labels: bool) -> bool:
    """Tell whether a JSON file is meant as COCO: it has one of its lists, or is broken.

    What is no object of keys, a list of results for instance, is broken only `among_labels`.
    """
    try:
        said = _keys(file, MOST_BYTES)
    except (msgspec.DecodeError, RecursionError):
        return True
    return among_labels if said is None else any(_is_list(said.get(key)) for key in LISTS)


def lacking(file: Path, most: int = MOST_BYTES) -> list[str]:
    """Name the lists of COCO that a JSON file lacks, none for broken JSON. Raises Unreadable for over `most` bytes."""
    try:
        said = _keys(file, most) or {}
    except (msgspec.DecodeError, RecursionError):
        return []
    return [f"'{key}'" for key in LISTS if not _is_list(said.get(key))]


def _keys(file: Path, most: int) -> dict[str, msgspec.Raw] | None:
    """Read the outermost keys; None where there are none to be had."""
    try:
        return msgspec.json.decode(layout.read_bytes(file, most), type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        return None


def _is_list(raw: msgspec.Raw | None) -> bool:
    return raw is not None and bytes(raw).startswith(b"[")


def spent(raws: list[msgspec.Raw]) -> Iterator[msgspec.Raw]:
    """Give the entries for the last time, and let each go: millions of them, unparsed, take hundreds of megabytes."""
    raws.reverse()
    while raws:
        yield raws.pop()


def entries(raws: Iterable[msgspec.Raw], what: str, faults: list[Fault]) -> Iterator[tuple[int, Entry]]:
    """Give number from 1 and content of each entry; one that is no object becomes a Fault that begins with `what`."""
    for number, raw in enumerate(raws, start=1):
        try:
            said = msgspec.json.decode(raw)
        except (ValueError, RecursionError) as error:
            faults.append(Fault(f"{what} #{number}", f"cannot be read: {str(error).splitlines()[0]}"))
            continue
        if not isinstance(said, dict):
            faults.append(Fault(f"{what} #{number}", "is no object with keys"))
            continue
        if bytes(raw).count(b'":') != sum(len(one) + 1 if type(one) is dict else 1 for one in said.values()):
            twice = _twice(raw)
            faults += [Fault(f"{what} #{number}", f"gives '{key}' more than once; the last is read") for key in twice]
        yield number, said


def _twice(raw: msgspec.Raw) -> list[str]:
    """Name the keys that an entry gives more than once: of two that are equal all parsers keep the last."""
    keys = Counter(key.text for key in msgspec.json.decode(raw, type=dict[_Key, msgspec.Raw], dec_hook=_key))
    return [layout.clean(key) for key, count in keys.items() if count > 1]


def _holds_objects(annotations: list[msgspec.Raw]) -> bool:
    """Tell instances from the captions and the panoptic segments that COCO lays beside them."""
    first = next((entry for _, entry in entries(annotations[:1], "", [])), {})
    return not ({"caption", "segments_info"} & first.keys()) or bool({"bbox", "segmentation"} & first.keys())


def _mended(data: bytes, file: Path) -> tuple[_Lists | None, bytes]:
    """Parse what Python's json writes and RFC 8259 forbids: NaN, Infinity, lone surrogates, a byte order mark.

    Gives the mended bytes too.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    mended = _BARE.sub(rb'"\g<0>"', data)
    try:
        return msgspec.json.decode(mended, type=_Lists), mended
    except msgspec.ValidationError:
        return None, mended
    except (msgspec.DecodeError, RecursionError):
        mended = _TOKEN.sub(_plain, data)
    try:
        return msgspec.json.decode(mended, type=_Lists), mended
    except msgspec.ValidationError:
        return None, mended
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


def file_name(entry: Entry, home: Path) -> str | None:
    r"""Give an image's path under `home`; a \ separates folders, as on Windows, unless there is a file of that name."""
    name = entry.get("file_name")
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        return None
    if "\\" in name and (name.startswith("/") or ".." in name.split("/") or not layout.exists(home / name)):
        name = name.replace("\\", "/")
    return re.sub(r"^(\./)+", "", name)


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
