"""The three lines: the worst with numbers, why, what next; for every task, with nothing weak or nothing measured."""

from pathlib import Path
from typing import Any

import pytest

from readiness import catalogue, risk
from readiness.evidence.evaluation import Confused, Evaluation
from readiness.evidence.weakness import SliceScan, WeakSlice
from readiness.verdict import Verdict
from readiness_coordinator import formats
from readiness_coordinator.evaluate import prediction_files, report
from readiness_coordinator.evaluate.headline import Headline, headline
from specimens import class_result, evaluation, policy, rate, slice_result
from truths import evaluated

CHECKS = tuple(catalogue.load())
WIDTH = 120


def judged(of: Evaluation) -> Verdict:
    return report.judge(of, None, policy(), CHECKS)


def said(**changes: Any) -> Headline:
    """Give the lines on a good evaluation with changes; what its specimen lacks is not asked."""
    of = evaluation(**changes)
    family = tuple(check for check in CHECKS if check.code in ASKED)
    return headline(of, policy(), report.judge(of, None, policy(), family))


ASKED = {
    "boxes-misplaced",
    "class-recall-below-floor",
    "class-precision-below-floor",
    "slice-recall-below-floor",
    "evaluation-empty",
    "truth-crowds-only",
    "class-ids-mismatch",
    "evaluated-on-training-split",
}
BAD = class_result("nut", objects=33, recall=rate(20, 33))


def test_the_weakest_class_with_its_numbers_and_its_confusion() -> None:
    cells = (Confused(truth="nut", answer="bolt", count=10), Confused(truth="nut", answer="background", count=3))
    one = said(classes=(class_result(), BAD), confusion=cells)
    assert one.state == "retrain_required"
    assert 46 <= one.risk <= 60
    first, why, after = one.lines()
    assert first.startswith(f"Retrain required, risk {one.risk} of 100. Weakest: class 'nut', recall 0.61")
    assert first.endswith("(0.45 to 0.75), n 33, floor 0.8.")
    assert why == "Why: 'nut' is mostly confused with 'bolt' (10 of 33)."
    assert after == "Next: add training objects like the missed ones, then retrain (nut)."


def test_missed_objects_in_the_words_of_the_weak_slice() -> None:
    weak = WeakSlice(
        words="nut, dark images",
        class_name="nut",
        images=9,
        objects=12,
        recall=rate(2, 12),
        rest=rate(18, 21),
        q=0.01,
        confirmed=rate(1, 6),
    )
    scan = SliceScan(tested=20, level=0.05, method="BH", least_objects=10, least_effect=0.1, weak=(weak,))
    cells = (Confused(truth="nut", answer="background", count=13),)
    one = said(classes=(class_result(), BAD), confusion=cells, slice_scan=scan)
    assert one.why == "'nut' is mostly not seen (13 of 33 objects), most often of nut, dark images"


def test_false_answers() -> None:
    loud = class_result("nut", detections=100, precision=rate(30, 100))
    cells = (Confused(truth="background", answer="nut", count=60), Confused(truth="bolt", answer="nut", count=10))
    assert said(classes=(class_result(), loud), confusion=cells).why == (
        "60 of 100 answers 'nut' lie on nothing of any class"
    )


def test_a_weak_slice() -> None:
    one = said(slices=(slice_result(recall=rate(20, 100)),), metrics={"recall": 0.91})
    assert one.weak == "Weakest: slice 'light=dark', recall 0.20 (0.14 to 0.28), n 100, floor 0.7"
    assert one.why == "over the whole split recall is 0.91"


def test_too_few_objects_ask_for_more_by_number() -> None:
    thin = class_result("nut", objects=20, recall=rate(18, 20))
    one = said(classes=(class_result(), thin))
    assert one.state == "monitor_required"
    assert one.weak.startswith("Least sure: class 'nut', recall 0.90 (0.71 to 0.98), n 20")
    assert one.why.startswith("20 objects are too few: the bounds hold the floor")
    assert one.next == "collect and label 33 more objects of the class in 'test' (nut)"


def test_a_cause_comes_before_its_consequences() -> None:
    one = said(misplaced=rate(500, 600), classes=(class_result(), BAD))
    assert one.why.startswith("The classes are right, the boxes are not: 500 of 600")
    assert one.next.startswith("repair the conversion")


def test_what_blocks_comes_first_and_the_weakest_after_it() -> None:
    of = evaluation(classes=(class_result(), BAD), run_recorded=False)
    family = tuple(check for check in CHECKS if check.code in {*ASKED, "predictions-unproven"})
    one = headline(of, policy(), report.judge(of, None, policy(), family))
    assert one.state == "blocked"
    assert one.next == (
        "run the model with `readiness predict` and evaluate what it writes;"
        " then add training objects like the missed ones, then retrain (nut)"
    )


def test_nothing_weak() -> None:
    one = said()
    assert one.state == "ready"
    assert one.risk <= 20
    assert one.weak.startswith("No class or slice is weak; lowest 'bolt', recall 0.95 to 0.98, n 350, floor 0.8")
    assert one.lines()[1:] == (
        "Why: nothing fails at confidence 0.4.",
        "Next: deploy; every gate passes on its bounds.",
    )
    assert said(errors={"matched": 600, "missed": 9, "duplicate": 20}).why.endswith("error is duplicate (20)")


def test_nothing_measured() -> None:
    nothing = class_result(objects=0, detections=0, recall=rate(0, 0), precision=rate(0, 0), ap=None)
    one = said(objects=0, crowds=12, classes=(nothing,), slices=(), misplaced=rate(0, 0))
    assert one.state == "blocked"
    assert one.weak == "Nothing could be measured: 300 images with 0 objects"
    assert one.why.startswith("Every object of the truth is marked as a crowd: all 12 objects")
    assert one.next == "clear `iscrowd` on single objects, then evaluate again"


def test_nothing_asked_is_no_small_risk() -> None:
    none = Verdict(state="blocked", score=0, gates=(), findings=())
    assert headline(evaluation(), policy(), none).risk >= risk.BANDS["blocked"][0]


@pytest.mark.parametrize(
    ("truth", "answers", "confidence"),
    [
        ("datasets/robot_home", "datasets/robot_home/input/detection-results", 0.5),
        ("eval/coco_mini_cc/gt.json", "eval/coco_mini_cc/pred_yolox_nano_int8_tflite.json", 0.3),
        ("eval/coco_mini_cc/gt.json", "eval/coco_mini_cc/pred_yolox_nano_onnx.json", 0.3),
        ("datasets/trashnet_subset", "eval/classification/trashnet_knn_predictions.csv", 0.0),
        ("eval/pairs/hotcoco/gt.json", "eval/pairs/hotcoco/dt.json", 0.3),
    ],
)
def test_on_real_evaluations(shared_data: Path, truth: str, answers: str, confidence: float) -> None:
    read = formats.open_dataset(shared_data / truth)
    of = evaluated(read, prediction_files.read(shared_data / answers, read), confidence=confidence)
    reached = judged(of)
    one = headline(of, policy(), reached)
    assert one.risk == risk.score(reached.findings)
    low, high = risk.BANDS[one.state]
    assert low <= one.risk <= high
    for line in one.lines():
        assert line.endswith((".", "…"))
        assert len(line) <= WIDTH + 30
