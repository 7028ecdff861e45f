"""Any threshold at once: the matches of an evaluation, kept in one file, and what the model would do at others."""

import hashlib
import zlib
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.evidence.bounded import Rate
from readiness.evidence.threshold import Aim, OperatingPoint, Simulated
from readiness.measures import intervals, operating, threshold_choice
from readiness.measures.operating import Curve, Ladder, Matches
from readiness_coordinator.evaluate.case import Case

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_MAGIC = b"readiness-thresholds/1\n"
_LARGEST = 1 << 30  # bytes, unpacked


class BadKept(ValueError):
    """Kept matches cannot be used; the message says why."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What the matches are of: digests of predictions and dataset, and how they were evaluated.

    `cut` is the lowest score predicted; None for a classifier, which answers every image. `level` is the confidence
    of the bounds.
    """

    predictions: str
    dataset: str
    classes: tuple[str, ...]
    images: int
    deployed: float
    iou: float
    cut: float | None
    level: float


class Prepared(NamedTuple):
    """All that thresholds are answered from; `part` (clusters,) is the share of the sample that each belongs to."""

    subject: Subject
    matches: Matches
    part: Indices
    ladder: Ladder


class _Kept(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Arrays as little-endian bytes, answers by class and falling score."""

    subject: Subject
    row: bytes
    score: bytes
    right: bytes
    image: bytes
    object_row: bytes
    object_image: bytes
    cluster: bytes
    part: bytes


def prepare(case: Case, *, predictions: str, dataset: str) -> Prepared:
    """Lay out the matches of an evaluation, whose predictions and dataset have these digests."""
    said, truth = case.predictions, case.truth
    counted, objects = np.flatnonzero(~case.matches.ignored), np.flatnonzero(~truth.crowd)
    names: dict[int, str] = {}
    for number, picture in zip(truth.cluster.tolist(), said.pictures, strict=True):
        names[number] = min(picture.name, names.get(number, picture.name))
    # Clusters are numbered by name and equal scores go by part, so that nothing hangs on the order of the images.
    ordered = sorted(names, key=names.__getitem__)
    rank = np.empty(len(ordered), dtype=np.intp)
    rank[ordered] = np.arange(len(ordered))
    cluster, part = rank[truth.cluster], threshold_choice.parted([names[number] for number in ordered])
    order = counted[np.lexsort((part[cluster[said.image[counted]]], -said.scores[counted], said.row[counted]))]
    matches = Matches(
        row=said.row[order],
        score=said.scores[order],
        right=case.matches.objects[order] >= 0,
        image=said.image[order],
        object_row=truth.row[objects],
        object_image=truth.image[objects],
        cluster=cluster,
        classes=len(case.labelled.classes),
    )
    subject = Subject(
        predictions=predictions,
        dataset=dataset,
        classes=tuple(case.labelled.classes),
        images=len(said.pictures),
        deployed=case.confidence,
        iou=case.iou,
        cut=None if case.labelled.task == "classification" else said.lowest_score,
        level=case.policy.confidence,
    )
    return Prepared(subject, matches, part, operating.ladder(matches))


def save(prepared: Prepared) -> bytes:
    """Give the bytes of one file: name and version, SHA-256, then the compressed arrays."""
    m = prepared.matches
    kept = _Kept(
        subject=prepared.subject,
        row=_bytes(m.row, "<u4"),
        score=_bytes(m.score, "<f8"),
        right=np.packbits(m.right).tobytes(),
        image=_bytes(m.image, "<u4"),
        object_row=_bytes(m.object_row, "<u4"),
        object_image=_bytes(m.object_image, "<u4"),
        cluster=_bytes(m.cluster, "<u4"),
        part=_bytes(prepared.part, "<u4"),
    )
    packed = zlib.compress(msgspec.msgpack.encode(kept), 1)
    return _MAGIC + hashlib.sha256(packed).digest() + packed


def load(data: bytes, *, predictions: str | None = None, dataset: str | None = None) -> Prepared:
    """Read what `save` gave; raises BadKept when it is damaged, or of other predictions or another dataset."""
    size = len(_MAGIC) + 32
    if data[: len(_MAGIC)] != _MAGIC:
        raise BadKept("these are no kept matches of this version; evaluate again")
    if hashlib.sha256(data[size:]).digest() != data[len(_MAGIC) : size]:
        raise BadKept("the kept matches are damaged; evaluate again")
    try:
        unpacked = zlib.decompressobj().decompress(data[size:], _LARGEST)
        kept = msgspec.msgpack.decode(unpacked, type=_Kept)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise BadKept(f"the kept matches cannot be read ({error}); evaluate again") from None
    for what, have, want in (
        ("predictions", kept.subject.predictions, predictions),
        ("a dataset", kept.subject.dataset, dataset),
    ):
        if want is not None and have != want:
            raise BadKept(f"the kept matches are of {what} {have[:19]}, asked was {want[:19]}; evaluate again")
    matches = _matches(kept)
    return Prepared(kept.subject, matches, _array(kept.part, "<u4"), operating.ladder(matches))


def _matches(kept: _Kept) -> Matches:
    score = np.frombuffer(kept.score, "<f8").astype(np.float64)
    right = np.unpackbits(np.frombuffer(kept.right, np.uint8), count=score.size).astype(bool)
    fields = ("row", "image", "object_row", "object_image", "cluster")
    row, image, object_row, object_image, cluster = (_array(getattr(kept, name), "<u4") for name in fields)
    return Matches(row, score, right, image, object_row, object_image, cluster, len(kept.subject.classes))


def _bytes(values: npt.NDArray[np.generic], kind: str) -> bytes:
    return values.astype(kind).tobytes()


def _array(data: bytes, kind: str) -> Indices:
    return np.frombuffer(data, kind).astype(np.intp)


def simulate(
    prepared: Prepared, thresholds: float | Mapping[str, float], aim: Aim | None = None, otherwise: float | None = None
) -> Simulated:
    """Say what the model would do at one threshold, or at one per class by its name.

    A class that is not named has the threshold `otherwise`, by default the deployed one. `aim` tells what a missed
    object and a false answer cost, by default 1 each. No threshold under the lowest score predicted is known: there
    the figures are those at that score, and say so.
    """
    subject, ladder = prepared.subject, prepared.ladder
    rest = subject.deployed if otherwise is None else otherwise
    named = thresholds if isinstance(thresholds, Mapping) else dict.fromkeys(subject.classes, thresholds)
    asked = np.array([named.get(name, rest) for name in subject.classes], dtype=np.float64)
    mine = slice(0, ladder.starts[-2])
    keep = ladder.score[mine] >= asked[ladder.group[mine]]
    answers = np.bincount(ladder.group[mine], keep, asked.size).astype(np.intp)
    images = np.bincount(ladder.group[mine], keep & ladder.leads[mine], asked.size).astype(np.intp)
    sums = operating.moments(ladder, np.arange(asked.size), answers)
    recalls, precisions = (operating.rates(one, subject.level) for one in sums)
    points = tuple(
        _point(subject, aim or Aim(), *row)
        for row in zip(subject.classes, asked.tolist(), recalls, precisions, images.tolist(), strict=True)
    )
    single = asked[0].item() if asked.size and (asked == asked[0]).all() else None
    overall = _point(subject, aim or Aim(), "", single, *_together(prepared, keep))
    if not all(point.known for point in points):
        overall = msgspec.structs.replace(overall, known=False)
    return Simulated(images=subject.images, cut=subject.cut, overall=overall, classes=points)


def curve(prepared: Prepared, row: int | None, points: int = 200) -> Curve:
    """Give recall, precision and F1 by threshold, for plots: of the class in `row`, or of all."""
    group = len(prepared.subject.classes) if row is None else row
    return operating.curve(prepared.ladder, group, prepared.subject.level, points)


def points(prepared: Prepared, steps: int = 40) -> tuple[OperatingPoint, ...]:
    """Say of all classes together what the model would do at thresholds from 0 to 1 in even steps."""
    ladder = prepared.ladder
    scores = ladder.score[: ladder.starts[-2]]
    grid = [step / steps for step in range(steps + 1)]
    return tuple(_point(prepared.subject, Aim(), "", asked, *_together(prepared, scores >= asked)) for asked in grid)


def _together(prepared: Prepared, keep: npt.NDArray[np.bool_]) -> tuple[Rate, Rate, int]:
    """Give recall and precision over all classes, and how many images have an answer."""
    matches, ladder, level = prepared.matches, prepared.ladder, prepared.subject.level
    size = prepared.part.size
    mine = slice(0, keep.size)
    objects = np.bincount(matches.cluster[matches.object_image], minlength=size).astype(np.float64)
    answers = np.bincount(ladder.cluster[mine][keep], minlength=size).astype(np.float64)
    right = np.bincount(ladder.cluster[mine][keep & ladder.right[mine]], minlength=size).astype(np.float64)
    answered = np.zeros(matches.cluster.size, dtype=bool)
    answered[ladder.image[mine][keep]] = True
    return intervals.rate(right, objects, level), intervals.rate(right, answers, level), int(answered.sum())


def _point(
    subject: Subject, aim: Aim, name: str, threshold: float | None, recall: Rate, precision: Rate, images: int
) -> OperatingPoint:
    missed, false = recall.n - recall.hits, precision.n - precision.hits
    return OperatingPoint(
        class_name=name,
        threshold=threshold,
        known=subject.cut is None or threshold is None or threshold >= subject.cut,
        objects=recall.n,
        answers=precision.n,
        right=recall.hits,
        missed=missed,
        images=images,
        recall=recall,
        precision=precision,
        f1=2 * recall.hits / (recall.n + precision.n) if recall.n + precision.n else None,
        false_per_image=false / max(subject.images, 1),
        cost=(aim.cost_missed * missed + aim.cost_false * false) / max(subject.images, 1),
    )
