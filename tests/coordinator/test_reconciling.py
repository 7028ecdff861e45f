"""Other tools' figures on the same answers, against the figures they published and plain readings of their code."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import truths
from readiness.reconciliation import Convention, Reconciliation
from readiness_coordinator import formats
from readiness_coordinator.evaluate import coco_metrics, prediction_files, reconciling
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.convention_rules import COCO, TOOLS

A, B, FAR = (10.0, 10.0, 40.0, 40.0), (100.0, 100.0, 40.0, 40.0), (300.0, 300.0, 40.0, 40.0)
COCO_MINI = ("eval/coco_mini_cc/gt.json", "eval/coco_mini_cc/pred_yolox_nano_onnx.json")
FASTEST = ("eval/coco_mini_cc/gt.json", "eval/coco_mini_cc/pred_fastestdet_onnx.json")
ROBOT = ("eval/robot_home/gt_coco.json", "eval/robot_home/dt_coco.json")


def real(root: Path, pair: tuple[str, str]) -> Case:
    read = formats.open_dataset(root / pair[0])
    return truths.case(read, prediction_files.read(root / pair[1], read))


def made(things: list[Any], answers: list[Any], **changes: Any) -> Case:
    return truths.case(truths.labelled(things, **changes), truths.columns(answers), split="test")


def done(case: Case) -> Reconciliation:
    reconciled = reconciling.reconcile(case)
    assert reconciled is not None
    return reconciled


def tool(reconciled: Reconciliation, name: str) -> Convention:
    (one,) = [one for one in reconciled.conventions if one.tool.startswith(name)]
    return one


def change(case: Case, name: str, words: str) -> float:
    (turn,) = [turn for turn in tool(done(case), name).turns if words in turn.what]
    return turn.change


@pytest.mark.parametrize("pair", [ROBOT, COCO_MINI, FASTEST])
def test_it_starts_from_cocos_figure_and_the_steps_add_up(shared_data: Path, pair: tuple[str, str]) -> None:
    case = real(shared_data, pair)
    reconciled = done(case)
    wanted = coco_metrics.measure(case.truth, case.predictions, case.labelled.classes).metrics["ap50"]
    assert reconciled.ap50 == pytest.approx(wanted, abs=1e-12)
    for one in reconciled.conventions:
        assert reconciled.ap50 + sum(turn.change for turn in one.turns) == pytest.approx(one.ap50, abs=1e-12)
        assert one.turns[-1].figure == one.ap50


def test_the_published_figure_of_pascal_voc_on_the_robot(shared_data: Path) -> None:
    """What Cartucho/mAP says of its own files: 31.05 %, and of each class."""
    case = real(shared_data, ROBOT)
    reference = json.loads((shared_data / "eval/robot_home/reference.json").read_text())
    published = reference["voc_ap_percent_iou50_by_the_source_repo_program"]
    assert round(100 * tool(done(case), "Pascal VOC since 2010").ap50, 2) == published["mAP"]
    seen = reconciling.scene(case)
    (voc,) = [one for one in TOOLS if one.name == "Pascal VOC since 2010"]
    part = reconciling.judged(seen, voc.steps[-1].rules)
    each = reconciling.conventions.average_precisions(part.right, part.rows, part.objects, "all points")
    for row, name in enumerate(case.labelled.classes):
        if name in published["per_class"]:
            assert round(100 * float(each[row]), 2) == pytest.approx(published["per_class"][name], abs=0.011)


def test_the_published_figure_of_object_detection_metrics(shared_data: Path) -> None:
    """Its results.txt: person, AP 24.57 % at IoU 0.30, all points."""
    folder = shared_data / "eval/pairs/object_detection_metrics"
    files = sorted((folder / "groundtruths").glob("*.txt"))
    things, answers = [], []
    for i, file in enumerate(files):
        things.append([(0, tuple(map(float, line.split()[1:5])), False) for line in file.read_text().splitlines()])
        for line in (folder / "detections" / file.name).read_text().splitlines():
            _, score, *box = line.split()
            answers.append((str(i), 0, tuple(map(float, box[:4])), float(score)))
    assert (sum(map(len, things)), len(answers)) == (15, 24)
    seen = reconciling.scene(made(things, answers, classes=("person",)), 0.3)
    (voc,) = [one for one in TOOLS if one.name == "Pascal VOC since 2010"]
    assert round(100 * reconciling.figure(seen, voc.steps[-1].rules, 0.3), 2) == 24.57


def ultralytics(case: Case, *, drop: bool) -> tuple[float, float]:
    """mAP50 and mAP50-95 as its validator reckons them, one image, one answer and one class at a time."""
    truth, said = case.truth, case.predictions
    right, kept = matched_as_ultralytics(case)
    out = []
    for row in np.unique(truth.row[~truth.crowd]):
        mine = np.flatnonzero(kept & (said.row == row))
        mine = mine[np.lexsort((said.image[mine], -said.scores[mine]))]
        total = int(((truth.row == row) & ~truth.crowd).sum())
        out.append([area(right[mine, at], total, drop=drop) for at in range(right.shape[1])])
    return float(np.mean(out, axis=0)[0]), float(np.mean(out))


def matched_as_ultralytics(case: Case) -> tuple[Any, Any]:
    """Which answers (n, 10) are right at each overlap, and which (n,) are among the 300 best of their image."""
    said = case.predictions
    right = np.zeros((said.scores.size, 10), dtype=bool)
    kept = np.zeros(said.scores.size, dtype=bool)
    for image in range(len(said.pictures)):
        mine = np.flatnonzero((said.image == image) & (said.scores > 0.001))
        mine = mine[np.argsort(-said.scores[mine], kind="stable")][:300]
        kept[mine] = True
        best = {int(one): best_object(case, int(one)) for one in mine}
        for at, least in enumerate(np.linspace(0.5, 0.95, 10)):
            taken: set[int] = set()
            for one, (overlap, which) in best.items():
                if overlap >= least and which not in taken:
                    taken.add(which)
                    right[one, at] = True
    return right, kept


def best_object(case: Case, one: int) -> tuple[float, int]:
    truth, said = case.truth, case.predictions
    mine = np.flatnonzero((truth.image == said.image[one]) & ~truth.crowd & (truth.row == said.row[one]))
    pairs = [(iou(said.boxes[one], truth.boxes[other]), -int(other)) for other in mine]
    overlap, which = max(pairs, default=(0.0, 1))
    return overlap, -which


def area(right: Any, total: int, *, drop: bool) -> float:
    hits = np.cumsum(right)
    if not hits.size or not hits[-1]:
        return 0.0
    recall, precision = hits / total, hits / np.arange(1, hits.size + 1)
    x = np.concatenate([[0.0], recall, [recall[-1]] if drop else [], [1.0]])
    y = np.concatenate([[1.0], precision, [0.0] if drop else [], [0.0]])
    y = np.flip(np.maximum.accumulate(np.flip(y)))
    grid = np.linspace(0, 1, 101)
    return float(np.trapezoid(np.interp(grid, x, y), grid))


def iou(one: Any, other: Any) -> float:
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    inter = float(np.prod(np.clip(high - low, 0, None)))
    return inter / (float(one[2] * one[3] + other[2] * other[3]) - inter) if inter else 0.0


@pytest.mark.parametrize("pair", [ROBOT, COCO_MINI])
def test_ultralytics_of_both_ages(shared_data: Path, pair: tuple[str, str]) -> None:
    case = real(shared_data, pair)
    reconciled = done(case)
    for name, drop in (("Ultralytics 8.4", True), ("Ultralytics up to 8.3", False)):
        one = tool(reconciled, name)
        ap50, strict = ultralytics(case, drop=drop)
        assert one.ap50 == pytest.approx(ap50, abs=1e-9)
        assert one.ap == pytest.approx(strict, abs=1e-9)
        assert one.confidence is not None
        assert 0 < one.confidence < 1


def test_answers_in_a_crowd_are_false_where_crowds_are_no_labels() -> None:
    things = [[(0, A, False), (0, B, True)]]
    case = made(things, [("0", 0, B, 0.9), ("0", 0, A, 0.8)])
    assert done(case).ap50 == pytest.approx(1.0)
    assert change(case, "Ultralytics 8.4", "crowd") == pytest.approx(-0.5)
    assert change(case, "Pascal VOC 2007", "crowd") == pytest.approx(-0.5)
    assert tool(done(case), "Roboflow").ap50 == pytest.approx(1.0)


def test_the_hosted_api_never_sends_low_scores() -> None:
    case = made([[(0, A, False)], [(0, A, False)]], [("0", 0, A, 0.4), ("1", 0, A, 0.39)])
    assert change(case, "Roboflow", "0.4") == pytest.approx(-50 / 101)


def test_a_pixel_more_makes_small_boxes_fit() -> None:
    case = made([[(0, (0.0, 0.0, 3.0, 3.0), False)]], [("0", 0, (1.0, 0.0, 3.0, 3.0), 0.9)])
    assert done(case).ap50 == pytest.approx(1.0)
    shifted = made([[(0, (0.0, 0.0, 3.0, 3.0), False)]], [("0", 0, (1.2, 0.0, 3.0, 3.0), 0.9)])
    assert done(shifted).ap50 == 0.0
    assert change(shifted, "Pascal VOC since", "pixel") == pytest.approx(1.0)


def test_a_class_without_an_object_counts_for_tide_alone() -> None:
    case = made([[(0, A, False)]], [("0", 0, A, 0.9), ("0", 1, FAR, 0.95)])
    told = {one.tool: one.ap50 for one in done(case).conventions}
    assert told.pop("TIDE 1.0") == pytest.approx(0.5)
    assert min(told.values()) == pytest.approx(0.995)  # the most that the area under Ultralytics' lines can be


def test_more_answers_than_a_tool_takes() -> None:
    answers = [("0", 0, FAR, 0.9)] * 150 + [("0", 0, A, 0.5)]
    case = made([[(0, A, False)]], answers)
    assert done(case).ap50 == 0.0
    assert change(case, "Ultralytics 8.4", "300 answers") == pytest.approx(1 / 151)
    assert change(case, "Pascal VOC since", "all answers") == pytest.approx(1 / 151)
    assert change(case, "TIDE", "100 answers") == 0.0


def test_one_bad_label_costs_ultralytics_the_image() -> None:
    truth = truths.labelled([[(0, A, False)], [(0, A, False), (0, (90.0, 90.0, 40.0, 40.0), False)]])
    pictures = tuple(formats.Picture(**{**fields(one), "width": 100, "height": 100}) for one in truth.pictures)
    sized = truths.labelled([], pictures=pictures)
    case = truths.case(sized, truths.columns([("0", 0, A, 0.9), ("1", 0, A, 0.8)]))
    # The second image goes with both of its objects: two of three found become one of one.
    assert change(case, "Ultralytics 8.4", "outside the frame") == pytest.approx(1 - 67 / 101)
    assert reconciling.scene(case).unused.tolist() == [False, True, True]


def test_labels_given_twice_or_without_area_are_not_read() -> None:
    things = [[(0, A, False), (0, A, False), (0, (5.0, 5.0, 0.0, 9.0), False)]]
    seen = reconciling.scene(made(things, [("0", 0, A, 0.9)]))
    assert int(seen.unused.sum()) == 2


def test_nothing_to_reconcile() -> None:
    assert reconciling.reconcile(made([[(0, A, True)]], [])) is None
    none = done(made([[(0, A, False)]], []))
    assert (none.ap50, {one.ap50 for one in none.conventions}) == (0.0, {0.0})


def test_the_first_rules_are_cocos() -> None:
    assert all(one.steps[0].rules != COCO for one in TOOLS)


def fields(picture: formats.Picture) -> dict[str, Any]:
    return {name: getattr(picture, name) for name in picture.__struct_fields__}
