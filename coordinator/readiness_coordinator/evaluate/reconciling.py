"""Why COCO, Ultralytics, Roboflow and Pascal VOC give other numbers on the same answers, computed on these answers."""

from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.measures import conventions, matching
from readiness.measures.conventions import Claims
from readiness.measures.matching import Found, Matched, Pairs, Truth
from readiness.reconciliation import Convention, Reconciliation, Turn
from readiness_coordinator.evaluate import outcomes
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.convention_rules import COCO, NOTES, TOOLS, Rules, Tool

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

LEAST = 0.5
_FEWEST = 100
_IOUS = tuple(np.linspace(0.5, 0.95, 10).tolist())
_OUTSIDE = 0.01  # Ultralytics lets a fraction of the picture be this far outside it


class Scene(NamedTuple):
    """What every convention is reckoned from; answers (n,) are ordered by class, then by falling score.

    `matched` is COCO's matching; `claims` are of all objects but crowds, `inclusive` of boxes with their last
    pixel, `tidy` without the objects that Ultralytics' reader leaves out. `class_rank` and `image_rank` (n,) are
    places by score among the answers of a class in an image, and of an image. `dropped` (n,) are answers in pictures
    that Ultralytics drops, `unused` (m,) objects that it does not read, `row` (m,) the objects' classes.
    """

    found: Found
    truth: Truth
    rows: Indices
    row: Indices
    classes: int
    matched: Matched
    claims: Claims
    inclusive: Claims
    tidy: Claims
    class_rank: Indices
    image_rank: Indices
    dropped: Bools
    unused: Bools


class Judged(NamedTuple):
    """The answers that count, ordered as in the scene; `objects` (classes,) are those that count."""

    right: Bools
    rows: Indices
    scores: Floats
    objects: Indices


def reconcile(case: Case, ap: float | None = None) -> Reconciliation | None:
    """Reckon each tool's figure, from COCO's AP50 on, one convention after the other; None where boxes are not judged.

    `ap` is COCO's mean over IoU 0.50 to 0.95, as the evaluation has it.
    """
    if case.labelled.task == "classification" or case.shape == "mask" or not (~case.truth.crowd).any():
        return None
    seen = scene(case)
    first = figure(seen, COCO)
    known = {COCO: first}
    return Reconciliation(
        split=case.predictions.split,
        ap50=first,
        ap=ap,
        conventions=tuple(_convention(known, seen, tool) for tool in TOOLS),
        notes=NOTES,
    )


def scene(case: Case, least: float = LEAST) -> Scene:
    """Lay out a case for overlaps from `least` on; equal scores stand in the order of their images' own ids, in which
    COCO ranks them.
    """
    truth, said, width = case.truth, case.predictions, len(case.labelled.classes)
    matched = case.matches if case.iou == least else _matched(case, least)
    order = np.lexsort((_numbers(case)[said.image], -said.scores, said.row))
    image, rows = said.image[order], said.row[order]
    found = Found(said.boxes[order], said.scores[order], image * width + rows)
    things = Truth(truth.boxes, truth.image * width + truth.row, truth.crowd)
    pairs = _some(matching.near(found, things, least), ~truth.crowd)
    pixel = np.array([0.0, 0.0, 1.0, 1.0])
    larger = matching.near(
        found._replace(boxes=found.boxes + pixel), things._replace(boxes=things.boxes + pixel), least
    )
    unread, dropped = _untidy(case)
    unused = unread | dropped[truth.image]
    claims = conventions.claims(found, pairs)
    return Scene(
        found=found,
        truth=things,
        rows=rows,
        row=truth.row,
        classes=width,
        matched=Matched(matched.objects[order], matched.ignored[order]),
        claims=claims,
        inclusive=conventions.claims(found, _some(larger, ~truth.crowd)),
        tidy=conventions.claims(found, _some(pairs, ~unused)) if unused.any() else claims,
        class_rank=_ranks(found.groups, found.scores),
        image_rank=_ranks(image, found.scores),
        dropped=dropped[image],
        unused=unused,
    )


def _some(pairs: Pairs, used: Bools) -> Pairs:
    held = used[pairs.truth]
    return Pairs(pairs.found[held], pairs.truth[held], pairs.overlap[held])


def _numbers(case: Case) -> Indices:
    """Give each picture its place in the order of the dataset's own ids, numbers before words."""
    keys = [picture.key for picture in case.predictions.pictures]
    numbers = np.empty(len(keys), dtype=np.intp)
    numbers[sorted(range(len(keys)), key=lambda i: (isinstance(keys[i], str), keys[i]))] = np.arange(len(keys))
    return numbers


def _matched(case: Case, least: float) -> Matched:
    task, truth, said = case.labelled.task, case.truth, case.predictions
    return outcomes.matches(task, truth, said, least, outcomes.close(task, truth, said, least))


def judged(seen: Scene, rules: Rules, least: float = LEAST) -> Judged:
    """Tell which answers count by the rules, and which are right; at another overlap than the scene's only
    where `claim` is.
    """
    scores = seen.found.scores
    keep = scores >= rules.above if rules.reached else scores > rules.above
    keep &= ~(seen.dropped & rules.tidy)
    used = ~seen.truth.crowd & ~(seen.unused & rules.tidy)
    if rules.claim:
        claimed = seen.inclusive if rules.inclusive else seen.tidy if rules.tidy else seen.claims
        objects = conventions.granted(claimed, scores.size, least)
    else:
        objects = seen.matched.objects
        keep &= ~seen.matched.ignored | (not rules.crowds)
    if rules.most_class is not None:
        keep &= seen.class_rank < rules.most_class
    if rules.most_image is not None:
        keep &= seen.image_rank < rules.most_image
    counts = np.bincount(seen.row[used], minlength=seen.classes)
    return Judged(objects[keep] >= 0, seen.rows[keep], scores[keep], counts)


def figure(seen: Scene, rules: Rules, least: float = LEAST) -> float:
    """Give the mean average precision at one overlap by these rules; 0 where they leave no object."""
    return _mean(judged(seen, rules, least), rules)


def _mean(part: Judged, rules: Rules) -> float:
    each = conventions.average_precisions(part.right, part.rows, part.objects, rules.curve)
    if rules.absent:
        each = np.where(np.isnan(each) & (np.bincount(part.rows, minlength=each.size) > 0), 0.0, each)
    return 0.0 if np.isnan(each).all() else float(np.nanmean(each))


def _convention(known: dict[Rules, float], seen: Scene, tool: Tool) -> Convention:
    turns, before = [], known[COCO]
    for what, rules in tool.steps:
        if rules not in known:
            known[rules] = figure(seen, rules)
        turns.append(Turn(what=what, figure=known[rules], change=known[rules] - before))
        before = known[rules]
    told = Convention(tool=tool.name, ap50=before, turns=tuple(turns))
    if not tool.validates:
        return told
    last = tool.steps[-1].rules
    confidence, precision, recall = conventions.best_f1(*judged(seen, last))
    strict = float(np.mean([figure(seen, last, least) for least in _IOUS]))
    return msgspec.structs.replace(told, ap=strict, precision=precision, recall=recall, confidence=confidence)


def _ranks(groups: Indices, scores: Floats) -> Indices:
    """Give the place (n,) of each answer in its group by falling score; equal scores keep their order.

    All 0 where no group holds more than the fewest that any tool takes, so that nobody's limit matters.
    """
    out = np.zeros(groups.size, dtype=np.intp)
    if np.bincount(groups, minlength=1).max() <= _FEWEST:
        return out
    order = np.lexsort((-scores, groups))
    ordered = groups[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    out[order] = np.arange(groups.size) - np.repeat(first, np.diff(first, append=groups.size))
    return out


def _untidy(case: Case) -> tuple[Bools, Bools]:
    """Tell which objects (m,) Ultralytics' reader leaves out, and which pictures it drops for one bad label.

    A picture goes when a centre or a side is under -0.01 or over 1.01 of its size, where that is known.
    """
    truth, pictures = case.truth, case.predictions.pictures
    sizes = np.array([(picture.width or 0, picture.height or 0) for picture in pictures], dtype=np.float64)
    size = sizes.reshape(-1, 2)[truth.image]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.hstack([(truth.boxes[:, :2] + truth.boxes[:, 2:] / 2) / size, truth.boxes[:, 2:] / size])
    outside = (size > 0).all(axis=1) & ((shares < -_OUTSIDE) | (shares > 1 + _OUTSIDE)).any(axis=1)
    dropped = np.zeros(len(pictures), dtype=bool)
    dropped[truth.image[outside & ~truth.crowd]] = True
    keys = np.column_stack([truth.boxes, truth.row, truth.image])
    order = np.lexsort(keys.T)
    again = np.zeros(truth.row.size, dtype=bool)
    again[order[1:]] = (keys[order[1:]] == keys[order[:-1]]).all(axis=1)
    return again | (truth.boxes[:, 2:] <= 0).any(axis=1), dropped
