"""Evaluation against pycocotools on real and adversarial sets, and what its averages hide."""

import contextlib
import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import specimens
from asking import ask
from readiness.evidence.evaluation import Evaluation
from readiness_coordinator import formats
from readiness_coordinator.evaluate import prediction_files
from readiness_coordinator.formats import Labelled
from truths import columns, evaluated, labelled

KEYS = {
    "ap": "AP",
    "ap50": "AP50",
    "ap75": "AP75",
    "ap_small": "APs",
    "ap_medium": "APm",
    "ap_large": "APl",
    "ar1": "AR1",
    "ar10": "AR10",
    "ar100": "AR100",
    "ar_small": "ARs",
    "ar_medium": "ARm",
    "ar_large": "ARl",
}
MODELS = (
    "fastestdet_onnx",
    "ssd_mobilenet_v1_quant_tflite",
    "yolox_nano_dynamic_range_tflite",
    "yolox_nano_float16_tflite",
    "yolox_nano_int8_tflite",
    "yolox_nano_onnx",
)
A, B, FAR = (10.0, 10.0, 40.0, 40.0), (100.0, 100.0, 40.0, 40.0), (300.0, 300.0, 40.0, 40.0)


def of_files(truth: Path, said: Path, **changes: Any) -> Evaluation:
    read = formats.open_dataset(truth)
    return evaluated(read, prediction_files.read(said, read), **changes)


def agrees(evaluation: Evaluation, reference: dict[str, Any], tolerance: float) -> None:
    for mine, theirs in KEYS.items():
        value = evaluation.metrics[mine]
        assert (-1.0 if value is None else value) == pytest.approx(reference["stats"][theirs], abs=tolerance), mine
    for result in evaluation.classes:
        if result.name in reference["per_class"] and result.objects:
            wanted = reference["per_class"][result.name]
            assert result.ap == pytest.approx(wanted["AP"], abs=tolerance)
            assert result.ap50 == pytest.approx(wanted["AP50"], abs=tolerance)


@pytest.mark.parametrize("model", MODELS)
def test_reference_predictions_on_coco(shared_data: Path, model: str) -> None:
    folder = shared_data / "eval/coco_mini_cc"
    reference = json.loads((folder / "reference.json").read_text())["models"][model]
    evaluation = of_files(folder / "gt.json", folder / f"pred_{model}.json")
    agrees(evaluation, reference, 1e-6)
    counts = reference["counts"]["total"]
    false = sum(evaluation.errors[kind] for kind in ("misplaced", "confused", "duplicate", "background"))
    assert (evaluation.errors["matched"], false, evaluation.errors["missed"]) == tuple(counts.values())
    per_class = reference["counts"]["per_class"]
    for result in evaluation.classes:
        if wanted := per_class.get(result.name):
            assert result.recall.hits == result.precision.hits == wanted["tp"]
            assert result.precision.n - result.precision.hits == wanted["fp"]
            assert result.recall.n - result.recall.hits == wanted["fn"]


def test_reference_predictions_of_the_robot(shared_data: Path) -> None:
    folder = shared_data / "eval/robot_home"
    reference = json.loads((folder / "reference.json").read_text())
    evaluation = of_files(folder / "gt_coco.json", folder / "dt_coco.json")
    agrees(evaluation, reference["pycocotools"], 1e-6)
    assert evaluation.caveats == (
        "false answers of 6 classes that have no object here, which AP leaves out: 35",
        "images without a prediction, their objects count as missed: 1",
        "images that are not at hand, of which no light, sharpness or copy was seen: 85",
        "classes with objects and no answer, whose AP is 0: 2",
    )


@pytest.mark.parametrize(
    ("name", "truth", "said"),
    [
        ("fce_gt_dt_bbox", "faster_coco_eval/gt_dataset.json", "faster_coco_eval/dt_dataset.json"),
        (
            "coco_fake_bbox100",
            "cocoapi/instances_val2014_100.json",
            "cocoapi/instances_val2014_fakebbox100_results.json",
        ),
        ("sahi_pair", "sahi/dataset.json", "sahi/result.json"),
        ("hotcoco_basic", "hotcoco/gt.json", "hotcoco/dt.json"),
        ("hotcoco_edge", "hotcoco/edge_gt.json", "hotcoco/edge_dt.json"),
    ],
)
def test_pairs_of_others(shared_data: Path, name: str, truth: str, said: str) -> None:
    reference = json.loads((shared_data / "eval/pairs/reference.json").read_text())["pairs"][name]
    agrees(of_files(shared_data / "eval/pairs" / truth, shared_data / "eval/pairs" / said), reference, 1e-6)


def test_an_annotation_id_of_zero_is_an_object(shared_data: Path) -> None:
    """Three perfect answers; pycocotools reads the id 0 as no match and says 0.442."""
    folder = shared_data / "eval/pairs/hotcoco"
    assert of_files(folder / "zero_gt.json", folder / "zero_dt.json").metrics["ap"] == pytest.approx(1.0)


def test_the_int8_model_is_caught_for_its_boxes_and_the_others_are_not(shared_data: Path) -> None:
    folder = shared_data / "eval/coco_mini_cc"
    outcomes = {}
    for model in MODELS:
        evaluation = of_files(folder / "gt.json", folder / f"pred_{model}.json")
        (finding,) = ask("boxes-misplaced", evaluation=evaluation)
        outcomes[model] = finding.outcome
    assert outcomes.pop("yolox_nano_int8_tflite") == "found"
    assert "found" not in outcomes.values()
    assert outcomes["yolox_nano_onnx"] == "clear"


numbers = st.integers(0, 30).map(float)
sides = st.sampled_from([0.0, 1.0, 5.0, 20.0, 32.0, 33.0, 100.0])
box = st.tuples(numbers, numbers, sides, sides)
thing = st.tuples(st.integers(0, 2), box, st.booleans())
answer = st.tuples(st.integers(0, 2).map(str), st.integers(0, 2), box, st.sampled_from([0.1, 0.3, 0.3, 0.8, 1.0]))


def oracle(truth: Labelled, answers: list[Any]) -> tuple[Any, Any]:
    """Give pycocotools' twelve figures and its precision array."""
    coco = COCO()
    things = [(picture, one) for picture in truth.pictures for one in picture.annotations]
    coco.dataset = {
        "images": [{"id": picture.key} for picture in truth.pictures],
        "categories": [{"id": i} for i in truth.category_ids],
        "annotations": [
            {
                "id": number,
                "image_id": picture.key,
                "category_id": one.row + 1,
                "bbox": list(one.box or ()),
                "area": one.box[2] * one.box[3] if one.box else 0,
                "iscrowd": int(one.crowd),
            }
            for number, (picture, one) in enumerate(things, 1)
        ],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        results = [
            {"image_id": int(image), "category_id": row + 1, "bbox": list(where), "score": score}
            for image, row, where, score in answers
        ]
        judged = COCOeval(coco, coco.loadRes(results), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return judged.stats, judged.eval["precision"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(thing, max_size=6), min_size=3, max_size=3), st.lists(answer, min_size=1, max_size=25))
def test_adversarial_sets_agree_with_pycocotools(images: list[Any], answers: list[Any]) -> None:
    truth = labelled(images, ("bolt", "nut", "clip"))
    stats, precision = oracle(truth, answers)
    evaluation = evaluated(truth, columns(answers))
    for (mine, _), wanted in zip(KEYS.items(), stats, strict=True):
        value = evaluation.metrics[mine]
        assert (-1.0 if value is None else value) == pytest.approx(wanted, abs=1e-9), mine
    for row, result in enumerate(evaluation.classes):
        there = precision[:, :, row, 0, 2]
        wanted = there[there > -1].mean() if (there > -1).any() else None
        assert result.ap == (None if wanted is None else pytest.approx(wanted, abs=1e-9))


def test_more_than_a_hundred_answers_an_image_agree_with_pycocotools() -> None:
    rng = np.random.default_rng(4)
    truth = labelled([[(0, (float(x), 10.0, 30.0, 30.0), False) for x in range(0, 300, 40)]] * 2)
    answers = [
        (str(i % 2), 0, (float(rng.uniform(0, 300)), 10.0, 30.0, 30.0), float(rng.uniform())) for i in range(400)
    ]
    stats, _ = oracle(truth, answers)
    metrics = evaluated(truth, columns(answers)).metrics
    assert [metrics[key] for key in KEYS] == pytest.approx([None if s == -1 else s for s in stats], abs=1e-9)


def test_false_answers_of_an_absent_class_are_counted_where_ap_hides_them() -> None:
    """Fifty sure answers of a class without an object: AP stays 1.000 in every COCO tool."""
    truth = labelled([[(0, A, False)] for _ in range(50)])
    said = [(str(i), 0, A, 0.9) for i in range(50)] + [(str(i), 1, FAR, 0.95) for i in range(50)]
    evaluation = evaluated(truth, columns(said))
    assert evaluation.metrics["ap"] == pytest.approx(1.0)
    assert evaluation.caveats == (
        "false answers of 1 classes that have no object here, which AP leaves out: 50",
        "images that are not at hand, of which no light, sharpness or copy was seen: 50",
    )
    found = [f for f in ask("class-precision-below-floor", evaluation=evaluation) if f.outcome == "found"]
    assert [f.subject.name for f in found if f.subject] == ["nut"]
    assert evaluation.errors["background"] == 50


def test_a_truth_of_crowds_alone_measures_nothing_and_blocks() -> None:
    evaluation = evaluated(labelled([[(0, A, True)]]), columns([("0", 0, A, 0.9)]))
    assert evaluation.metrics["ap"] is None
    assert evaluation.objects == 0
    assert "every object is a crowd region" in evaluation.caveats[0]
    assert [f.outcome for f in ask("evaluation-empty", evaluation=evaluation)] == ["found"]


def test_every_answer_and_object_is_sorted_into_one_kind() -> None:
    near = (30.0, 10.0, 40.0, 40.0)  # overlaps A by one third
    truth = labelled([[(0, A, False), (1, B, False)], [(0, A, False)], [(0, A, False), (0, B, True)]])
    said = [
        ("0", 0, A, 0.9),  # matched
        ("0", 0, A, 0.8),  # a duplicate of it
        ("0", 0, B, 0.7),  # the nut, called bolt
        ("1", 0, near, 0.9),  # misplaced
        ("2", 0, FAR, 0.9),  # background
        ("2", 0, (105.0, 105.0, 10.0, 10.0), 0.9),  # in a crowd: left out
        ("2", 0, A, 0.2),  # under the threshold
    ]
    evaluation = evaluated(truth, columns(said))
    assert evaluation.errors == {
        "matched": 1,
        "misplaced": 1,
        "confused": 1,
        "duplicate": 1,
        "background": 1,
        "missed": 3,
    }
    bolt, nut = evaluation.classes
    assert (bolt.recall.hits, bolt.recall.n, bolt.precision.hits, bolt.precision.n) == (1, 3, 1, 5)
    assert (bolt.misplaced.hits, bolt.misplaced.n) == (1, 2)
    assert (nut.recall.hits, nut.recall.n, nut.detections) == (0, 1, 0)
    assert bolt.missed_images == ("1.jpg", "2.jpg")
    assert bolt.false_images == ("0.jpg", "1.jpg", "2.jpg")
    cells = {(cell.truth, cell.answer): cell.count for cell in evaluation.confusion}
    assert cells == {
        ("bolt", "bolt"): 1,
        ("nut", "bolt"): 1,
        ("bolt", "background"): 2,
        ("background", "bolt"): 3,
    }


def test_images_dropped_and_foreign_are_told_apart() -> None:
    truth = labelled([[(0, A, False)]] * 4)
    said = columns([("0", 0, A, 0.9), ("zebra", 0, A, 0.9)])
    open_ = evaluated(truth, said, split="test")
    assert (open_.images, open_.images_predicted, open_.foreign_images, open_.images_listed) == (4, 1, 1, False)
    run = evaluated(truth, columns([("0", 0, A, 0.9)]), run=[0, 1, 2])
    assert (run.images_predicted, run.images_listed) == (3, True)
    assert [f.outcome for f in ask("evaluation-images-dropped", evaluation=run)] == ["found"]
    whole = evaluated(truth, columns([("0", 0, A, 0.9)]), run=[0, 1, 2, 3])
    assert [f.outcome for f in ask("evaluation-images-dropped", evaluation=whole)] == ["clear"]


def test_order_of_images_and_of_answers_changes_nothing() -> None:
    rng = np.random.default_rng(8)
    images = [[(int(rng.integers(2)), tuple(rng.uniform(5, 60, 4)), False) for _ in range(4)] for _ in range(12)]
    said = [
        (str(i), row, tuple(np.array(where) + rng.normal(0, 4, 4)), float(rng.uniform()))
        for i, things in enumerate(images)
        for row, where, _ in things
    ]
    truth = labelled(images)
    turned = labelled(images, pictures=truth.pictures[::-1])
    one = evaluated(truth, columns(said))
    other = evaluated(turned, columns([said[i] for i in rng.permutation(len(said))]))
    assert one.classes == other.classes
    assert one.metrics == other.metrics
    assert one.errors == other.errors


def test_recordings_count_as_clusters() -> None:
    things = [[(0, A, False)] for _ in range(40)]
    said = columns([(str(i), 0, A, 0.9) for i in range(20)])
    alone = labelled(things)
    filmed = [
        formats.Picture(
            name=p.name,
            file=p.file,
            split="test",
            key=p.key,
            annotations=p.annotations,
            tags={"recording": str(i // 10)},
        )
        for i, p in enumerate(alone.pictures)
    ]
    one, other = (
        evaluated(truth, said).classes[0].recall for truth in (alone, labelled(things, pictures=tuple(filmed)))
    )
    assert (one.hits, one.n) == (other.hits, other.n) == (20, 40)
    assert one.n_effective > 35
    assert other.n_effective < 5
    assert other.lower < one.lower


def test_slices_are_per_light_and_per_class_in_it() -> None:
    truth = labelled([[(0, A, False), (1, B, False)]] * 50)
    said = columns([(str(i), row, (A, B)[row], 0.9) for i in range(50) for row in (0, 1) if i < 30 or row])
    tags = {f"{i}.jpg": {"light": "dark" if i >= 30 else "well_lit"} for i in range(50)}
    slices = {one.name: one.recall for one in evaluated(truth, said, tags=tags).slices}
    assert {name: (rate.hits, rate.n) for name, rate in slices.items()} == {
        "light=dark": (20, 40),
        "light=well_lit": (60, 60),
        "bolt, light=dark": (0, 20),
        "bolt, light=well_lit": (30, 30),
        "nut, light=dark": (20, 20),
        "nut, light=well_lit": (30, 30),
        "aspect=compact": (80, 100),
        "size=medium": (80, 100),
    }


def test_a_classifier_on_trashnet(shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "eval/classification/trashnet_knn_predictions.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    said = tmp_path / "said.csv"
    with said.open("w", newline="") as file:
        writer = csv.writer(file)
        names = [key.removeprefix("p_") for key in rows[0] if key.startswith("p_")]
        writer.writerow(["image", "prediction", *(f"score_{name}" for name in names)])
        writer.writerows([row["file"], row["predicted"], *(row[f"p_{name}"] for name in names)] for row in rows)
    evaluation = of_files(shared_data / "datasets/trashnet_subset", said, confidence=0.0)
    reference = json.loads((shared_data / "eval/classification/reference.json").read_text())["trashnet_knn"]
    assert evaluation.metrics["accuracy"] == pytest.approx(reference["accuracy"], abs=1e-5)
    for result in evaluation.classes:
        wanted = reference["per_class"][result.name]
        assert result.recall.value == pytest.approx(wanted["recall"], abs=1e-6)
        assert result.precision.value == pytest.approx(wanted["precision"], abs=1e-6)
    cells = {(cell.truth, cell.answer): cell.count for cell in evaluation.confusion}
    for label, answers in reference["confusion_rows_are_labels"].items():
        assert {name: cells.get((label, name), 0) for name in answers} == answers
    assert [f.outcome for f in ask("boxes-misplaced", evaluation=evaluation)] == ["inapplicable"]


def test_a_classifier_that_abstains_misses() -> None:
    pictures = tuple(
        formats.Picture(name=f"{i}.jpg", file=Path(f"/nowhere/{i}.jpg"), split="test", key=i, label="bolt")
        for i in range(3)
    )
    truth = labelled([], task="classification", pictures=pictures)
    said = columns([("0", 0, A, 0.9), ("1", 1, A, 0.9), ("2", 0, A, 0.1)])
    evaluation = evaluated(truth, said)
    assert evaluation.metrics["accuracy"] == pytest.approx(2 / 3)
    assert evaluation.metrics["recall"] == pytest.approx(1 / 3)
    cells = {(cell.truth, cell.answer): cell.count for cell in evaluation.confusion}
    assert cells == {("bolt", "bolt"): 1, ("bolt", "nut"): 1, ("bolt", "background"): 1}


def test_the_record_names_what_it_stands_on() -> None:
    evaluation = evaluated(labelled([[(0, A, False)]]), columns([("0", 0, A, 0.9)]), card_names={"bolt": "screw"})
    assert (evaluation.model, evaluation.dataset) == (specimens.MODEL, specimens.DATASET)
    assert (evaluation.split, evaluation.lowest_score) == ("test", 0.9)
    assert evaluation.classes[0].card_name == "screw"
