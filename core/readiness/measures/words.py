"""Names that mean the same: equal but for case, separators or form of their letters, plurals, slips of the pen."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

_ACCENTS = re.compile("[\u0300-\u036f]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# A hyphen at an end is a sign: blood group A- is not a.
_SEPARATOR = re.compile(r"[\s_]+|(?<=[^\W_])[-\u2010-\u2015]+(?=[^\W_])")
# Short words one letter apart are other words (cat, car, bat), longer ones with another letter too (hammer, hamper).
_ONE, _TURNED, _CHANGED, _TWO = 6, 7, 8, 10
# Names with so many others a slip away are a system of some kind, not each other's typing errors.
_CROWDED = 8


def spelled(name: str) -> tuple[str, ...]:
    """Split a name into words without case, accents, compatibility forms or separators; `TrafficLight` is two words.

    A single character keeps its case: `a` and `A` are two classes to whoever reads letters.
    """
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).strip()))
    plain = unicodedata.normalize("NFC", plain)
    if len(plain) < 2:
        return (plain,)
    parts = _SEPARATOR.split(_HUMP.sub(" ", plain))
    return tuple(part.casefold() for part in parts if part) or (plain,)


def folded(words: Sequence[str]) -> str:
    """Join words so that separators no longer count, except between digits: `1_2` is not 12."""
    joined = words[0]
    for word in words[1:]:
        joined += ("_" if joined[-1:].isdigit() and word[:1].isdigit() else "") + word
    return joined


def singular(words: Sequence[str]) -> tuple[str, ...]:
    """Take the English plural's ending off the last word; `glass` and `bus` have none."""
    last = words[-1]
    if len(last) > 4 and last.endswith("ies"):
        last = last[:-3] + "y"
    elif len(last) > 4 and last.endswith(("shes", "ches", "xes", "sses", "zes")):
        last = last[:-2]
    elif len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return (*words[:-1], last)


def slips(names: Iterable[tuple[str, ...]]) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the pairs of names, each in order, that differ by a slip of the pen in one word.

    That is one letter added, left out or swapped with its neighbour in a word of 6 letters or more, or changed in one
    of 8; two in words of 10, or of 7 with the same letters. Never the first letter (`masked`, `unmasked`), never a
    digit, nothing added at the end (`staple`, `stapler`). Of ImageNet's, COCO's and Pascal VOC's class names no two are
    told apart by so little.
    """
    buckets: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for name in sorted(set(names)):
        for key in {key for at in range(len(name)) for key in _shortened(name, at)}:
            buckets[key].append(name)
    system = {name for alike in buckets.values() if len(alike) > _CROWDED for name in alike}
    bunches = ([name for name in alike if name not in system] for alike in buckets.values())
    return {pair for alike in bunches for pair in combinations(alike, 2) if _slipped(*pair)}


def _shortened(name: tuple[str, ...], at: int) -> Iterator[tuple[str, ...]]:
    """Give the name with its word at `at` shortened by as many letters as it may have slips, or its letters sorted."""
    word = name[at]
    if not word.isalpha() or len(word) < _ONE - 1:
        return
    shorter = {word} | {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    if len(word) >= _TWO:
        shorter |= {one[:i] + one[i + 1 :] for one in set(shorter) for i in range(1, len(word) - 1)}
    if len(word) >= _TURNED:
        shorter.add("".join(sorted(word)) + " sorted")
    for one in shorter:
        yield (*name[:at], f"{at}:{one}", *name[at + 1 :])


def _slipped(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    differing = [(one, other) for one, other in zip(first, second, strict=True) if one != other]
    if len(differing) != 1:
        return False
    one, other = differing[0]
    shorter, longer = sorted((len(one), len(other)))
    turned = sorted(one) == sorted(other)
    if one[0] != other[0] or longer < _ONE or one.startswith(other) or other.startswith(one):
        return False
    if longer == shorter < _CHANGED and not turned:
        return False
    allowed = 2 if shorter >= _TWO or (turned and shorter >= _TURNED) else 1
    return _distance(one, other, allowed) <= allowed


def _distance(first: str, second: str, most: int) -> int:
    """Count the letters added, left out, changed or swapped (optimal string alignment); above `most` it may stop."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and other == first[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
