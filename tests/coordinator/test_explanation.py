"""Why a model fails: kinds that add up, figures that no order of images moves, and what empty evaluations say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import ask
from readiness.evidence.evaluation import Confused
from readiness.evidence.explanation import ErrorKind, Explanation
from readiness_coordinator import formats
from readiness_coordinator.evaluate import outcomes, prediction_files
from readiness_coordinator.evaluate.explanation import explain
from readiness_coordinator.formats import Labelled, Picture
from specimens import evaluation
from truths import Answer, Thing, case, columns, labelled

Box = tuple[float, float, float, float]
A: Box = (10.0, 10.0, 40.0, 40.0)
NEAR: Box = (35.0, 10.0, 40.0, 40.0)  # IoU 0.23 with A
B: Box = (100.0, 100.0, 40.0, 40.0)
FAR: Box = (300.0, 300.0, 40.0, 40.0)


def explained(images: Sequence[Sequence[Thing]], answers: Sequence[Answer], confidence: float = 0.3) -> Explanation:
    return explain(case(labelled(images), columns(answers), confidence, "test"))


def by_kind(explanation: Explanation) -> dict[str, ErrorKind]:
    return {one.kind: one for one in explanation.errors}


def crowded(seed: int, images: int = 40) -> tuple[list[list[Thing]], list[Answer]]:
    """Make images with a handful of objects, answered well, badly, twice, by another class or not at all."""
    rng = np.random.default_rng(seed)
    scenes: list[list[Thing]] = []
    answers: list[Answer] = []
    for image in range(images):
        scene: list[Thing] = []
        for place in range(int(rng.integers(0, 6))):
            row, size = int(rng.integers(0, 2)), float(rng.integers(8, 80))
            box = (place * 120.0, float(rng.integers(0, 300)), size, size)
            scene.append((row, box, bool(rng.random() < 0.05)))
            for _ in range(int(rng.integers(0, 3))):
                shift = size * rng.choice([0.0, 0.1, 0.4, 0.9])
                said = row if rng.random() < 0.8 else 1 - row
                answers.append((str(image), said, (box[0] + shift, *box[1:]), round(float(rng.random()), 4)))
        scenes.append(scene)
    return scenes, answers


def test_false_answers_of_an_absent_class_are_background_and_cost_half_of_the_average() -> None:
    """pycocotools, faster-coco-eval and hotcoco all say AP 1.000 here, and nothing to gain."""
    answers = [(str(i), 0, A, 0.9) for i in range(50)] + [(str(i), 1, FAR, 0.95) for i in range(50)]
    kinds = by_kind(explained([[(0, A, False)] for _ in range(50)], answers))
    assert (kinds["background"].count, kinds["background"].gain) == (50, pytest.approx(0.5))
    assert kinds["background"].classes == ("nut",)
    assert kinds["background"].images[0] == "0.jpg"
    assert sum(one.count for one in kinds.values()) == 50


def rounded(value: Any) -> Any:
    """Take off the last digits, which the order of a sum may move."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return round(value, 9) if isinstance(value, float) else value


def test_each_kind_is_counted_at_the_threshold() -> None:
    images = [[(0, A, False)] for _ in range(7)]
    answers: list[Answer] = [
        ("0", 1, A, 0.9),
        ("1", 0, NEAR, 0.9),
        ("2", 1, NEAR, 0.9),
        ("3", 0, A, 0.9),
        ("3", 0, A, 0.8),
        ("4", 0, FAR, 0.9),
        ("5", 1, A, 0.2),
    ]
    counts = {kind: one.count for kind, one in by_kind(explained(images, answers)).items()}
    # Missed: the object whose answer has class and box wrong, that with a far answer, the faint one, the silent one.
    assert counts == {"class": 1, "box": 1, "class and box": 1, "duplicate": 1, "background": 1, "missed": 4}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 0.7]))
def test_kinds_tell_the_same_story_as_the_outcomes(seed: int, confidence: float) -> None:
    scenes, answers = crowded(seed)
    if not answers:
        return
    at = case(labelled(scenes), columns(answers), confidence)
    kinds = by_kind(explain(at))
    errors = at.outcomes.errors(~at.truth.crowd)
    wrong = ("class", "box", "class and box", "duplicate", "background")
    assert sum(kinds[kind].count for kind in wrong) == sum(errors.values()) - errors["matched"] - errors["missed"]
    assert kinds["missed"].count <= errors["missed"]
    assert kinds["box"].count >= errors["misplaced"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_images_and_answers_changes_nothing(seed: int) -> None:
    scenes, answers = crowded(seed)
    once = labelled(scenes)
    rng = np.random.default_rng(seed)
    pictures = tuple(once.pictures[i] for i in rng.permutation(len(scenes)))
    shuffled = [answers[i] for i in rng.permutation(len(answers))]
    first = explain(case(once, columns(answers)))
    again = explain(case(labelled([], pictures=pictures), columns(shuffled)))
    assert rounded(msgspec.to_builtins(again)) == rounded(msgspec.to_builtins(first))


def test_gains_look_at_the_hundred_best_of_a_class_and_image_as_coco_does() -> None:
    rights = [("0", 0, A, 0.1), ("1", 0, A, 0.9)]
    false = [("0", 0, (400.0 + i, 400.0, 4.0, 4.0), 0.8 - i / 1000) for i in range(100)]
    images: list[list[Thing]] = [[(0, A, False)], [(0, A, False)]]
    within, beyond = (by_kind(explained(images, [*rights, *false[:n]]))["background"] for n in (99, 100))
    # The right answer of the first image is its hundredth, or comes too late: then no mending brings it back.
    assert (within.count, beyond.count) == (99, 100)
    assert within.gain == pytest.approx(50 / 101 * (1 - 2 / 101))
    assert beyond.gain == 0


def test_nothing_said() -> None:
    found = explained([[(0, A, False)], [(1, B, False)]], [])
    kinds = by_kind(found)
    assert (kinds["missed"].count, kinds["missed"].gain) == (2, 1.0)
    assert all(one.count == 0 and one.gain == 0 for kind, one in kinds.items() if kind != "missed")
    assert found.scores == ()
    assert [(one.n, one.error) for one in found.calibration] == [(0, None)]
    assert [point.recall.hits for point in found.by_size] == [0]
    assert {(one.image, one.object_box, one.score) for one in found.examples} == {
        ("0.jpg", A, None),
        ("1.jpg", B, None),
    }


def test_no_object_at_all() -> None:
    found = explained([[], []], [("0", 0, A, 0.9)])
    assert {one.kind: (one.count, one.gain) for one in found.errors if one.count} == {"background": (1, None)}
    assert (found.by_size, found.by_crowding, found.mistaken) == ((), (), ())
    assert [(one.image, one.kind, one.box) for one in found.examples] == [("0.jpg", "background", A)]


def test_neither_object_nor_answer() -> None:
    found = explained([[], []], [])
    assert all(one.count == 0 and one.gain is None for one in found.errors)
    assert found.examples == ()


def test_nothing_but_crowds() -> None:
    found = explained([[(0, A, True)]], [("0", 0, A, 0.9), ("0", 1, B, 0.8)])
    assert {one.kind: (one.count, one.gain) for one in found.errors if one.count} == {"background": (1, None)}
    assert sum(found.scores[0].right + found.scores[0].wrong) == 1
    assert found.by_size == ()


def test_one_image_and_one_class() -> None:
    truth = labelled([[(0, A, False)]], classes=("bolt",))
    found = explain(case(truth, columns([("0", 0, A, 0.9)])))
    assert not any(one.count or one.gain for one in found.errors)
    assert [(one.truth, one.answer, one.share.n) for one in found.mistaken] == [("bolt", "", 1)]
    assert found.examples == ()


def test_scores_are_counted_by_whether_they_are_right() -> None:
    found = explained([[(0, A, False)]], [("0", 0, A, 1.0), ("0", 1, B, 0.05), ("0", 1, FAR, 0.0)])
    whole, bolt, nut = found.scores
    assert (whole.class_name, bolt.class_name, nut.class_name) == ("", "bolt", "nut")
    assert whole.right == bolt.right == (*(0,) * 19, 1)
    assert whole.wrong == nut.wrong == (1, 1, *(0,) * 18)


def test_scores_that_are_no_shares_are_not_judged() -> None:
    found = explained([[(0, A, False)]], [("0", 0, A, 7.5), ("0", 1, B, -1.0)])
    assert (found.scores, found.calibration) == ((), ())
    (finding,) = ask("scores-miscalibrated", evaluation=evaluation(explanation=found))
    assert finding.outcome == "inapplicable"


def test_curves_find_the_small_and_the_crowded() -> None:
    images = [[(0, (50.0 * j, 0.0, side, side), False) for j in range(k)] for side in (10.0, 40.0) for k in [1, 5] * 20]
    answers = [
        (str(i), 0, box, 0.9)
        for i, scene in enumerate(images)
        for _, box, _ in scene
        if box[2] > 20 and (len(scene) == 1 or box[0] < 150)
    ]
    found = explained(images, answers)
    assert [(point.low, point.high, point.recall.hits, point.recall.n) for point in found.by_size] == [
        (10.0, 40.0, 0, 120),
        (40.0, None, 80, 120),
    ]
    assert [(point.low, point.high, point.recall.hits, point.recall.n) for point in found.by_crowding] == [
        (1.0, 5.0, 20, 40),
        (5.0, None, 60, 200),
    ]
    # Five objects of an image rise and fall together: they are worth less than five.
    assert found.by_crowding[1].recall.n_effective < 200


def test_an_overconfident_model_is_told_and_a_calibrated_one_is_not() -> None:
    rng = np.random.default_rng(7)
    scores = 0.3 + 0.7 * rng.random(600)
    images = [[(0, A, False)] for _ in scores]
    for shift, low in ((0.0, 0.0), (-0.3, 0.15)):
        right = rng.random(600) < np.clip(scores + shift, 0, 1)
        answers = [(str(i), 0, A if right[i] else FAR, float(scores[i])) for i in range(600)]
        found = explained(images, answers).calibration
        assert [one.class_name for one in found] == ["", "bolt"]
        assert len(found[0].bins) == 10
        assert found[0].lower is not None
        assert found[0].upper is not None
        assert found[0].lower >= low
        assert shift or found[0].upper < 0.15


def test_examples_are_the_worst_and_of_several_images() -> None:
    images = [[(0, A, False)] for _ in range(12)]
    answers = [("0", 1, (200.0 + 50 * i, 0.0, 40.0, 40.0), 0.99 - i / 1000) for i in range(5)]
    answers += [(str(i), 1, FAR, 0.5 + i / 100) for i in range(12)]
    answers += [(str(i), 0, A, 0.1 if i else 0.2) for i in (0, 3)]
    found = explained(images, answers).examples
    background = [one for one in found if one.kind == "background"]
    assert [(one.image, one.score) for one in background] == [("0.jpg", 0.99), ("11.jpg", 0.61), ("10.jpg", 0.6)]
    missed = [one for one in found if one.kind == "missed"]
    assert [one.image for one in missed] == ["1.jpg", "10.jpg", "11.jpg"]
    faint = explained(images[:1], [("0", 0, A, 0.2)]).examples
    assert [(one.answer, one.score, one.box, one.object_box) for one in faint] == [("bolt", 0.2, A, A)]


def test_examples_are_no_more_than_two_hundred() -> None:
    classes = [f"c{i}" for i in range(90)]
    images = [[(row, A, False)] for row in range(90)] * 3
    answers = [(str(i), (i + 1) % 90, FAR, 0.9) for i in range(270)]
    found = explain(case(labelled(images, classes), columns(answers))).examples
    assert len(found) == 200
    assert len({one.class_name for one in found}) == 90


def labels(pairs: Sequence[tuple[str, str]]) -> Labelled:
    pictures = tuple(
        Picture(name=name, file=Path(f"/nowhere/{name}"), split="test", key=name, label=label) for name, label in pairs
    )
    return labelled([], task="classification", pictures=pictures)


def test_a_classifier() -> None:
    truth = labels([("a", "bolt"), ("b", "bolt"), ("c", "nut"), ("d", "nut")])
    answers = [("a", 0, A, 0.9), ("b", 1, A, 0.8), ("c", 1, A, 0.2)]
    found = explain(case(truth, columns(answers)))
    assert {one.kind: (one.count, one.gain) for one in found.errors} == {"class": (1, None), "missed": (2, None)}
    assert [(one.image, one.kind, one.class_name, one.answer, one.score, one.box) for one in found.examples] == [
        ("d", "missed", "nut", "", None, None),
        ("b", "class", "bolt", "nut", 0.8, None),
        ("c", "missed", "nut", "nut", 0.2, None),
    ]
    assert (found.by_size, found.by_crowding) == ((), ())
    assert [(one.truth, one.answer, one.share.hits, one.share.n) for one in found.mistaken] == [
        ("bolt", "nut", 1, 2),
        ("nut", "", 0, 2),
    ]


def test_plastic_is_taken_for_glass(shared_data: Path) -> None:
    truth = formats.open_dataset(shared_data / "datasets/trashnet_subset")
    said = prediction_files.read(shared_data / "eval/classification/trashnet_knn_predictions.csv", truth)
    found = explain(case(truth, said, 0.0))
    (pair,) = [one for one in found.mistaken if one.truth == "plastic"]
    assert (pair.answer, pair.share.hits, pair.share.n) == ("glass", 6, 33)
    named = [one.subject.name for one in ask("class-confused", evaluation=evaluation(explanation=found)) if one.subject]
    assert named[0] == "cardboard"
    (plastic,) = [
        one for one in ask("class-confused", evaluation=evaluation(explanation=found)) if one.outcome == "found"
    ]
    assert plastic.subject is not None
    assert plastic.subject.name == "plastic"
    assert len(plastic.images) == 6


def test_good_models_are_not_called_miscalibrated_and_spoilt_boxes_are(shared_data: Path) -> None:
    folder = shared_data / "eval/coco_mini_cc"
    read = formats.open_dataset(folder / "gt.json")
    outcomes_of = {}
    for model in ("yolox_nano_onnx", "yolox_nano_float16_tflite", "yolox_nano_int8_tflite"):
        found = explain(case(read, prediction_files.read(folder / f"pred_{model}.json", read)))
        outcomes_of[model] = ask("scores-miscalibrated", evaluation=evaluation(explanation=found))[0].outcome
    assert outcomes_of.pop("yolox_nano_int8_tflite") == "found"
    assert "found" not in outcomes_of.values()


def confused(images: Sequence[Sequence[Thing]], answers: Sequence[Answer]) -> dict[tuple[str, str], Confused]:
    truth = labelled(images)
    at = case(truth, columns(answers), split="test")
    cells = outcomes.confusion(at.outcomes, at.truth, truth.classes, at.predictions.pictures)
    return {(one.truth, one.answer): one for one in cells}


def test_confusion_keeps_the_class_behind_a_low_score() -> None:
    """Deepchecks 0.19.1 counts the nut as a bolt: it looks the class up in the list before the low score was cut."""
    cells = confused([[(1, A, False)]], [("0", 0, FAR, 0.1), ("0", 1, A, 0.9)])
    assert {pair: one.count for pair, one in cells.items()} == {("nut", "nut"): 1}


def test_confusion_counts_images_with_nothing_but_false_answers() -> None:
    """Deepchecks 0.19.1 adds no false answer of an image where nothing matches."""
    cells = confused([[(0, A, False)], []], [("0", 0, A, 0.9), ("1", 1, B, 0.9), ("1", 1, FAR, 0.8)])
    assert {pair: (one.count, one.images) for pair, one in cells.items()} == {
        ("bolt", "bolt"): (1, ("0.jpg",)),
        ("background", "nut"): (2, ("1.jpg",)),
    }


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_confusion_adds_up_to_objects_and_answers(seed: int) -> None:
    scenes, answers = crowded(seed)
    if not answers:
        return
    at = case(labelled(scenes), columns(answers))
    cells = outcomes.confusion(at.outcomes, at.truth, at.labelled.classes, at.predictions.pictures)
    for row, name in enumerate(at.labelled.classes):
        objects = int(((at.truth.row == row) & ~at.truth.crowd).sum())
        assert sum(cell.count for cell in cells if cell.truth == name) == objects
        assert sum(cell.count for cell in cells if cell.answer == name) == int((at.outcomes.row == row).sum())
    assert all(1 <= len(cell.images) <= min(5, cell.count) for cell in cells)


def test_the_same_input_gives_the_same_record() -> None:
    scenes, answers = crowded(11)
    first: Any = explain(case(labelled(scenes), columns(answers)))
    assert first == explain(case(labelled(scenes), columns(answers)))
