"""Faults of the tools that others use, each beside what this project does with the same input."""

import ast
import contextlib
import io
from pathlib import Path
from typing import Any

import cv2
import hotcoco
import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from asking import ask
from readiness import catalogue
from readiness.evidence.evaluation import Evaluation
from readiness_coordinator import formats
from readiness_coordinator.evaluate import prediction_files, report
from readiness_coordinator.formats import Labelled
from specimens import policy
from truths import columns, evaluated, labelled

A, FAR = (10.0, 10.0, 40.0, 40.0), (300.0, 300.0, 40.0, 40.0)
Answers = list[tuple[str, int, tuple[float, float, float, float], float]]


def as_coco(truth: Labelled) -> dict[str, Any]:
    things = [(picture, one) for picture in truth.pictures for one in picture.annotations]
    return {
        "images": [{"id": int(picture.key) + 1, "width": 640, "height": 480} for picture in truth.pictures],
        "categories": [{"id": i, "name": name} for i, name in zip(truth.category_ids, truth.classes, strict=True)],
        "annotations": [
            {
                "id": number,
                "image_id": int(picture.key) + 1,
                "category_id": one.row + 1,
                "bbox": list(one.box or ()),
                "area": 1600.0,
                "iscrowd": int(one.crowd),
            }
            for number, (picture, one) in enumerate(things, 1)
        ],
    }


def as_results(answers: Answers) -> list[dict[str, Any]]:
    return [
        {"image_id": int(image) + 1, "category_id": row + 1, "bbox": list(box), "score": score}
        for image, row, box, score in answers
    ]


def ap_of_pycocotools(truth: Labelled, answers: Answers) -> float:
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = as_coco(truth)
        coco.createIndex()
        judged = COCOeval(coco, coco.loadRes(as_results(answers)), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return float(judged.stats[0])


def ap_of_hotcoco(truth: Labelled, answers: Answers) -> float:
    plain = as_coco(truth)
    things = plain["annotations"]
    table = hotcoco.COCO.from_arrays(
        [{"id": one["id"]} for one in plain["images"]],
        plain["categories"],
        np.array([one["image_id"] for one in things]),
        np.array([one["category_id"] for one in things]),
        np.array([one["bbox"] for one in things]),
        area=np.array([one["area"] for one in things]),
        iscrowd=np.array([one["iscrowd"] for one in things]),
    )
    rows = np.array([[int(i) + 1, *box, score, row + 1] for i, row, box, score in answers], dtype=np.float64)
    judged = hotcoco.COCOeval(table, table.load_res(rows), "bbox")
    judged.evaluate()
    judged.accumulate()
    precision = judged.eval["precision"][:, :, :, 0, 2]
    there = precision[precision > -1]
    return float(there.mean()) if there.size else -1.0


def ap_of_faster_coco_eval(truth: Labelled, answers: Answers) -> float:
    faster = pytest.importorskip("faster_coco_eval")
    with contextlib.redirect_stdout(io.StringIO()):
        coco = faster.COCO(as_coco(truth))
        judged = faster.COCOeval_faster(coco, coco.loadRes(as_results(answers)), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return float(judged.stats[0])


TOOLS = (ap_of_pycocotools, ap_of_hotcoco, ap_of_faster_coco_eval)


def codes(of: Evaluation, outcome: str = "found") -> set[str]:
    reached = report.judge(of, None, policy(), tuple(catalogue.load()))
    return {one.code for one in reached.findings if one.outcome == outcome}


ABSENT = labelled([[(0, A, False)] for _ in range(50)])
FALSE: Answers = [(str(i), 0, A, 0.9) for i in range(50)] + [(str(i), 1, FAR, 0.95) for i in range(50)]


@pytest.mark.parametrize("tool", TOOLS)
def test_1_false_answers_of_a_class_without_an_object_leave_their_ap_at_1(tool: Any) -> None:
    assert tool(ABSENT, FALSE) == pytest.approx(1.0)


def test_1_they_are_named_and_counted_here() -> None:
    of = evaluated(ABSENT, columns(FALSE))
    assert of.metrics["ap"] == pytest.approx(1.0)
    assert of.metrics["precision"] == pytest.approx(0.5)
    (finding,) = ask("class-answered-absent", evaluation=of)
    assert (finding.outcome, finding.measured) == ("found", 50)
    assert finding.subject is not None
    assert finding.subject.name == "nut"
    assert "class-precision-below-floor" in codes(of)


CROWDS = labelled([[(0, A, True)] for _ in range(5)])


@pytest.mark.parametrize("tool", TOOLS)
def test_2_a_truth_of_crowds_alone_is_minus_1_to_them(tool: Any) -> None:
    assert tool(CROWDS, [(str(i), 0, A, 0.9) for i in range(5)]) == -1.0


def test_2_it_is_said_and_blocks_here() -> None:
    of = evaluated(CROWDS, columns([(str(i), 0, A, 0.9) for i in range(5)]))
    assert of.metrics["ap"] is None
    assert "truth-crowds-only" in codes(of)
    assert report.judge(of, None, policy(), tuple(catalogue.load())).state == "blocked"


def test_3_the_confusion_matrix_names_the_right_class_and_counts_images_without_objects() -> None:
    """Deepchecks took the class of another object of the image, and left out images that hold nothing."""
    truth = labelled([[(0, A, False), (1, FAR, False)], []], ("bolt", "nut", "clip"))
    said = columns([("0", 2, FAR, 0.9), ("0", 0, A, 0.8), ("1", 2, A, 0.9)])
    cells = {(one.truth, one.answer): one.count for one in evaluated(truth, said).confusion}
    assert cells == {("bolt", "bolt"): 1, ("nut", "clip"): 1, ("background", "clip"): 1}


def yolo(folder: Path, rows: dict[str, str]) -> Path:
    """Write a YOLO dataset of one test split, one image each."""
    for part in ("images", "labels"):
        (folder / part / "test").mkdir(parents=True)
    (folder / "data.yaml").write_text("path: .\ntrain: images/test\ntest: images/test\nnames: [bolt, nut]\n")
    for name, row in rows.items():
        cv2.imwrite(str(folder / f"images/test/{name}.png"), np.full((100, 100, 3), 128, np.uint8))
        (folder / f"labels/test/{name}.txt").write_text(row)
    return folder


GOOD = "0 0.5 0.5 0.4 0.4\n"


def test_5_one_bad_row_loses_no_image_and_is_told(tmp_path: Path) -> None:
    """Ultralytics drops the whole image from validation, and its missed objects with it, for one row out of bounds."""
    bad = GOOD + "1 1.5 0.5 0.4 0.4\n" + "nonsense\n"
    truth = formats.open_dataset(yolo(tmp_path / "set", {"a": GOOD, "b": bad, "c": GOOD}))
    assert len(truth.pictures) == 3
    folder = tmp_path / "said"
    folder.mkdir()
    for name in ("a", "c"):
        (folder / f"{name}.txt").write_text("0 0.5 0.5 0.4 0.4 0.9\n")
    of = evaluated(truth, prediction_files.read(folder, truth), split=truth.pictures[0].split)
    assert (of.images, of.images_predicted) == (3, 2)
    assert of.objects >= 3
    assert of.errors["missed"] >= 1
    assert len(of.silent) == 1
    assert of.silent[0].endswith("b.png")
    assert "evaluation-images-dropped" in codes(of, "unknown")
    assert any(fault.where.endswith("b.txt:3") for fault in truth.faults)


def test_5_and_nothing_is_written_to_the_users_files(tmp_path: Path) -> None:
    folder = yolo(tmp_path / "set", {"a": GOOD, "b": GOOD + GOOD})
    whole = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    truth = formats.open_dataset(folder)
    evaluated(truth, columns([(truth.pictures[0].name, 0, A, 0.9)]), split=truth.pictures[0].split)
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == whole


@pytest.mark.parametrize(
    ("file", "test"),
    [
        # 4: one bad file ended the run, and copies that were flipped were not seen.
        ("coordinator/test_image_finders.py", "test_a_file_cut_short_is_truncated_whether_it_decodes_or_not"),
        ("coordinator/test_copies.py", "test_parts_tilts_and_mirrored_crops_are_joined"),
        # 6: images that could not be compared were counted nowhere.
        ("core/checks/dataset/test_images_not_all_compared.py", "test_found_from_the_first_one"),
        # 7: eleven false errors on a plain COCO file.
        ("coordinator/test_scan_real_data.py", "test_coco"),
    ],
)
def test_faults_of_scanning_have_their_tests_there(file: str, test: str) -> None:
    functions = ast.walk(ast.parse((Path(__file__).parents[1] / file).read_text()))
    assert test in {one.name for one in functions if isinstance(one, ast.FunctionDef)}
