"""An evaluation with every part that can explain it, to be told in reports."""

from typing import Any

import msgspec

import specimens
from readiness import catalogue
from readiness.comparison import Comparison, Difference, Versus
from readiness.evidence.evaluation import ClassResult, Confused, Evaluation, SliceResult
from readiness.evidence.explanation import (
    Calibration,
    CalibrationBin,
    CurvePoint,
    ErrorKind,
    Example,
    Explanation,
    Scores,
)
from readiness.evidence.robustness import Corrupted, Robustness
from readiness.evidence.threshold import Aim, OperatingPoint, Recommendation, Thresholds
from readiness.evidence.weakness import SliceScan, WeakSlice
from readiness.policy import Policy
from readiness.reconciliation import Convention, Reconciliation, Turn
from readiness_coordinator.evaluate import report

CHECKS = catalogue.load()


def failing(name: str, hits: int, n: int, **changes: Any) -> ClassResult:
    """A class of which `hits` of `n` objects are found, all answers right."""
    good = specimens.class_result(name, objects=n, recall=specimens.rate(hits, n), missed_images=("a.png",))
    return msgspec.structs.replace(good, **changes)


def many(count: int = 80) -> tuple[ClassResult, ...]:
    """That many classes, the later the weaker."""
    return tuple(failing(f"class {i:02}", 100 - i, 100) for i in range(count))


def explanation(**changes: Any) -> Explanation:
    good = Explanation(
        errors=(
            ErrorKind(kind="background", count=60, gain=0.02, classes=("nut",)),
            ErrorKind(kind="missed", count=30, gain=0.1, classes=("bolt",)),
        ),
        calibration=(
            Calibration(
                n=80,
                error=0.12,
                lower=0.08,
                upper=0.17,
                bins=(
                    CalibrationBin(low=0.3, high=0.6, score=0.5, right=specimens.rate(16, 40)),
                    CalibrationBin(low=0.6, high=1.0, score=0.8, right=specimens.rate(26, 40)),
                ),
            ),
        ),
        scores=(Scores(right=tuple(range(20)), wrong=tuple(range(20, 0, -1))),),
        by_size=(
            CurvePoint(low=0, high=32, recall=specimens.rate(10, 40)),
            CurvePoint(low=32, high=None, recall=specimens.rate(39, 40)),
        ),
        by_crowding=(CurvePoint(low=1, high=2, recall=specimens.rate(39, 40)),),
        examples=(
            Example(image="a.png", kind="missed", class_name="bolt", object_box=(10, 10, 30, 20)),
            Example(image="a.png", kind="class", class_name="bolt", answer="nut", score=0.9, box=(20, 20, 30, 20)),
            Example(image="gone.png", kind="background", class_name="nut", answer="nut", score=0.7, box=(1, 1, 9, 9)),
        ),
    )
    return msgspec.structs.replace(good, **changes)


def thresholds(**changes: Any) -> Thresholds:
    overall = Recommendation(
        objects=700,
        value=0.55,
        low=0.5,
        high=0.6,
        recall=specimens.rate(600, 700),
        precision=specimens.rate(600, 620),
        recall_deployed=specimens.rate(660, 700),
        precision_deployed=specimens.rate(660, 800),
    )
    good = Thresholds(
        aim=Aim(),
        deployed=0.4,
        overall=overall,
        classes=(msgspec.structs.replace(overall, class_name="nut", pooled=True),),
        optimism=0.004,
    )
    return msgspec.structs.replace(good, **changes)


def evaluation(**changes: Any) -> Evaluation:
    """An evaluation whose bolts are missed in the dark, with all that tells why."""
    weak = WeakSlice(
        words="bolt, dark images",
        class_name="bolt",
        images=30,
        objects=58,
        recall=specimens.rate(30, 58),
        rest=specimens.rate(400, 420),
        q=0.003,
        confirmed=specimens.rate(14, 29),
    )
    good = specimens.evaluation(
        classes=(specimens.class_result("nut"), failing("bolt", 200, 350)),
        slices=(
            specimens.slice_result(),
            SliceResult(
                dimension="light", value="dark", class_name="bolt", images=30, objects=58, recall=specimens.rate(30, 58)
            ),
        ),
        confusion=(
            Confused(truth="bolt", answer="bolt", count=200),
            Confused(truth="bolt", answer="background", count=100),
            Confused(truth="bolt", answer="nut", count=50),
            Confused(truth="nut", answer="bolt", count=2),
            Confused(truth="background", answer="nut", count=7),
        ),
        metric_bounds={"ap": (0.85, 0.94)},
        explanation=explanation(),
        thresholds=thresholds(),
        slice_scan=SliceScan(tested=212, level=0.05, method="BY", least_objects=20, least_effect=0.1, weak=(weak,)),
        robustness=Robustness(
            figure="AP50",
            images=300,
            clean=0.97,
            left=0.7,
            worst="fog",
            results=(
                Corrupted(figure=0.97),
                Corrupted(corruption="fog", severity=5, figure=0.4),
                Corrupted(class_name="bolt", figure=0.9),
                Corrupted(corruption="fog", severity=5, class_name="bolt", figure=0.3),
            ),
        ),
        caveats=("the dataset has no splits",),
    )
    return msgspec.structs.replace(good, **changes)


def bare() -> Evaluation:
    """An evaluation without anything that explains it."""
    return specimens.evaluation(explanation=None, thresholds=None, slice_scan=None, overfit=None, robustness=None)


def curve(points: int = 500) -> tuple[OperatingPoint, ...]:
    """What each threshold gives, in even steps; the first lies under the lowest score predicted."""
    return tuple(
        OperatingPoint(
            threshold=i / points,
            known=i > 0,
            objects=700,
            answers=700,
            right=600,
            missed=100,
            images=300,
            recall=specimens.rate(700 - i, 700),
            precision=specimens.rate(i, 700),
            f1=0.8,
            false_per_image=0.3,
            cost=0.5,
        )
        for i in range(points)
    )


def comparison() -> Comparison:
    worse = Difference(
        part="class",
        name="bolt",
        figure="recall",
        before=0.9,
        after=0.6,
        difference=-0.3,
        lower=-0.35,
        upper=-0.25,
        q=0.001,
        answer="worse",
        n=350,
        clusters=300,
    )
    untold = msgspec.structs.replace(worse, name="nut", after=0.91, answer="cannot tell", needed=4000)
    versus = Versus(challenger="small", confidence=(0.4, 0.4), answer="worse", differences=(worse, untold), unasked=3)
    return Comparison(incumbent="large", split="test", images=300, objects=700, level=0.05, versus=(versus,))


def reconciliation() -> Reconciliation:
    turns = (Turn(what="crowds dropped", figure=0.96, change=-0.01), Turn(what="101 points", figure=0.96, change=0.0))
    tool = Convention(tool="Ultralytics", ap50=0.96, turns=turns)
    return Reconciliation(split="test", ap50=0.97, ap=0.9, conventions=(tool,), notes=("Roboflow is not redone.",))


def reported(made: Evaluation, policy: Policy | None = None, **extra: Any) -> dict[str, Any]:
    """Judge an evaluation by every check and lay its report out."""
    policy = policy or specimens.policy()
    reached = report.judge(made, None, policy, CHECKS)
    return report.report(made, None, policy, reached, **extra)
