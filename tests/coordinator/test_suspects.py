"""Predictions held against labels in a scan: the worst come first, images are named, none at hand is no answer."""

import csv
from pathlib import Path

import msgspec
import numpy as np

from readiness.measures.suspects import Answers
from readiness_coordinator import formats
from readiness_coordinator.evaluate import prediction_files, predictions
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.finders import suspects
from readiness_coordinator.scan.seen import Options, Seen


def answers(labelled: Labelled, path: Path) -> Answers:
    return predictions.on_pictures(prediction_files.read(path, labelled), labelled)


def seen(labelled: Labelled, given: Answers | None) -> Seen:
    return Seen(labelled, {}, {}, None, Options(answers=given))


def test_without_predictions_nothing_is_said(shared_data: Path):
    assert suspects.find(seen(formats.open_dataset(shared_data / "datasets/trashnet_subset"), None)) == {}


def test_a_sure_model_names_what_coco_lacks_worst_first(shared_data: Path):
    labelled = formats.open_dataset(
        shared_data / "eval/coco_mini_cc/gt.json", images=shared_data / "datasets/coco_mini_cc"
    )
    found = suspects.find(
        seen(labelled, answers(labelled, shared_data / "eval/coco_mini_cc/pred_yolox_nano_onnx.json"))
    )
    assert set(found) == {"label-suspect-missing", "label-suspect-class", "label-suspect-box"}
    # A car that stands in the picture's corner, unlabelled; seen by eye.
    first = found["label-suspect-missing"].items[0]
    assert (Path(first.images[0]).name, first.classes) == ("000000423617.jpg", ("car",))
    scores = [float(item.detail.rsplit(" ", 1)[1]) for item in found["label-suspect-missing"].items]
    assert scores == sorted(scores, reverse=True)


def test_removed_labels_rise_to_the_top(shared_data: Path):
    labelled = formats.open_dataset(
        shared_data / "eval/coco_mini_cc/gt.json", images=shared_data / "datasets/coco_mini_cc"
    )
    given = answers(labelled, shared_data / "eval/coco_mini_cc/pred_yolox_nano_onnx.json")
    before = suspects.find(seen(labelled, given))["label-suspect-missing"].total
    person = labelled.classes.index("person")
    fewer = tuple(
        msgspec.structs.replace(picture, annotations=tuple(one for one in picture.annotations if one.row != person))
        for picture in labelled.pictures
    )
    after = suspects.find(seen(msgspec.structs.replace(labelled, pictures=fewer), given))["label-suspect-missing"]
    persons = [item for item in after.items if item.classes == ("person",)]
    assert len(persons) >= 25
    assert after.total >= before + 20


def test_a_classifier_names_the_contradictory_copies(shared_data: Path):
    labelled = formats.open_dataset(shared_data / "datasets/trashnet_subset")
    path = shared_data / "eval/classification/trashnet_knn_predictions.csv"
    found = suspects.find(seen(labelled, answers(labelled, path)))["label-suspect-class"]
    with path.open() as file:
        table = {row["file"]: row for row in csv.DictReader(file)}
    for item in found.items:
        row = table[item.images[0]]
        assert row["predicted"] != row["label"]
    assert 0 < found.total <= 17
    assert np.all([item.splits == ("all",) for item in found.items])
