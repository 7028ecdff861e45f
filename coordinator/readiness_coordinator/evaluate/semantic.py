"""A semantic segmenter against mask images: pixels counted class by class, bounded over the images they lie in."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.evidence.evaluation import ClassResult, Confused, Evaluation
from readiness.exits import Stop
from readiness.measures import segmentation
from readiness.measures.segmentation import Counts
from readiness.policy import Policy
from readiness_coordinator.evaluate import ground_truth, mask_counts, same_files, semantic_slices
from readiness_coordinator.evaluate.about import About
from readiness_coordinator.evaluate.case import Tags
from readiness_coordinator.evaluate.outcomes import BACKGROUND
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.same_files import SameFiles
from readiness_coordinator.evaluate.tallies import EXAMPLES
from readiness_coordinator.formats import Labelled, mask_pixels
from readiness_coordinator.formats.layout import ALL
from readiness_coordinator.reports import tool_version

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

UNANSWERED = "no class"  # stands in the confusion where the answer is none of the truth's classes


class Tally(NamedTuple):
    """All images' counts: `pixels` (images, 3, rows) of both, truth and answer, `bands` (3, rows), `cells` (rows + 1,
    rows + 1) by truth and answer, `odd` pixels by value, `problems` by picture name; background is the last row.
    """

    pixels: Counts
    bands: Counts
    cells: Counts
    odd: dict[int, int]
    problems: dict[str, str]


def evaluate_masks(
    labelled: Labelled,
    predictions: Predictions,
    about: About,
    *,
    confidence: float,
    iou: float,
    policy: Policy,
    tags: Tags,
    same: SameFiles,
) -> Evaluation:
    """Evaluate one split as `evaluation.evaluate` does, counting pixels; masks know no threshold.

    Background is a class of its own where the truth has it. Images without a usable mask count as missed, wherever the
    truth says what is there. Raises Stop where no mask at all can be used.
    """
    tally = _tally(labelled, predictions)
    cluster = same_files.joined(ground_truth.of(predictions.pictures, labelled).cluster, same)
    classes = _classes(labelled, predictions, tally, cluster, policy.confidence)
    classes = tuple(_carded(one, about.card_names) for one in classes)
    run = predictions.run.copy()
    run[[at for at, picture in enumerate(predictions.pictures) if picture.name in tally.problems]] = False
    return Evaluation(
        model=about.model,
        dataset=about.dataset,
        predictions=about.predictions,
        task="segmentation",
        judged="pixel",
        split=predictions.split,
        confidence=confidence,
        iou=iou,
        observed_at=about.observed_at,
        images=len(predictions.pictures),
        images_predicted=int(run.sum()),
        objects=int(tally.pixels[:, 1].sum()),
        metrics=_metrics(tally),
        classes=classes,
        slices=semantic_slices.measure(labelled, predictions.pictures, tally.pixels, cluster, tags, policy.confidence),
        confusion=_confusion(labelled, tally),
        foreign_images=predictions.foreign_images,
        foreign_classes=_foreign(tally),
        images_listed=predictions.listed,
        silent=tuple(predictions.pictures[at].name for at in np.flatnonzero(~run)[:EXAMPLES].tolist()),
        errors=_errors(tally),
        caveats=_caveats(predictions, tally, run, classes),
        tool_version=tool_version(),
    )


def _carded(one: ClassResult, card_names: Mapping[str, str]) -> ClassResult:
    return msgspec.structs.replace(one, card_name=card_names.get(one.name, ""))


def _tally(labelled: Labelled, predictions: Predictions) -> Tally:
    rows = len(labelled.classes) + 1
    pixels = np.zeros((len(predictions.pictures), 3, rows), dtype=np.int64)
    bands, cells = np.zeros((3, rows), dtype=np.int64), np.zeros((rows + 1, rows + 1), dtype=np.int64)
    odd: dict[int, int] = {}
    problems: dict[str, str] = {}
    for at, one in enumerate(mask_counts.count(labelled, predictions)):
        pixels[at] = one.pixels
        bands += one.bands
        cells[one.cells.truth, one.cells.answer] += one.cells.pixels
        for value, count in one.odd.items():
            odd[value] = odd.get(value, 0) + count
        if one.problem:
            problems[predictions.pictures[at].name] = one.problem
    given = sum(mask is not None for mask in predictions.masks)
    if problems and len(problems) == given:
        raise Stop(f"none of the {given} masks can be used: {next(iter(problems.values()))}")
    return Tally(pixels, bands, cells, odd, problems)


def _names(labelled: Labelled) -> tuple[str, ...]:
    return (*labelled.classes, BACKGROUND)


def _metrics(tally: Tally) -> dict[str, float | None]:
    """Average over the classes that truth or answers hold, as mmsegmentation does."""
    total = tally.pixels.sum(axis=0)
    both, truth, _ = total
    overlaps, recalls, n = segmentation.overlap(total), segmentation.divided(both, truth), int(truth.sum())
    per_image = [_mean(segmentation.overlap(one)) for one in tally.pixels]
    return {
        "pixel_accuracy": float(both.sum() / n) if n else None,
        "mean_accuracy": _mean(recalls),
        "mean_iou": _mean(overlaps),
        "mean_iou_foreground": _mean(overlaps[:-1]),
        "frequency_weighted_iou": float(np.nansum(overlaps * truth) / n) if n else None,
        "mean_boundary_iou": _mean(segmentation.overlap(tally.bands)),
        "image_mean_iou": _mean(np.array([one for one in per_image if one is not None])),
    }


def _mean(values: npt.NDArray[np.float64]) -> float | None:
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else None


def _classes(
    labelled: Labelled, predictions: Predictions, tally: Tally, cluster: Indices, confidence: float
) -> tuple[ClassResult, ...]:
    """Bound each class over clusters; background is left out where the truth has none of it."""
    both, truth, answer = (tally.pixels[:, part] for part in range(3))
    union = truth + answer - both
    of_clusters = [semantic_slices.by_cluster(part, cluster) for part in (both, truth, answer, union)]
    holding = (of_clusters[1] > 0).sum(axis=0)
    recalls = segmentation.rates(of_clusters[0], of_clusters[1], confidence)
    precisions = segmentation.rates(of_clusters[0], of_clusters[2], confidence)
    overlaps = segmentation.rates(of_clusters[0], of_clusters[3], confidence, most=holding)
    boundaries = segmentation.overlap(tally.bands)
    total = tally.pixels.sum(axis=0)
    rows = len(labelled.classes) + bool(total[1, -1])
    return tuple(
        ClassResult(
            name=_names(labelled)[row],
            objects=int(total[1, row]),
            images=int((truth[:, row] > 0).sum()),
            detections=int(total[2, row]),
            recall=recalls[row],
            precision=precisions[row],
            overlap=overlaps[row],
            boundary=None if np.isnan(boundaries[row]) else float(boundaries[row]),
            missed_images=semantic_slices.worst(predictions.pictures, truth[:, row] - both[:, row]),
            false_images=semantic_slices.worst(predictions.pictures, answer[:, row] - both[:, row]),
        )
        for row in range(rows)
    )


def _confusion(labelled: Labelled, tally: Tally) -> tuple[Confused, ...]:
    """Give every cell that occurs, most frequent first; what the truth ignores is in none."""
    names = (*_names(labelled), UNANSWERED)
    cells = [
        Confused(truth=names[of], answer=names[as_], count=int(tally.cells[of, as_]))
        for of, as_ in zip(*np.nonzero(tally.cells[:-1]), strict=True)
    ]
    return tuple(sorted(cells, key=lambda cell: (-cell.count, cell.truth, cell.answer)))


def _errors(tally: Tally) -> dict[str, int]:
    """Divide the pixels of objects, and those of background that were taken for one."""
    objects, right = tally.cells[:-2], int(np.trace(tally.cells[:-2, :-2]))
    return {
        "matched": right,
        "confused": int(objects[:, :-2].sum()) - right,
        "background": int(tally.cells[-2, :-2].sum()),
        "missed": int(objects[:, -2:].sum()),
    }


def _foreign(tally: Tally) -> dict[str, int]:
    """Count the pixels of values that mean no class; that of ignored pixels is no answer at all."""
    ignored = set(mask_pixels.IGNORE.values())
    return {f"value {value}": count for value, count in sorted(tally.odd.items()) if value not in ignored}


def _caveats(predictions: Predictions, tally: Tally, run: Bools, classes: tuple[ClassResult, ...]) -> tuple[str, ...]:
    unsplit = predictions.split != ALL and {picture.split for picture in predictions.pictures} == {ALL}
    silent, broken = int((~predictions.run).sum()), list(tally.problems.values())
    foreign, nobody = _foreign(tally), int(tally.cells[:-1, -1].sum()) - _silent(tally, run)
    ignored, every = int(tally.cells[-1].sum()), int(tally.cells.sum())
    absent = [one.name for one in classes if not one.objects and one.detections]
    lines = (
        (unsplit, f"the dataset has no splits; that this is '{predictions.split}' is the caller's word"),
        (silent, f"images without a mask, their pixels count as missed: {silent}"),
        (
            broken,
            f"masks that cannot be used, their pixels count as missed: {len(broken)}, such as {(broken or [''])[0]}",
        ),
        (foreign, f"pixels of values that are no class of the truth, counted as wrong: {_few(foreign)}"),
        (nobody and not foreign, f"pixels that the masks leave unanswered, counted as missed: {nobody:,}"),
        (absent, f"classes that are answered and that no truth here holds, with an IoU of 0: {', '.join(absent[:5])}"),
        (predictions.foreign_images, f"masks that are of no image of the dataset: {predictions.foreign_images}"),
        (
            predictions.unlabelled_images,
            f"images without a usable mask of the truth, left out: {predictions.unlabelled_images}",
        ),
        (ignored, f"pixels that the truth ignores, not counted: {ignored:,} of {every:,}"),
    )
    return (*(line for holds, line in lines if holds), *predictions.notes)


def _silent(tally: Tally, run: Bools) -> int:
    return int(tally.pixels[~run, 1].sum())


def _few(foreign: Mapping[str, int]) -> str:
    shown = [f"{value} ({count:,} px)" for value, count in list(foreign.items())[:5]]
    return ", ".join(shown) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
