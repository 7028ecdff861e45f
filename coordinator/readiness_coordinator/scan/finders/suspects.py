"""Labels that a model's predictions contradict, the most doubtful first; only where predictions are at hand."""

from collections.abc import Iterator

import numpy as np

from readiness.evidence.dataset import Item, Listing
from readiness.measures import suspects
from readiness.measures.suspects import Answers, Boxes, Suspects
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.listing import place, ranked
from readiness_coordinator.scan.seen import Seen

_CODES = {"missing": "label-suspect-missing", "class": "label-suspect-class", "box": "label-suspect-box"}


def find(seen: Seen) -> dict[str, Listing]:
    """List the labels to look at again."""
    if (answers := seen.options.answers) is None:
        return {}
    if seen.labelled.task == "classification":
        return {_CODES["class"]: ranked(_labels(seen.labelled, answers))}
    return {_CODES[kind]: ranked(items) for kind, items in _objects(seen.labelled, answers).items()}


def _labels(labelled: Labelled, answers: Answers) -> list[Item]:
    row_of = {name: row for row, name in enumerate(labelled.classes)}
    pictures = [labelled.pictures[image] for image in answers.image.tolist()]
    said = np.array([row_of.get(str(picture.label), -1) for picture in pictures], dtype=np.intp)
    known = np.flatnonzero(said >= 0)
    found = suspects.of_labels(answers.row[known], answers.scores[known], said[known], len(labelled.classes))
    items = []
    for at in known[found.answers].tolist():
        mine, other = str(pictures[at].label), labelled.classes[answers.row[at]]
        detail = f"labelled {mine}, the model says {other} at {answers.scores[at]:.2f}"
        items.append(
            Item(images=(pictures[at].name,), detail=detail, classes=(mine, other), splits=(pictures[at].split,))
        )
    return items


def _objects(labelled: Labelled, answers: Answers) -> dict[str, list[Item]]:
    boxed = [
        (image, one.row, one.box, one.crowd)
        for image in np.flatnonzero(answers.run).tolist()
        for one in labelled.pictures[image].annotations
        if one.box is not None
    ]
    labels = Boxes(
        np.array([image for image, *_ in boxed], dtype=np.intp),
        np.array([row for _, row, *_ in boxed], dtype=np.intp),
        np.array([box for *_, box, _ in boxed], dtype=np.float64).reshape(-1, 4),
    )
    crowd = np.array([crowd for *_, crowd in boxed], dtype=bool)
    given = Boxes(answers.image, answers.row, answers.boxes)
    found = suspects.of_boxes(given, answers.scores, labels, crowd, len(labelled.classes))
    return {kind: list(_items(labelled, answers, labels, one)) for kind, one in found.items()}


def _items(labelled: Labelled, answers: Answers, labels: Boxes, found: Suspects) -> Iterator[Item]:
    for answer, label in zip(found.answers.tolist(), found.labels.tolist(), strict=True):
        picture = labelled.pictures[answers.image[answer]]
        says = labelled.classes[answers.row[answer]]
        detail = f"the model sees {says} at {_place(answers.boxes[answer])} with {answers.scores[answer]:.2f}"
        classes, boxes = [says], [place(answers.boxes[answer].tolist())]
        if label >= 0:
            mine = labelled.classes[labels.row[label]]
            detail = f"{mine} at {_place(labels.boxes[label])}; {detail}"
            classes.append(mine)
            boxes.append(place(labels.boxes[label].tolist()))
        yield Item(
            images=(picture.name,),
            detail=detail,
            classes=tuple(sorted(set(classes))),
            splits=(picture.split,),
            boxes=tuple(boxes),
        )


def _place(box: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> str:
    x, y, w, h = box.tolist()
    return f"{x:.0f},{y:.0f} ({w:.0f}x{h:.0f})"
