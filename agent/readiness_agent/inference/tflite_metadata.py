"""Reads what a TFLite file says of itself: its metadata table, and the files that are appended to it as a ZIP."""

import io
import struct
import zipfile
from typing import NamedTuple

_NAME = b"TFLITE_METADATA"
_NORMALIZATION, _SCORE_THRESHOLDING = 1, 3  # union ProcessUnitOptions of metadata_schema.fbs
_IMAGE = 2  # union ContentProperties
_COLOURS = {1: "rgb", 2: "grey"}
_LABELS = {2, 3}  # TENSOR_AXIS_LABELS, TENSOR_VALUE_LABELS
_MOST_BYTES = 1 << 24


class Said(NamedTuple):
    """What the metadata says; None where it says nothing. A mean and a deviation are of pixel values 0 to 255."""

    labels: tuple[str, ...] | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    colour: str | None = None
    threshold: float | None = None
    licence: str = ""


def read(data: bytes) -> Said:
    """Read the metadata of a TFLite model given as bytes (TFLite `metadata_schema.fbs`); damaged metadata says nothing.

    A file without any gives an empty Said.
    """
    try:
        return _said(data)
    except (struct.error, IndexError, ValueError, zipfile.BadZipFile, KeyError):
        return Said()


def attached(data: bytes) -> dict[str, str]:
    """Give the texts appended to a model as a ZIP, by name; empty where there are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            small = [one for one in archive.infolist() if one.file_size <= _MOST_BYTES]
            return {one.filename: archive.read(one).decode("utf-8") for one in small}
    except (zipfile.BadZipFile, UnicodeDecodeError, OSError, NotImplementedError, RuntimeError):
        return {}


def _said(data: bytes) -> Said:
    root = _Table.root(data)
    named = [one for one in root.tables(6) if one.text(0) == _NAME]
    if not named:
        return Said()
    blob = root.tables(4)[int(named[0].number(1, "<I") or 0)].text(0)
    about = _Table.root(blob)
    graph = about.tables(3)[0]
    fed, given = graph.tables(2)[0], graph.tables(3)
    plain = [unit.table(1) for unit in fed.tables(4) if unit.number(0, "<B") == _NORMALIZATION]
    least = [unit.table(1) for one in given for unit in one.tables(4) if unit.number(0, "<B") == _SCORE_THRESHOLDING]
    files = [file.text(0).decode() for one in given for file in one.tables(6) if file.number(2, "<B") in _LABELS]
    texts = attached(data)
    labels = next((tuple(texts[name].split("\n")) for name in files if name in texts), None)
    return Said(
        labels=None if labels is None else tuple(one.strip() for one in labels if one.strip()),
        mean=plain[0].floats(0) if plain else None,
        std=plain[0].floats(1) if plain else None,
        colour=_colour(fed),
        threshold=least[0].number(0, "<f") if least else None,
        licence=about.text(5).decode(),
    )


def _colour(fed: "_Table") -> str | None:
    if not fed.place(3) or fed.table(3).number(0, "<B") != _IMAGE:
        return None
    return _COLOURS.get(int(fed.table(3).table(1).number(0, "<B") or 0))


class _Table(NamedTuple):
    """One FlatBuffers table: `start` is where it stands in `data`; fields are numbered from 0 (flatbuffers.dev)."""

    data: bytes
    start: int

    @classmethod
    def root(cls, data: bytes) -> "_Table":
        return cls(data, struct.unpack_from("<I", data)[0])

    def place(self, field: int) -> int:
        """Give where a field stands; 0 where the table leaves it out."""
        fields = self.start - int(struct.unpack_from("<i", self.data, self.start)[0])
        if 4 + 2 * field >= struct.unpack_from("<H", self.data, fields)[0]:
            return 0
        offset = int(struct.unpack_from("<H", self.data, fields + 4 + 2 * field)[0])
        return self.start + offset if offset else 0

    def number(self, field: int, form: str) -> float | None:
        at = self.place(field)
        return struct.unpack_from(form, self.data, at)[0] if at else None

    def table(self, field: int) -> "_Table":
        return _Table(self.data, self._follow(self.place(field)))

    def tables(self, field: int) -> "list[_Table]":
        begin, count = self._vector(field)
        return [_Table(self.data, self._follow(begin + 4 * at)) for at in range(count)]

    def floats(self, field: int) -> tuple[float, ...]:
        begin, count = self._vector(field)
        return struct.unpack_from(f"<{count}f", self.data, begin)

    def text(self, field: int) -> bytes:
        begin, count = self._vector(field)
        return self.data[begin : begin + count]

    def _vector(self, field: int) -> tuple[int, int]:
        """Give where the elements begin and how many there are: none of a field that is left out."""
        if not self.place(field):
            return 0, 0
        at = self._follow(self.place(field))
        count = int(struct.unpack_from("<I", self.data, at)[0])
        if count > len(self.data):
            raise ValueError("a vector longer than its file")
        return at + 4, count

    def _follow(self, at: int) -> int:
        return at + int(struct.unpack_from("<I", self.data, at)[0])
