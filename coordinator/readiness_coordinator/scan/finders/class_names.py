"""Faults in the list of classes: names that clash, names that are none, classes that no object carries."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from readiness.evidence.dataset import Item, Listing
from readiness.measures import words
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.listing import listing
from readiness_coordinator.scan.seen import Seen

_SHOWN = 20
# Among names of which two in three are words, a number is an id that got no name; signs on number plates are no words.
_WORD = re.compile(r"[^\W\d_]{2}")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
# What tools write where nobody gave a name; alone it may be all that is meant, beside real names it is not.
_PLACEHOLDER = re.compile(r"class[ _-]?\d+|object|class|label|untitled|undefined|null|todo|[^\w\s]+", re.IGNORECASE)
_PATH = re.compile(
    r"^(?:[A-Za-z]:)?[\\/]|^\.{1,2}[\\/]|\.(?:jpe?g|png|bmp|txt|xml|json|ya?ml)$|https?://", re.IGNORECASE
)
# Joiners that Indic and Persian spelling needs; other invisible signs got in by copying.
_JOINERS = "\u200c\u200d"


def find(seen: Seen) -> dict[str, Listing]:
    """List what is wrong with the classes, whatever the task."""
    labelled = seen.labelled
    carried = _carried(labelled)
    return {
        "class-names-clash": clashing(labelled, carried),
        "class-name-odd": odd(labelled),
        "class-never-labelled": _of_names(name for name in labelled.classes if not carried[name]),
    }


def clashing(labelled: Labelled, carried: Counter[str]) -> Listing:
    """List pairs of names that mean the same to a reader; the images are those of the rarer one."""
    pairs = _pairs(labelled.classes)
    rarer = {pair: min(pair, key=lambda name: (carried[name], name)) for pair in pairs}
    images = _images(labelled, set(rarer.values()))
    return listing(
        [
            Item(
                images=images[rarer[pair]],
                detail=f"{pair[0]!r} and {pair[1]!r}: {why} ({carried[pair[0]]} and {carried[pair[1]]} objects)",
                classes=tuple(dict.fromkeys(pair)),
            )
            for pair, why in pairs.items()
        ]
    )


def odd(labelled: Labelled) -> Listing:
    """List names that are empty, hold signs that cannot be seen, are a path, or say nothing among words that do."""
    names = labelled.classes
    said = [(name, _wrong(name)) for name in dict.fromkeys(names)]
    found = [Item(images=(), detail=f"{name!r}: {why}", classes=(name,)) for name, why in said if why]
    nameless = {
        name: "a number" if _NUMBER.fullmatch(name) else "no name"
        for name, why in said
        if not why and (_NUMBER.fullmatch(name) or _PLACEHOLDER.fullmatch(name))
    }
    plain = [name for name, why in said if not why and name not in nameless and _WORD.search(name)]
    if 3 * len(plain) >= 2 * len(said):
        found += [
            Item(images=(), detail=f"{name!r}: {what} among words", classes=(name,)) for name, what in nameless.items()
        ]
    return listing(found)


def _wrong(name: str) -> str:
    if not name.strip():
        return "empty"
    if any(sign not in _JOINERS and unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn"} for sign in name):
        return "holds a sign that cannot be seen"
    if "\ufffd" in name:
        return "holds a character that could not be read"
    if name != name.strip():
        return "begins or ends with a space"
    return "looks like a path" if _PATH.search(name) else ""


def _pairs(names: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Give pairs of names, each in order, with what they are: the same, the same but for form, plural, or a slip."""
    found = {(name, name): "the same name twice" for name, count in Counter(names).items() if count > 1}
    spelled = {name: words.spelled(name) for name in names if name.strip()}
    forms: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, list[str]] = defaultdict(list)
    for name, parts in spelled.items():
        forms[words.folded(parts)].append(name)
    for form, alike in forms.items():
        first = min(alike)
        found |= {(first, name): "the same but for case, accents or separators" for name in alike if name != first}
        numbers[words.folded(words.singular(spelled[first]))].append(form)
    first_of = {form: min(alike) for form, alike in forms.items()}
    for several in numbers.values():
        first, *rest = sorted(first_of[form] for form in several)
        found |= {(first, name): "one is the other's plural" for name in rest}
    by_parts = {spelled[name]: name for name in sorted(first_of.values(), reverse=True)}
    for one, other in sorted(words.slips(by_parts)):
        first, second = sorted((by_parts[one], by_parts[other]))
        found.setdefault((first, second), "a slip of the pen apart")
    return found


def _carried(labelled: Labelled) -> Counter[str]:
    count = Counter(labelled.classes[one.row] for picture in labelled.pictures for one in picture.annotations)
    count.update(picture.label for picture in labelled.pictures if picture.label is not None)
    return count


def _images(labelled: Labelled, names: set[str]) -> dict[str, tuple[str, ...]]:
    """Give the first images that carry each of the names."""
    found: dict[str, list[str]] = {name: [] for name in names}
    if not names:
        return {}
    for picture in labelled.pictures:
        here = {labelled.classes[one.row] for one in picture.annotations} | {picture.label or ""}
        for name in here & names:
            if len(found[name]) < _SHOWN:
                found[name].append(picture.name)
    return {name: tuple(images) for name, images in found.items()}


def _of_names(names: Iterable[str]) -> Listing:
    return listing([Item(images=(), detail=repr(name), classes=(name,)) for name in names])
