"""Mirrored copies whose labels depend on the side or on the reading direction, and were not changed with them."""

import re
from collections.abc import Iterator, Sequence

from readiness.evidence.dataset import Item
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.scan.seen import Copy, Seen

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# A left-right mirror exchanges the first two, an up-down mirror the others.
_ACROSS = {"left": "right", "right": "left"}
_ALONG = {"up": "down", "down": "up", "top": "bottom", "bottom": "top"}
_READ = frozenset(
    {"text", "texts", "letter", "letters", "digit", "digits", "number", "numbers", "character", "characters"}
    | {"char", "word", "words", "sign", "signs", "plate", "plates", "barcode"}
)
# Single characters are an alphabet from this many classes on; fewer are mere numbers of classes.
_ALPHABET = 10


def kept(seen: Seen) -> Iterator[Item]:
    """Give each mirrored copy that carries the same side as its picture, or anything that is read."""
    labelled = seen.labelled
    if not (_sided(labelled.classes) or _read(labelled.classes)):
        return
    pictures = {picture.name: picture for picture in labelled.pictures}
    for group in seen.groups or ():
        for copy in group.copies:
            first, second = pictures[copy.first], pictures[copy.second]
            classes = _kept_sides(seen, first, second, copy) | _mirrored_text(seen, first, second, copy)
            if classes:
                detail = f"{_turn(copy.orientation)}, labels kept: {', '.join(sorted(classes))}"
                splits = tuple(sorted({first.split, second.split}))
                yield Item(
                    images=(copy.first, copy.second), detail=detail, classes=tuple(sorted(classes)), splits=splits
                )


def _kept_sides(seen: Seen, first: Picture, second: Picture, copy: Copy) -> set[str]:
    """Give the sided classes that stand where the mirrored object is, in place of the class of the other side."""
    one, two = _places(seen, first), _places(seen, second)
    broken = set()
    for name, swapped in _exchanged(seen.labelled.classes, copy.orientation).items():
        if name not in one or name not in two:
            continue
        # Where both sides are in the picture, the nearer of the two places tells which one is meant.
        there = _moved(one[name], copy.orientation)
        wrong, right = _distance(two[name], there), _distance(two.get(swapped), there)
        if wrong < right or (wrong == right and swapped not in two):
            broken.add(name)
    return broken


def _mirrored_text(seen: Seen, first: Picture, second: Picture, copy: Copy) -> set[str]:
    if copy.orientation.bit_count() % 2 == 0:
        return set()
    return _read(seen.labelled.classes) & set(_places(seen, first)) & set(_places(seen, second))


def _exchanged(classes: Sequence[str], orientation: int) -> dict[str, str]:
    """Map each class to the one that it becomes under this orientation; a turn by 90 degrees moves every side."""
    turned = bool(orientation & 4)
    swaps = (_ACROSS if orientation & 1 or turned else {}) | (_ALONG if orientation & 2 or turned else {})
    names = {name: _swapped(name, swaps) for name in classes}
    return {name: other for name, other in names.items() if other != name}


def _swapped(name: str, swaps: dict[str, str]) -> str:
    return _WORD.sub(lambda found: _cased(swaps.get(found[0].lower()), found[0]), name)


def _cased(word: str | None, like: str) -> str:
    if word is None:
        return like
    return word.upper() if like.isupper() else word.capitalize() if like[0].isupper() else word


def _sided(classes: Sequence[str]) -> bool:
    return bool(_exchanged(classes, 3))


def _read(classes: Sequence[str]) -> set[str]:
    single = {name for name in classes if len(name) == 1 and name.isalnum()}
    words = {name for name in classes if _READ & {word.lower() for word in _WORD.findall(name)}}
    return words | (single if len(single) >= _ALPHABET else set())


def size(seen: Seen, picture: Picture) -> tuple[float, float]:
    """Give width and height of a picture as it was decoded, else as its label file says; 0 where neither is known."""
    view = seen.views.get(picture.name)
    if view is not None and view.width:
        return float(view.width), float(view.height)
    return float(picture.width or 0), float(picture.height or 0)


def _places(seen: Seen, picture: Picture) -> dict[str, tuple[float, float] | None]:
    """Give the mean centre of each class's boxes, as shares of the image; None where there are no boxes."""
    if picture.label is not None:
        return {picture.label: None}
    width, height = size(seen, picture)
    boxes: dict[str, list[tuple[float, float]]] = {}
    for one in picture.annotations:
        if one.box is not None and width and height:
            x, y, w, h = one.box
            centre = ((x + w / 2) / width, (y + h / 2) / height)
            boxes.setdefault(seen.labelled.classes[one.row], []).append(centre)
    return {
        name: (sum(x for x, _ in mine) / len(mine), sum(y for _, y in mine) / len(mine)) for name, mine in boxes.items()
    }


def _moved(place: tuple[float, float] | None, orientation: int) -> tuple[float, float] | None:
    """Follow a place of the first picture into the second one, which looks like the first when it is so oriented."""
    if place is None:
        return None
    x, y = place
    x, y = (1 - x if orientation & 1 else x), (1 - y if orientation & 2 else y)
    return (y, x) if orientation & 4 else (x, y)


def _distance(one: tuple[float, float] | None, two: tuple[float, float] | None) -> float:
    if one is None or two is None:
        return 9.0
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _turn(orientation: int) -> str:
    mirrors = {1: "mirrored left to right", 2: "mirrored up and down", 3: "turned by 180 degrees"}
    return mirrors.get(orientation, "turned by 90 degrees" if orientation in {5, 6} else "mirrored and turned")
