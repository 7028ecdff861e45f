"""Whether an evaluation can be believed: strange classes and ids, silent images, a truth at odds with itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from readiness.evidence.evaluation import Conflict, IdFit
from readiness.measures import boxes
from readiness_coordinator.evaluate import id_fit
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.same_files import SameFiles
from readiness_coordinator.evaluate.tallies import EXAMPLES
from readiness_coordinator.formats import Labelled, Picture

_SAME = 0.5  # boxes that overlap less are not the same label


class Guards(NamedTuple):
    """Fields of the evaluation record by their names there."""

    crowds: int
    foreign_classes: dict[str, int]
    unanswered: tuple[str, ...]
    unanswered_total: int
    silent: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    images_compared: int
    class_ids: IdFit | None
    image_ids: IdFit | None


def measure(case: Case) -> Guards:
    """Measure all of it."""
    said, pictures = case.predictions, case.predictions.pictures
    answered = np.zeros(len(pictures), dtype=bool)
    answered[said.image] = True
    if said.strays is not None:
        answered[said.strays.image] = True
    holds = np.zeros(len(pictures), dtype=bool)
    holds[case.truth.image[~case.truth.crowd]] = True
    unanswered = _names(pictures, np.flatnonzero(said.run & holds & ~answered))
    conflicts, compared = contradictions(pictures, case.labelled, case.same)
    return Guards(
        crowds=int(case.truth.crowd.sum()),
        foreign_classes=_foreign(said),
        unanswered=unanswered[:EXAMPLES],
        unanswered_total=len(unanswered),
        silent=_names(pictures, np.flatnonzero(~said.run))[:EXAMPLES],
        conflicts=conflicts,
        images_compared=compared,
        class_ids=id_fit.classes(case),
        image_ids=id_fit.images(case),
    )


def contradictions(
    pictures: Sequence[Picture], labelled: Labelled, same: SameFiles
) -> tuple[tuple[Conflict, ...], int]:
    """Give the pictures with the same bytes and other labels; tells also how many pictures were at hand."""
    groups = [sorted((pictures[place] for place in group), key=lambda one: one.name) for group in same.groups]
    found = [
        Conflict(tuple(one.name for one in group), tuple(_label(one, labelled) for one in group))
        for group in groups
        if any(_differ(group[0], other) for other in group[1:])
    ]
    return tuple(sorted(found, key=lambda one: one.images)), same.compared


def _names(pictures: Sequence[Picture], places: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(pictures[place].name for place in places))


def _foreign(said: Predictions) -> dict[str, int]:
    """Count the answers of each unknown class, most frequent first; without a word for it, it is a question mark."""
    if said.strays is None:
        return {}
    counts = np.bincount(said.strays.name).tolist()
    names = (*said.strays.names, *("?" for _ in range(len(counts) - len(said.strays.names))))
    total: Counter[str] = Counter()
    for name, count in zip(names, counts, strict=False):
        total[name] += count
    return {name: count for name, count in sorted(total.items(), key=lambda one: (-one[1], one[0])) if count}


def _differ(one: Picture, other: Picture) -> bool:
    """Tell whether two labels of the same picture cannot both be right."""
    if (one.label, one.mask_digest) != (other.label, other.mask_digest):
        return True
    mine, theirs = (sorted((each.row, each.box or ()) for each in picture.annotations) for picture in (one, other))
    if [row for row, _ in mine] != [row for row, _ in theirs]:
        return True
    pairs = [(box, with_) for (_, box), (_, with_) in zip(mine, theirs, strict=True) if box and with_]
    if not pairs:
        return False
    first, second = (boxes.corners(np.array(side, dtype=np.float64)) for side in zip(*pairs, strict=True))
    return bool((boxes.iou_each(first, second) < _SAME).any())


def _label(picture: Picture, labelled: Labelled) -> str:
    if picture.label is not None:
        return picture.label
    if picture.mask_digest is not None:
        return f"mask {picture.mask_digest[-8:]}"
    counts = Counter(labelled.classes[one.row] for one in picture.annotations)
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"
