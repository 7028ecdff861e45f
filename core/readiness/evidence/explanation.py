"""Why a model fails: kinds of error and what mending each would gain, scores, calibration, curves, ranked examples."""

from typing import Literal

import msgspec

from readiness.evidence.bounded import Rate

Kind = Literal["class", "box", "class and box", "duplicate", "background", "missed"]
Box = tuple[float, float, float, float]


class ErrorKind(msgspec.Struct, frozen=True, kw_only=True):
    """One of TIDE's six kinds of error (Bolya et al. 2020): how often at the threshold, where mostly, what it costs.

    `gain` is what the mean AP at the evaluation's IoU would gain were every error of the kind mended, those below the
    threshold too, as AP is over all answers; None where AP does not exist. Gains do not add up. `classes` and `images`
    are those with most of them, the class being the object's or, where there is none, the answer's.
    """

    kind: Kind
    count: int
    gain: float | None = None
    classes: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


class Mistaken(msgspec.Struct, frozen=True, kw_only=True):
    """The class that objects of `truth` are answered as most often instead, and the share of them that is.

    `answer` is empty where none is; `images` are those with most of them.
    """

    truth: str
    answer: str = ""
    share: Rate
    images: tuple[str, ...] = ()


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """Recall of the objects whose size or number lies from `low` up to `high`, which is None where it is open."""

    low: float
    high: float | None
    recall: Rate


class CalibrationBin(msgspec.Struct, frozen=True, kw_only=True):
    """Answers with a score from `low` to `high`: their mean score, and the share of them that is right."""

    low: float
    high: float
    score: float
    right: Rate


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """How far scores are from the share that is right, over bins of equal count; `class_name` is empty for all.

    `error` is the mean distance weighted by count (detection ECE, Kueppers et al. 2020), less what chance alone adds to
    it in a sample of this size, with its 95 % interval; None where there is too little to tell. Right is what COCO's
    matching gives an object, best score first. Answers under the score `floor` are left out, misses are not seen by it.
    """

    class_name: str = ""
    floor: float = 0.0
    n: int = 0
    error: float | None = None
    lower: float | None = None
    upper: float | None = None
    bins: tuple[CalibrationBin, ...] = ()


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of right and of wrong answers by score, in 20 bins of 0.05; `class_name` is empty for all."""

    class_name: str = ""
    right: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One failure: `class_name` is the object's class, or the answer's where there is no object.

    `box` is the answer's and `object_box` the object's, x y width height in pixels; `answer` and `score` are what the
    model said, empty and None where it said nothing; of a missed object, what it said below the threshold.
    """

    image: str
    kind: Kind
    class_name: str
    answer: str = ""
    score: float | None = None
    box: Box | None = None
    object_box: Box | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """All of it at one threshold; curves go by object size (root of the area in pixels) and by objects an image."""

    errors: tuple[ErrorKind, ...] = ()
    calibration: tuple[Calibration, ...] = ()
    scores: tuple[Scores, ...] = ()
    by_size: tuple[CurvePoint, ...] = ()
    by_crowding: tuple[CurvePoint, ...] = ()
    mistaken: tuple[Mistaken, ...] = ()
    examples: tuple[Example, ...] = ()
