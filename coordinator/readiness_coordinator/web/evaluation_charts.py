"""The pictures of the model report, as points on scales of 0 to 100: thresholds, confidence, calibration."""

from collections.abc import Iterable, Sequence

import msgspec

from readiness.evidence.explanation import Calibration, CalibrationBin, Scores
from readiness.evidence.threshold import OperatingPoint, Recommendation, Thresholds
from readiness_coordinator.evaluate import phrases

_POINTS = 200
_ROWS = 11
_CLASSES = 15


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Recall and precision by threshold: SVG points of the lines and of their bands, marks, and rows of figures."""

    recall: str
    precision: str
    recall_band: str
    precision_band: str
    deployed: float
    band: tuple[float, float] | None
    value: float | None
    rows: tuple[OperatingPoint, ...]


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of right and wrong answers with a score from `low`, and their height in percent of the highest."""

    low: float
    right: int
    wrong: int
    right_height: float
    wrong_height: float


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold of all classes, and of each that has one of its own, as it is recommended for `aim`.

    `pooled` counts classes with too few objects for one of their own.
    """

    aim: str
    said: str
    optimism: float | None
    rows: tuple[Recommendation, ...]
    more: int
    pooled: int


def curve(points: Sequence[OperatingPoint], thresholds: Thresholds | None, deployed: float) -> Curve | None:
    """Draw what each threshold would give; None where that was not measured."""
    measured = [one for one in points if one.known and one.threshold is not None and one.recall.value is not None]
    if len(measured) < 2:
        return None
    step = max(1, -(-len(measured) // _POINTS))
    drawn = measured[::step] if measured[-1] in measured[::step] else [*measured[::step], measured[-1]]
    precise = [one for one in drawn if one.precision.value is not None]
    overall = thresholds.overall if thresholds else Recommendation()
    band = None if overall.low is None or overall.high is None else (overall.low, overall.high)
    return Curve(
        recall=_line((_at(one), one.recall.value or 0.0) for one in drawn),
        precision=_line((_at(one), one.precision.value or 0.0) for one in precise),
        recall_band=_band([(_at(one), one.recall.lower, one.recall.upper) for one in drawn]),
        precision_band=_band([(_at(one), one.precision.lower, one.precision.upper) for one in precise]),
        deployed=deployed,
        band=band,
        value=overall.value,
        rows=_rows(measured, (deployed, overall.value)),
    )


def _rows(points: Sequence[OperatingPoint], marked: Sequence[float | None]) -> tuple[OperatingPoint, ...]:
    """Pick the points nearest to every tenth and to those marked."""
    wanted = [*(i / (_ROWS - 1) for i in range(_ROWS)), *(one for one in marked if one is not None)]
    near = {min(points, key=lambda one: abs(_at(one) - at)).threshold for at in wanted}
    return tuple(one for one in points if one.threshold in near)


def _at(one: OperatingPoint) -> float:
    return one.threshold or 0.0


def advice(thresholds: Thresholds | None) -> Advice | None:
    """Lay the recommended thresholds out: that of all classes, then those of their own, which moves most first."""
    if thresholds is None:
        return None
    aim = phrases.aim(thresholds.aim)
    own = [one for one in thresholds.classes if not one.pooled]
    ranked = sorted(own, key=lambda one: (-_move(one, thresholds.deployed), one.class_name))
    return Advice(
        said=phrases.advised(thresholds.overall, thresholds.deployed, aim),
        aim=aim,
        optimism=thresholds.optimism,
        rows=(thresholds.overall, *ranked[:_CLASSES]),
        more=max(0, len(ranked) - _CLASSES),
        pooled=len(thresholds.classes) - len(own),
    )


def _move(one: Recommendation, deployed: float) -> float:
    return 1.0 if one.value is None else abs(one.value - deployed)


def histogram(scores: Sequence[Scores]) -> tuple[Bin, ...]:
    """Give the confidence of right and wrong answers over all classes; nothing where it was not measured."""
    overall = next((one for one in scores if not one.class_name), None)
    if overall is None or not overall.right:
        return ()
    top = max(1, *overall.right, *overall.wrong)
    return tuple(
        Bin(
            low=i / len(overall.right),
            right=right,
            wrong=wrong,
            right_height=round(100 * right / top, 1),
            wrong_height=round(100 * wrong / top, 1),
        )
        for i, (right, wrong) in enumerate(zip(overall.right, overall.wrong, strict=True))
    )


def reliability(calibration: Sequence[Calibration]) -> Calibration | None:
    """Give the calibration over all classes, where there are bins to draw."""
    overall = phrases.overall(calibration)
    return overall if overall and overall.bins else None


def off(one: CalibrationBin) -> str:
    """Say whether scores of a bin promise too much; within its bounds they do not."""
    if one.right.lower <= one.score <= one.right.upper:
        return "as promised"
    return "too sure" if one.score > one.right.upper else "too shy"


def _line(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{100 * x:.4g},{100 - 100 * y:.4g}" for x, y in points)


def _band(points: Sequence[tuple[float, float, float]]) -> str:
    under = [(x, low) for x, low, _ in points]
    return _line([*under, *((x, high) for x, _, high in reversed(points))])
