"""Which pictures stand in the dataset more than once: in two splits, within one, or under different labels."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.formats.layout import UNASSIGNED
from readiness_coordinator.origins import source_of
from readiness_coordinator.scan import agreeing
from readiness_coordinator.scan.listing import listing, one_of_each_first
from readiness_coordinator.scan.seen import Copy, Group, Seen


def find(seen: Seen) -> dict[str, Listing]:
    """List copies by where they stand; nothing while no image could be compared."""
    if seen.groups is None:
        return {}
    pictures = {picture.name: picture for picture in seen.labelled.pictures}
    within = [one for group in seen.groups for one in _by_split(group, pictures)]
    return {
        "images-duplicated": listing([item for here in within for item in _equal(seen, here)]),
        "images-nearly-duplicated": listing([item for here in within for item in _near(seen, here)]),
        "images-shared-across-splits": listing([*_shared(seen.groups, pictures), *_listed_twice(seen)]),
        "images-not-all-compared": listing([Item(images=(), detail=limit) for limit in seen.limits]),
        "labels-conflict": agreeing.conflicts(seen),
    }


def _shared(groups: Iterable[Group], pictures: Mapping[str, Picture]) -> Iterator[Item]:
    for group in groups:
        splits = sorted({pictures[name].split for name in group.images} - {UNASSIGNED})
        if len(splits) > 1:
            # Two that are linked directly stand first: of a chain of parts the ends may have nothing in common.
            across = [copy for copy in group.copies if pictures[copy.first].split != pictures[copy.second].split]
            linked = sorted({name for copy in across for name in (copy.first, copy.second)})
            ahead = one_of_each_first([pictures[name] for name in _of_one(across) or linked])
            rest = [pictures[name] for name in group.images if name not in ahead]
            names = (*ahead, *one_of_each_first(rest))
            yield Item(images=names, detail=_words(group, names, across), splits=tuple(splits))


def _by_split(group: Group, pictures: Mapping[str, Picture]) -> Iterator[list[Picture]]:
    by_split: dict[str, list[Picture]] = {}
    for name in group.images:
        by_split.setdefault(pictures[name].split, []).append(pictures[name])
    yield from by_split.values()


def _equal(seen: Seen, here: Sequence[Picture]) -> Iterator[Item]:
    for same in _by_pixels(seen, here):
        if _meant_apart(same):
            yield _again(same, "equal pixels")


def _near(seen: Seen, here: Sequence[Picture]) -> Iterator[Item]:
    one_of_each = [same[0] for same in _by_pixels(seen, here)]
    if _meant_apart(one_of_each):
        yield _again(one_of_each, "nearly equal pictures")


def _by_pixels(seen: Seen, here: Iterable[Picture]) -> list[list[Picture]]:
    alike: dict[str, list[Picture]] = {}
    for picture in here:
        alike.setdefault(seen.views[picture.name].pixels, []).append(picture)
    return list(alike.values())


def _meant_apart(here: Sequence[Picture]) -> bool:
    """Tell whether there is more than one; the copies that an export made of one source are meant to be."""
    return len({source_of(picture) or picture.name for picture in here}) > 1


def _again(here: Sequence[Picture], kind: str) -> Item:
    names = tuple(picture.name for picture in here)
    detail = kind if len(names) == 2 else f"{len(names)} times {kind}, such as {names[0]} = {names[1]}"
    return Item(images=names, detail=detail, splits=(here[0].split,))


def _listed_twice(seen: Seen) -> Iterator[Item]:
    labelled = seen.labelled
    own = Counter(picture.split for picture in labelled.pictures)
    shared = Counter(splits for _, splits in labelled.listed_twice)
    for name, splits in labelled.listed_twice:
        first, *others = (f"'{split}'" for split in splits)
        detail = "listed in both splits"
        if shared[splits] == own[splits[0]] and not any(own[split] for split in splits[1:]):
            detail = f"{first} and {' and '.join(others)} name the same images, one folder or list for both"
        yield Item(images=(name,), detail=detail, splits=tuple(sorted(splits)))


def _of_one(copies: Sequence[Copy]) -> list[str]:
    return [copies[0].first, copies[0].second] if copies else []


def _words(group: Group, names: Sequence[str], links: Sequence[Copy]) -> str:
    kind = "equal pixels" if group.equal else "nearly equal pictures"
    if links and all(link.part for link in links):
        kind = "the same scene, cut, turned or tilted"
    return kind if len(names) == 2 else f"{len(names)} times {kind}, such as {names[0]} = {names[1]}"
