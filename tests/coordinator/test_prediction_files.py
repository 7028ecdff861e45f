"""Prediction files and their placing: every form is read, every unusable one gets one line."""

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from readiness.exits import Stop
from readiness_coordinator.evaluate import prediction_files, predictions, run_record
from readiness_coordinator.formats import Labelled, Picture, open_dataset
from truths import columns, evaluated, labelled

A = (10.0, 10.0, 40.0, 40.0)
GOOD = {"image_id": 0, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}


def detection() -> Labelled:
    pictures = tuple(
        Picture(
            name=f"test/{i}.jpg",
            file=Path(f"/nowhere/{i}.jpg"),
            split=split,
            key=i,
            width=200,
            height=100,
            labelled=i < 3,
        )
        for i, split in enumerate(["train", "test", "test", "test"])
    )
    return labelled([], pictures=pictures)


def write(folder: Path, content: Any, name: str = "said.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not COCO results"),
        ({"annotations": []}, "not COCO results"),
        ([{**GOOD, "bbox": [1, 2, 3]}], "not COCO results"),
        ([{"image_id": 0, "category_id": 1, "score": 0.5}], "has neither bbox nor segmentation"),
        ([GOOD, {**GOOD, "score": 1.5}], r"prediction 2 \(image 0\): its score is not between 0 and 1"),
        ([{**GOOD, "bbox": [1, 2, -3, 4]}], "its box has a negative side"),
        ('[{"image_id": 0, "category_id": 1, "bbox": [1, 2, NaN, 4], "score": 0.5}]', "not COCO results"),
        ([{**GOOD, "bbox": [1, 2, 1e308, 1e308]}], "out of any image"),
        ([{**GOOD, "bbox": [1, 2, 1e9, 1e9]}], ""),
    ],
)
def test_unusable_results_are_refused_in_one_line(tmp_path: Path, content: Any, said: str) -> None:
    path = write(tmp_path, content)
    if not said:
        assert prediction_files.read(path, detection()).scores.size == 1
        return
    with pytest.raises(Stop, match=said) as stop:
        prediction_files.read(path, detection())
    assert stop.value.code == 2
    assert "\n" not in str(stop.value)
    assert str(path) in str(stop.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 0.5 0.5 0.1 0.1", "5 numbers"),
        ("0 0.5 0.5 0.1 x 0.9", "not six numbers"),
        ("2 0.5 0.5 0.1 0.1 0.9", "class 2; the truth has the classes 0 to 1"),
        ("0.5 0.5 0.5 0.1 0.1 0.9", "class 0.5"),
        ("0 0.5 0.5 nan 0.1 0.9", "not finite"),
    ],
)
def test_unusable_yolo_lines_are_named(tmp_path: Path, line: str, said: str) -> None:
    write(tmp_path, f"0 0.5 0.5 0.1 0.1 0.9\n{line}\n", "1.txt")
    with pytest.raises(Stop, match=said):
        prediction_files.read(tmp_path, detection())


def test_yolo_shares_become_pixels(tmp_path: Path) -> None:
    write(tmp_path, "1 0.5 0.5 0.1 0.2 0.9\n\n", "1.txt")
    write(tmp_path, "", "2.txt")
    truth = detection()
    placed = predictions.place(prediction_files.read(tmp_path, truth), truth)
    assert placed.boxes.tolist() == [[90.0, 40.0, 20.0, 20.0]]
    assert (placed.row.tolist(), placed.scores.tolist(), placed.split) == ([1], [0.9], "test")


def test_lines_of_corners_with_class_names_are_read(tmp_path: Path) -> None:
    write(tmp_path, "\ufeffnut 0.9 10 20 30 60\nkeyboard 0.5 1 2 3 4\n\n", "1.txt")
    write(tmp_path, "", "2.txt")
    truth = detection()
    placed = predictions.place(prediction_files.read(tmp_path, truth), truth)
    assert placed.boxes.tolist() == [[10.0, 20.0, 20.0, 40.0]]
    assert (placed.row.tolist(), placed.scores.tolist(), placed.foreign_answers) == ([1], [0.9], 1)


def test_a_number_is_a_row_in_yolo_and_a_name_in_truth_of_corners(tmp_path: Path) -> None:
    write(tmp_path, "7 0.5 0.1 0.2 0.9 0.8\n", "1.txt")
    digits = [str(9 - row) for row in range(10)]
    assert prediction_files.read(tmp_path, labelled([], digits)).rows.tolist() == [7]
    assert prediction_files.read(tmp_path, labelled([], digits, format="corners")).rows.tolist() == [2]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nut 0.9 1 2 3", "is not class score left top right bottom"),
        ("traffic light 0.9 1 2 3 4", "the class one word"),
        ("nut 0.9 1 2 x 4", r"1\.txt:2: 'nut 0.9 1 2 x 4' is not class score"),
        ("nut 9 1 2 3 4", "its score is not between 0 and 1"),
        ("nut 0.9 5 2 3 4", "its box has a negative side"),
        ("nut 0.9 nan 2 3 4", "its box is not finite"),
    ],
)
def test_unusable_lines_of_corners_are_named(tmp_path: Path, line: str, said: str) -> None:
    write(tmp_path, f"bolt 0.9 1 2 3 4\n{line}\n", "1.txt")
    with pytest.raises(Stop, match=said):
        prediction_files.read(tmp_path, detection())


def test_the_detections_of_a_robot_are_those_that_others_converted(shared_data: Path) -> None:
    truth = open_dataset(shared_data / "datasets/robot_home")
    said = prediction_files.read(shared_data / "datasets/robot_home/input/detection-results", truth)
    converted = json.loads((shared_data / "eval/robot_home/dt_coco.json").read_text())
    known = sorted((round(one["score"], 6), *map(float, one["bbox"])) for one in converted)
    read = zip(said.scores.round(6).tolist(), *said.boxes.T.tolist(), strict=True)
    assert sorted(read) == known
    assert len(known) == 494


def test_predictions_that_hold_nothing_are_no_answer_to_a_scan(tmp_path: Path) -> None:
    truth = detection()
    for name, text in (("said.json", "[]"), ("txt/1.txt", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        path = write(tmp_path, text, name)
        with pytest.raises(Stop, match="the predictions hold no answer"):
            predictions.on_pictures(prediction_files.read(path if name.endswith("json") else path.parent, truth), truth)
    judged = labelled([], task="classification")
    with pytest.raises(Stop, match="the predictions hold no answer"):
        predictions.on_pictures(
            prediction_files.read(write(tmp_path, "image,prediction\n", "said.csv"), judged), judged
        )
    with pytest.raises(Stop, match="none of the 2 predictions is of a class and of a labelled image"):
        predictions.on_pictures(columns([("1", -1, A, 0.9), ("3", 0, A, 0.9)]), truth)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,label\na.jpg,bolt\n", "no column 'prediction'"),
        ("image,prediction\na.jpg,bolt\na.jpg,nut\n", "stands in it twice"),
        ("image,prediction,score_bolt\na.jpg,nut,0.5\n", "no score column for the answer 'nut'"),
        ("image,prediction,score_bolt\na.jpg,bolt,high\n", "is no number"),
        ("image,prediction,score_bolt\na.jpg,bolt,7\n", "not between 0 and 1"),
    ],
)
def test_unusable_tables_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Stop, match=said):
        prediction_files.read(write(tmp_path, text, "said.csv"), labelled([], task="classification"))


def test_form_and_task_must_fit(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="a CSV holds a classifier's answers"):
        prediction_files.read(write(tmp_path, "image,prediction\n", "said.csv"), detection())
    with pytest.raises(Stop, match="give a CSV"):
        prediction_files.read(write(tmp_path, [GOOD]), labelled([], task="classification"))
    with pytest.raises(Stop, match="cannot read"):
        prediction_files.read(tmp_path / "absent.json", detection())


def test_a_broken_run_record_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, [GOOD])
    assert run_record.read(path).images is None
    for content in ('{"image_ids": 3}', '{"observed_at": "noon"}', '{"x": ' + "[" * 100_000):
        write(tmp_path, content, "said.json.run.json")
        with pytest.raises(Stop, match="not the run record"):
            run_record.read(path)


def test_ids_names_and_stems_find_their_picture() -> None:
    truth = detection()
    placed = predictions.place(columns([("1", 0, A, 0.9), ("test/2.jpg", 1, A, 0.8), ("2.jpg", 0, A, 0.7)]), truth)
    assert [placed.pictures[i].key for i in placed.image] == [1, 2, 2]
    assert placed.unlabelled_images == 1


def test_the_split_is_what_the_predictions_cover() -> None:
    assert predictions.place(columns([("1", 0, A, 0.9)]), detection()).split == "test"
    both = predictions.place(columns([("0", 0, A, 0.9), ("1", 0, A, 0.9)]), detection())
    assert (both.split, len(both.pictures)) == ("test+train", 3)
    asked = predictions.place(columns([("0", 0, A, 0.9), ("1", 0, A, 0.9)]), detection(), "test")
    assert (asked.foreign_images, asked.image.size, len(asked.pictures)) == (0, 1, 2)


def test_a_split_that_is_not_there_is_named() -> None:
    with pytest.raises(Stop, match="no split 'val'; it has test, train"):
        predictions.place(columns([("1", 0, A, 0.9)]), detection(), "val")


def test_a_dataset_without_splits_takes_the_callers_word() -> None:
    pictures = tuple(msgspec.structs.replace(picture, split="all") for picture in detection().pictures)
    truth = labelled([], pictures=pictures)
    evaluation = evaluated(truth, columns([("1", 0, A, 0.9)]), split="test")
    assert evaluation.split == "test"
    assert evaluation.caveats[0] == "the dataset has no splits; that this is 'test' is the caller's word"
    assert predictions.place(columns([("1", 0, A, 0.9)]), truth).split == "all"


def test_ids_that_two_splits_share_need_a_split() -> None:
    pictures = tuple(
        Picture(name=f"{split}/0.jpg", file=Path(f"/nowhere/{split}/0.jpg"), split=split, key=0)
        for split in ("train", "test")
    )
    truth = labelled([], pictures=pictures)
    with pytest.raises(Stop, match="image '0' names several pictures; say which split with --split"):
        predictions.place(columns([("0", 0, A, 0.9)]), truth)
    placed = predictions.place(columns([("0", 0, A, 0.9)]), truth, "test")
    assert [placed.pictures[i].split for i in placed.image] == ["test"]


def test_predictions_of_quite_other_images_are_refused() -> None:
    with pytest.raises(Stop, match=r"none of the predicted images \(such as 'x'\) is in the truth \(such as '0'\)"):
        predictions.place(columns([("x", 0, A, 0.9)]), detection())
    with pytest.raises(Stop, match="say which split"):
        predictions.place(columns([]), detection())
    assert predictions.place(columns([]), detection(), "test").lowest_score is None


def test_an_unknown_class_is_counted_and_not_judged(tmp_path: Path) -> None:
    path = write(tmp_path, [{**GOOD, "image_id": 1, "category_id": 91}, {**GOOD, "image_id": 1}])
    truth = detection()
    placed = predictions.place(prediction_files.read(path, truth), truth)
    assert (placed.foreign_answers, placed.image.size) == (1, 1)
    assert np.array_equal(placed.row, [0])
