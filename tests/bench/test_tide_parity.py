"""The six kinds of error against tidecv 1.0.1 on real answers: equal counts, equal mean AP after each mending."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readiness.measures import error_kinds
from readiness_coordinator import formats
from readiness_coordinator.evaluate import explanation, failures, prediction_files
from readiness_coordinator.evaluate.case import Case
from truths import case, columns, labelled

pytestmark = pytest.mark.bench

# No extra brings tidecv: it asks for opencv-python, which would overwrite the headless one.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of 2020, and of the plotting libraries that it draws in
    tidecv = pytest.importorskip("tidecv")

SHORT = {
    "Cls": "class",
    "Loc": "box",
    "Both": "class and box",
    "Dupe": "duplicate",
    "Bkg": "background",
    "Miss": "missed",
}
COCO = "coco_mini_cc"
PAIRS = [
    *((f"{COCO}/gt.json", f"{COCO}/pred_{name}.json") for name in ("fastestdet_onnx", "yolox_nano_onnx")),
    (f"{COCO}/gt.json", f"{COCO}/pred_ssd_mobilenet_v1_quant_tflite.json"),
    (f"{COCO}/gt.json", f"{COCO}/pred_yolox_nano_int8_tflite.json"),
    ("robot_home/gt_coco.json", "robot_home/dt_coco.json"),
    ("robot_home/gt_coco_common.json", "robot_home/pred_yolox_nano_onnx.json"),
    (
        "pairs/cocoapi/instances_val2014_100.json",
        "pairs/cocoapi/instances_val2014_fakebbox100_results.json",
    ),
    ("pairs/sahi/dataset.json", "pairs/sahi/result.json"),
    ("pairs/hotcoco/gt.json", "pairs/hotcoco/dt.json"),
    ("pairs/faster_coco_eval/gt_dataset.json", "pairs/faster_coco_eval/dt_dataset.json"),
]


def case_of(truth: Path, said: Path) -> Case:
    """Lay a pair out, with every answer at the threshold."""
    read = formats.open_dataset(truth)
    return case(read, prediction_files.read(said, read), 0.0)


def untied(pair: Case) -> Case:
    """Part equal scores, by the order in which they are matched."""
    order = np.lexsort((np.arange(pair.predictions.scores.size), -pair.predictions.scores))
    scores = np.empty(order.size)
    scores[order] = np.linspace(1.0, 0.01, order.size)
    return pair._replace(predictions=pair.predictions._replace(scores=scores))


def tide_of(pair: Case) -> Any:
    """Run tidecv on the answers that lie in no crowd, as it calls these errors although AP leaves them out.

    It looks only at images that it was given as truth, so the empty ones are named to it.
    """
    truth, said = tidecv.quantify.Data("truth"), tidecv.quantify.Data("said")
    for image in range(len(pair.predictions.pictures)):
        truth.add_image(image, str(image))
    for image, row, box, crowd in zip(*pair.truth[:3], pair.truth.crowd, strict=True):
        add = truth.add_ignore_region if crowd else truth.add_ground_truth
        add(int(image), int(row), box=box)
    kept = ~pair.matches.ignored
    p = pair.predictions
    for image, row, box, score in zip(p.image[kept], p.row[kept], p.boxes[kept], p.scores[kept], strict=True):
        said.add_detection(int(image), int(row), float(score), box=box)
    return tidecv.TIDE(0.5, 0.1).evaluate(truth, said, mode=tidecv.TIDE.BOX)


def compared(said: str, pair: Case, tolerance: float) -> None:
    run = tide_of(pair)
    kinds = {SHORT[kind.short_name]: kind for kind in tidecv.TIDE._error_types}
    counts, gains = run.count_errors(), run.fix_main_errors()
    base = base_of(pair)
    print(f"\n{said}: mean AP {base:.3f}, of tidecv {run.ap:.3f}")
    assert base == pytest.approx(run.ap, abs=tolerance)
    for one in explanation.explain(pair).errors:
        kind, gain = kinds[one.kind], 100 * (one.gain or 0.0)
        print(f"{one.kind:14s} {one.count:5d} {counts[kind]:5d} {gain:8.3f} {gains[kind]:8.3f}")
        assert one.count == counts[kind]
        assert gain == pytest.approx(gains[kind], abs=tolerance)


def base_of(pair: Case) -> float:
    """Give mean AP before anything is mended, of 100."""
    answers, truth, said = failures.of(pair).answers, pair.truth, pair.predictions
    found = error_kinds.gains(answers, said.scores, said.row, truth.row, truth.crowd)
    assert found is not None
    return 100 * found[0]


@pytest.mark.parametrize(("truth", "said"), PAIRS)
def test_tide_parity(shared_data: Path, truth: str, said: str) -> None:
    """Equal counts; gains to 0.1 of 100 points, and to 1e-9 once no two scores are equal.

    tidecv ranks equal scores in the order of the images, and by whether they are wrong once anything is mended; here
    wrong ones come first always.
    """
    pair = case_of(shared_data / "eval" / truth, shared_data / "eval" / said)
    compared(said, pair, 0.1)
    compared(f"{said}, no equal scores", untied(pair), 1e-9)


def test_tide_parity_with_a_class_that_is_absent() -> None:
    """Of the tools at hand tidecv alone gets this right: 50 false answers of a class without an object cost AP 50."""
    box, other = (10.0, 10.0, 40.0, 40.0), (100.0, 100.0, 40.0, 40.0)
    truth = labelled([[(0, box, False)] for _ in range(50)])
    rights = [(str(i), 0, box, 0.5 + i / 1000) for i in range(50)]
    wrongs = [(str(i), 1, other, 0.9 + i / 1000) for i in range(50)]
    compared("an absent class", case(truth, columns([*rights, *wrongs]), 0.0), 1e-9)
