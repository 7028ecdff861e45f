"""What an image was taken from, as its metadata or its name says: the source of a copy, the recording of a frame."""

import functools
import re
from pathlib import PurePosixPath

from readiness_coordinator.formats.labelled import Picture

# Roboflow names an exported copy STEM_jpg.rf.HASH.jpg.
_COPY = re.compile(r"\.rf\.[0-9A-Za-z]+$")
_ENDING = re.compile(r"_(?:jpe?g|png|bmp)$", re.IGNORECASE)
_VIDEO = "mp4|mov|avi|mkv|webm|mpe?g|m4v|wmv"
_DATE = r"(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d"
_TIME = r"[0-2]\d[-_.h]?[0-5]\d[-_.m]?[0-5]\d"
# A frame's name keeps its video's: the video's ending and a number, the word frame or clip and a number, what an
# action camera or drone calls a film and a number, or the date and time at which it began and a number. Any other
# numbered name, however long, may as well be one of many pictures that have nothing to do with each other.
_RECORDINGS = (
    re.compile(rf"^(.+[_.](?:{_VIDEO}))[-_ ]?(?:frame)?[-_ ]?\d+$", re.IGNORECASE),
    re.compile(
        r"^((?:.*[-_ ])?(?:clip|video|seq|sequence|scene|shot|take|recording)[-_ ]?\d+)[-_ ]\d+$", re.IGNORECASE
    ),
    re.compile(r"^((?:.*[-_ ])?(?:clip|video))[-_ ]\d+$", re.IGNORECASE),
    re.compile(r"^(.*?frame)[-_ ]?\d+$", re.IGNORECASE),
    re.compile(
        r"^((?:VIRB|GOPR|G[HXP]\d\d|DJI[-_]?|MVI[-_]?|VID[-_]?|MAH)\d{4,6})[-_ ](?:frame)?[-_ ]?\d+$", re.IGNORECASE
    ),
    re.compile(rf"^(.*{_DATE}[-_ T]?{_TIME}(?:[-_ ]?[A-Za-z][A-Za-z0-9]*)*)[-_ ]\d{{1,7}}$"),
)
RECORDING_TAGS = ("recording", "video", "sequence")


def source_of(picture: Picture) -> str | None:
    """Read the source image out of an exported copy's name; classes keep their own, as numbering starts anew."""
    # Asked of every picture, and a path is dear to make: most names say at once that they are no copy's.
    if ".rf." not in picture.name or not _COPY.search(stem := PurePosixPath(picture.name).stem):
        return None
    return "/".join(part for part in (picture.label, _COPY.sub("", stem)) if part)


def recording_of(picture: Picture) -> str | None:
    """Name the recording that a picture is a frame of, by its metadata, else by its file's name; None if it is not."""
    for tag in RECORDING_TAGS:
        if picture.tags.get(tag):
            return picture.tags[tag]
    return _recording(picture.name)


@functools.lru_cache(maxsize=1 << 16)
def _recording(name: str) -> str | None:
    stem = _ENDING.sub("", _COPY.sub("", PurePosixPath(name).stem))
    matches = (pattern.match(stem) for pattern in _RECORDINGS)
    return next((match.group(1) for match in matches if match), None)


def group_of(picture: Picture, pattern: re.Pattern[str]) -> str | None:
    """Find in an image's name what the user says it was taken from: the pattern's first group, or all it matches."""
    found = pattern.search(picture.name)
    if found is None:
        return None
    return found.group(1) if pattern.groups else found.group()
