"""What the values and colours of class masks are called: classes.txt, labels.txt and label maps with colours."""

import re
from pathlib import Path

import msgspec

from readiness_coordinator.formats import layout

FILES = ("labelmap.txt", "label_colors.txt", "class_dict.csv", "classes.txt", "labels.txt")
VOID = frozenset({"void", "unlabeled", "unlabelled"})
BACKGROUND = frozenset({"background", "_background_", "__background__", "bg", *VOID})

# CVAT writes name:r,g,b:parts:actions; CamVid's files give name r g b, or r g b name, with commas or spaces.
_CVAT = re.compile(r"^(?P<name>[^:]+):(?P<rgb>\d+,\d+,\d+)(?::.*)?$")
_TAIL = re.compile(r"^(?P<name>.*\S)[\s,]+(?P<rgb>\d+[\s,]+\d+[\s,]+\d+)$")
_HEAD = re.compile(r"^(?P<rgb>\d+\s+\d+\s+\d+)\s+(?P<name>\S.*)$")
_NUMBERED = re.compile(r"^(?P<value>\d+)\s*[:,\s]\s*(?P<name>\S.*)$")
_LONGEST = 1_000_000


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """Class names by value, and values by packed colour where the file gives colours; nothing declared is empty."""

    by_value: dict[int, str] = {}
    by_colour: dict[int, int] = {}

    @property
    def background(self) -> frozenset[int]:
        """Give the values that are no class: those named so, or 0 where nothing is declared."""
        if not self.by_value:
            return frozenset({0})
        return frozenset(value for value, name in self.by_value.items() if name.lower() in BACKGROUND)

    @property
    def void(self) -> frozenset[int]:
        """Give those of them that are not even background: nobody said what is there."""
        return frozenset(value for value in self.background if self.by_value.get(value, "").lower() in VOID)


def read(folder: Path) -> Names:
    """Read the first name file that lies in `folder`; raises Unreadable where it is no text."""
    file = next((folder / name for name in FILES if (folder / name).is_file()), None)
    if file is None:
        return Names()
    lines = [line.strip() for line in layout.read_text(file, _LONGEST).splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    # labelme gives what is to be ignored the number -1.
    lines = [layout.clean(line) for line in lines if line != "__ignore__"]
    coloured = [match for line in lines if (match := _colour(line)) is not None]
    if coloured:
        return _coloured(coloured)
    numbered = [_NUMBERED.match(line) for line in lines]
    if numbered and all(numbered):
        return Names(by_value={int(match["value"][:9]): match["name"] for match in numbered if match})
    return Names(by_value=dict(enumerate(lines)))


def _colour(line: str) -> re.Match[str] | None:
    match = _CVAT.match(line) or _HEAD.match(line) or _TAIL.match(line)
    return match if match and all(int(word[:9]) <= 255 for word in re.findall(r"\d+", match["rgb"])) else None


def _coloured(matches: list[re.Match[str]]) -> Names:
    by_value: dict[int, str] = {}
    by_colour: dict[int, int] = {}
    for value, match in enumerate(matches):
        red, green, blue = (int(word) for word in re.findall(r"\d+", match["rgb"]))
        by_value[value] = match["name"].strip()
        by_colour.setdefault(red << 16 | green << 8 | blue, value)
    return Names(by_value=by_value, by_colour=by_colour)
