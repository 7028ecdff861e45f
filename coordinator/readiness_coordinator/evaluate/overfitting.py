"""Signs that a split has been fitted to: against another split, without leaked images, by how often it was used."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from readiness.evidence.overfit import Gap, Overfit
from readiness.measures import paired
from readiness.measures.paired import Trials
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.tallies import EXAMPLES, rate
from readiness_coordinator.formats import Labelled, Picture
from readiness_coordinator.origins import recording_of, source_of

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_CHUNK = 1 << 20


def overfit(
    here: Case, there: Case | None = None, leaked: Collection[str] | None = None, uses: int | None = None
) -> Overfit:
    """Compare this split with an untouched one, and with itself without its leaked images, by recall and precision.

    `leaked` names this split's images that also stand in the training split, `uses` counts the models that were
    evaluated on it so far; each is None where that was not looked for. Other splits share no images, so their gap is
    one of two samples; leaked images are taken out of the same sample, so that gap is paired. Neither is adjusted
    for a split that holds other classes.
    """
    gaps = [] if there is None else [_gap("split", here, *sides) for sides in _beside(here, there)]
    if leaked:
        gaps += [_gap("unleaked", here, *sides) for sides in _without(here, leaked)]
    return Overfit(
        gaps=tuple(gaps),
        leaked_images=None if leaked is None else len(leaked),
        leaked_examples=tuple(sorted(leaked or ())[:EXAMPLES]),
        uses=uses,
        other="" if there is None else there.predictions.split,
        lift=None if uses is None else _lift(here, uses),
    )


def leaked(
    labelled: Labelled, pictures: Sequence[Picture], kept: Iterable[str], *, bytes_too: bool = False
) -> frozenset[str] | None:
    """Name those of `pictures`, all of one evaluated split, that also stand in training by what their names say.

    That is a picture that the labels put into both, a copy of the same source image, or a frame of the same
    recording; with `bytes_too` also a file that is byte for byte the same. `kept` names the splits that are kept out
    of training; every other split is one to train on. None where the dataset names no such split.
    """
    mine = {picture.split for picture in pictures}
    used = {picture.split for picture in labelled.pictures} - mine - set(kept)
    if not used:
        return None
    training = [picture for picture in labelled.pictures if picture.split in used]
    origins = {origin for picture in training for origin in _origins(picture)}
    twice = {name for name, splits in labelled.listed_twice if used & set(splits)}
    found = {picture.name for picture in pictures if picture.name in twice or origins & set(_origins(picture))}
    return frozenset(found | (_equal(pictures, training) if bytes_too else set()))


def _origins(picture: Picture) -> Iterator[tuple[str, str]]:
    if (source := source_of(picture)) is not None:
        yield "source", source
    if (recording := recording_of(picture)) is not None:
        yield "recording", recording


def _equal(pictures: Sequence[Picture], training: Sequence[Picture]) -> set[str]:
    """Name the pictures whose file equals one of `training`; only files of equal size are read."""
    sizes: dict[int, list[Path]] = defaultdict(list)
    for picture in training:
        if (size := _size(picture.file)) is not None:
            sizes[size].append(picture.file)
    digests = {}
    found = set()
    for picture in pictures:
        twins = sizes.get(_size(picture.file) or 0, [])
        for file in twins:
            if file not in digests:
                digests[file] = _digest(file)
        if twins and _digest(picture.file) in {digests[file] for file in twins} - {None}:
            found.add(picture.name)
    return found


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None


def _digest(file: Path) -> bytes | None:
    made = hashlib.blake2b(digest_size=16)
    try:
        with file.open("rb") as data:
            while chunk := data.read(_CHUNK):
                made.update(chunk)
    except OSError:
        return None
    return made.digest()


def _trials(case: Case) -> Iterator[tuple[str, Trials, Indices]]:
    """Give recall's and precision's trials under one label, and the image of each."""
    truth, judged = case.truth, case.outcomes
    objects = np.flatnonzero(~truth.crowd)
    for name, images, hits in (
        ("recall", truth.image[objects], judged.hit[objects]),
        ("precision", judged.image, judged.matched >= 0),
    ):
        yield name, Trials(np.zeros(images.size, dtype=np.intp), truth.cluster[images], hits), images


def _beside(here: Case, there: Case) -> Iterator[tuple[str, Trials, Trials]]:
    """Give the trials of both splits, with clusters that are none of the other's."""
    far = int(here.truth.cluster.max(initial=-1)) + 1
    for (name, one, _), (_, other, _) in zip(_trials(here), _trials(there), strict=True):
        yield name, one, other._replace(cluster=other.cluster + far)


def _without(here: Case, leaked: Collection[str]) -> Iterator[tuple[str, Trials, Trials]]:
    """Give all trials, and those of the images that did not leak."""
    stays = np.array([picture.name not in leaked for picture in here.predictions.pictures], dtype=bool)
    for name, every, images in _trials(here):
        yield name, every, Trials(*(column[stays[images]] for column in every))


def _gap(against: Literal["split", "unleaked"], case: Case, name: str, here: Trials, there: Trials) -> Gap:
    found = paired.ratio_differences(there, here, 1)
    known = not np.isnan(found.difference[0])
    confidence = case.policy.confidence
    return Gap(
        against=against,
        name=name,
        here=rate(here.hit, here.cluster, confidence),
        there=rate(there.hit, there.cluster, confidence),
        difference=float(found.difference[0]) if known else 0.0,
        lower=float(found.lower[0]) if known else -1.0,
        upper=float(found.upper[0]) if known else 1.0,
    )


def _lift(case: Case, uses: int) -> float:
    """Bound the expected best of `uses` equally good models over their true recall: sd * sqrt(2 ln k).

    The maximum of k normal estimates (Boucheron, Lugosi & Massart 2013, 2.5); models that err alike lift it by less.
    """
    _, trials, _ = next(_trials(case))
    found = rate(trials.hit, trials.cluster, case.policy.confidence)
    if not found.n_effective or uses < 1:
        return 0.0
    share = found.value or 0.0
    return math.sqrt(share * (1 - share) / found.n_effective * 2 * math.log(uses))
