"""Guards as measured: ids that fit or do not, silent and unanswered images, strange classes, contradictions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asking import ask_one
from readiness_coordinator import formats
from readiness_coordinator.evaluate import guarding, prediction_files, predictions, same_files
from readiness_coordinator.evaluate.columns import ClassRows, Columns
from readiness_coordinator.evaluate.evaluation import case_of
from readiness_coordinator.evaluate.guarding import Guards
from readiness_coordinator.formats import Labelled
from specimens import evaluation, policy
from truths import columns, labelled

COCO = tuple(i for i in range(1, 91) if i not in {12, 26, 29, 30, 45, 66, 68, 69, 71, 83})


def guarded(truth: Labelled, said: Columns, run: Any = None) -> Guards:
    placed = predictions.place(said, truth, None, run)
    return guarding.measure(case_of(truth, placed, confidence=0.3, iou=0.5, policy=policy(), tags={}))


def scene(images: int, ids: tuple[int, ...], seed: int = 3) -> tuple[Labelled, list[tuple[str, int, Any, float]]]:
    """Make a truth and the answers of a fair detector as (image, category id, box, score); one in five is of no use."""
    rng = np.random.default_rng(seed)
    things, answers = [], []
    for image in range(images):
        corners = rng.permutation(36)[:6]
        rows = rng.integers(0, len(ids), 6)
        boxes = [(float(at % 6) * 100, float(at // 6) * 100, 60.0, 60.0) for at in corners]
        things.append([(int(row), box, False) for row, box in zip(rows, boxes, strict=True)])
        for row, (x, y, w, h) in zip(rows, boxes, strict=True):
            wild = rng.uniform() < 0.2
            said = int(rng.integers(0, len(ids))) if wild else int(row)
            answers.append((str(image), ids[said], (x + rng.normal(0, 3), y, w, h), float(rng.uniform(0.3, 1))))
    names = [f"class{identity}" for identity in ids]
    return labelled(things, names, category_ids=ids), answers


def written(truth: Labelled, answers: list[tuple[str, int, Any, float]]) -> Columns:
    """Read answers with category ids as a results file is read."""
    rows = ClassRows({str(identity): row for row, identity in enumerate(truth.category_ids)})
    read = columns([(image, rows[str(identity)], box, score) for image, identity, box, score in answers])
    return read._replace(unknown=rows.unknown)


def outcome(code: str, found: Guards) -> Any:
    return ask_one(code, evaluation=evaluation(**found._asdict()))


def test_ids_that_fit_are_clear() -> None:
    truth, answers = scene(60, COCO)
    found = guarded(truth, written(truth, answers))
    assert outcome("class-ids-mismatch", found).outcome == "clear"
    assert outcome("image-ids-mismatch", found).outcome == "clear"
    assert found.foreign_classes == {}


@pytest.mark.parametrize(
    ("truth_ids", "said_of", "by"),
    [
        (COCO, COCO.index, "counted from 0"),
        (COCO, lambda i: COCO.index(i) + 1, "counted from 1"),
        (tuple(range(80)), lambda i: COCO[i], "COCO's ids up to 90"),
        (tuple(range(1, 81)), lambda i: COCO[i - 1], "COCO's ids up to 90"),
        (tuple(range(1, 21)), lambda i: i - 1, "counted from 0"),
        (tuple(range(0, 40, 2)), lambda i: i + 2, "2 too high"),
        (tuple(range(20)), lambda i: (i * 7 + 3) % 20, "renumbered among themselves"),
    ],
)
def test_other_class_ids_are_found_with_the_reading_that_fits(truth_ids: Any, said_of: Any, by: str) -> None:
    truth, answers = scene(120, truth_ids)
    found = guarded(truth, written(truth, [(i, said_of(c), b, s) for i, c, b, s in answers]))
    finding = outcome("class-ids-mismatch", found)
    assert finding.outcome == "found"
    assert found.class_ids is not None
    assert by in found.class_ids.by
    assert found.class_ids.better > 0.7 * found.class_ids.n


def test_one_class_numbered_0_and_1() -> None:
    truth, answers = scene(20, (1,))
    found = guarded(truth, written(truth, [(image, 0, box, score) for image, _, box, score in answers]))
    assert found.foreign_classes == {"0": 120}
    assert outcome("class-ids-mismatch", found).outcome == "found"


@pytest.mark.parametrize("step", [1, -1])
def test_image_ids_that_are_one_off(step: int) -> None:
    truth, answers = scene(60, COCO[:10])
    said = written(truth, [(str(int(i) + step), c, b, s) for i, c, b, s in answers if 0 <= int(i) + step < 60])
    found = guarded(truth, said)
    finding = outcome("image-ids-mismatch", found)
    assert finding.outcome == "found"
    assert f"1 too {'low' if step < 0 else 'high'}" in finding.because


@pytest.mark.parametrize("seed", range(20))
def test_a_poor_or_constant_model_is_not_taken_for_one_with_other_ids(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, answers = scene(30, COCO[: 2 + seed], seed)
    random = [(i, int(rng.choice(COCO[: 2 + seed])), b, s) for i, _, b, s in answers]
    constant = [(i, COCO[1], b, s) for i, _, b, s in answers]
    lost = [(i, c, (float(rng.uniform(0, 500)), 700.0, 60.0, 60.0), s) for i, c, _, s in answers]
    for said in (random, constant, lost):
        found = guarded(truth, written(truth, said))
        assert outcome("class-ids-mismatch", found).outcome != "found"
        assert outcome("image-ids-mismatch", found).outcome != "found"


def test_a_constant_answer_on_a_lopsided_truth_is_not_taken_for_other_ids() -> None:
    truth, answers = scene(40, (1, 2))
    mostly = [(i, 2, b, s) for i, _, b, s in answers]
    one_sided = labelled(
        [
            [(0 if at % 10 else 1, one.box or (0, 0, 1, 1), False) for at, one in enumerate(picture.annotations)]
            for picture in truth.pictures
        ],
        ("a", "b"),
    )
    assert outcome("class-ids-mismatch", guarded(one_sided, written(one_sided, mostly))).outcome != "found"


def test_text_ids_of_a_truth_fit_numbers_of_answers(shared_data: Path) -> None:
    """The truth says "2299", the answers say 2299; pycocotools refuses the pair."""
    folder = shared_data / "eval/pairs/faster_coco_eval"
    truth = formats.open_dataset(folder / "gt_ignore_test.json")
    found = guarded(truth, prediction_files.read(folder / "dt_ignore_test.json", truth))
    assert found.class_ids is not None
    assert found.class_ids.agree == found.class_ids.n == 13
    assert found.silent == ()


def test_no_false_alarm_on_real_evaluations(shared_data: Path) -> None:
    folder = shared_data / "eval"
    pairs = [(folder / "coco_mini_cc/gt.json", one) for one in (folder / "coco_mini_cc").glob("pred_*.json")]
    pairs += [(folder / "robot_home/gt_coco_common.json", one) for one in (folder / "robot_home").glob("pred_*.json")]
    pairs += [(folder / "pairs/sahi/dataset.json", folder / "pairs/sahi/result.json")]
    for said_of, path in pairs:
        truth = formats.open_dataset(said_of)
        found = guarded(truth, prediction_files.read(path, truth))
        for code in ("class-ids-mismatch", "image-ids-mismatch", "truth-crowds-only", "classes-foreign"):
            assert outcome(code, found).outcome == "clear", (path.name, code)


def test_cocos_contiguous_ids_are_found_on_real_predictions(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "eval/coco_mini_cc"
    truth = formats.open_dataset(folder / "gt.json")
    read = prediction_files.read(folder / "pred_fastestdet_onnx.json", truth)
    order = {identity: place for place, identity in enumerate(sorted(truth.category_ids))}
    ids = [order[truth.category_ids[row]] for row in read.rows.tolist()]
    rows = ClassRows({str(identity): row for row, identity in enumerate(truth.category_ids)})
    moved = read._replace(rows=np.array([rows[str(one)] for one in ids]))
    found = guarded(truth, moved._replace(unknown=rows.unknown))
    assert found.class_ids is not None
    assert "counted from 0" in found.class_ids.by
    assert found.class_ids.better > 3 * found.class_ids.agree


def test_answers_of_unknown_classes_are_counted_by_name_within_the_split() -> None:
    truth = labelled([[(0, (0.0, 0.0, 9.0, 9.0), False)]] * 2)
    said = columns([("0", 0, (0, 0, 9, 9), 0.9), ("0", -2, (0, 0, 9, 9), 0.8), ("9", -1, (0, 0, 9, 9), 0.8)])
    assert guarded(truth, said._replace(unknown=("lamp", "oven"))).foreign_classes == {"oven": 1}
    assert guarded(truth, said).foreign_classes == {"?": 1}


def test_silent_and_unanswered_images_are_told_apart() -> None:
    thing = (0, (0.0, 0.0, 9.0, 9.0), False)
    truth = labelled([[thing], [thing], [], [thing]])
    said = columns([("0", 0, (0, 0, 9, 9), 0.9)])
    open_ = guarded(truth, said)
    assert (open_.unanswered, open_.silent) == ((), ("1.jpg", "2.jpg", "3.jpg"))
    listed = guarded(truth, said, run=[0, 1, 2])
    assert (listed.unanswered, listed.unanswered_total, listed.silent) == (("1.jpg",), 1, ("3.jpg",))


def test_an_empty_text_file_is_an_answer_and_a_missing_one_is_not(tmp_path: Path) -> None:
    thing = (0, (0.0, 0.0, 9.0, 9.0), False)
    truth = labelled([[thing], [thing], [thing]])
    for name, text in (("0", "bolt 0.9 0 0 9 9"), ("1", "")):
        (tmp_path / f"{name}.txt").write_text(text)
    found = guarded(truth, prediction_files.read(tmp_path, truth))
    assert (found.unanswered, found.silent) == (("1.jpg",), ("2.jpg",))


def test_equal_images_under_other_labels(tmp_path: Path) -> None:
    def picture(name: str, data: bytes, label: str) -> formats.Picture:
        (tmp_path / name).write_bytes(data)
        return formats.Picture(name=name, file=tmp_path / name, split="test", key=name, label=label)

    pictures = (
        picture("a.jpg", b"one", "bolt"),
        picture("b.jpg", b"one", "nut"),
        picture("c.jpg", b"two", "bolt"),
        picture("d.jpg", b"two", "bolt"),
        picture("e.jpg", b"longer", "nut"),
        formats.Picture(name="f.jpg", file=tmp_path / "f.jpg", split="test", key="f", label="nut"),
    )
    truth = labelled([], task="classification", pictures=pictures)
    conflicts, compared = guarding.contradictions(pictures, truth, same_files.find(pictures))
    assert [(one.images, one.labels) for one in conflicts] == [(("a.jpg", "b.jpg"), ("bolt", "nut"))]
    assert compared == 5


def test_equal_images_with_boxes_elsewhere(tmp_path: Path) -> None:
    boxes = [(0.0, 0.0, 9.0, 9.0), (1.0, 0.0, 9.0, 9.0), (50.0, 0.0, 9.0, 9.0)]
    truth = labelled([[(0, box, False)] for box in boxes])
    pictures = []
    for picture in truth.pictures:
        (tmp_path / picture.name).write_bytes(b"same")
        pictures.append(
            formats.Picture(
                name=picture.name,
                file=tmp_path / picture.name,
                split="test",
                key=picture.key,
                annotations=picture.annotations,
            )
        )
    assert guarding.contradictions(pictures[:2], truth, same_files.find(pictures[:2]))[0] == ()
    (conflict,) = guarding.contradictions(pictures, truth, same_files.find(pictures))[0]
    assert conflict.labels == ("1 bolt", "1 bolt", "1 bolt")


@pytest.mark.parametrize(("share", "wanted"), [(0.9, "found"), (0.2, "clear")])
def test_a_classifier_whose_head_stands_in_another_order(share: float, wanted: str) -> None:
    """One that names every class by its neighbour is found; one that is merely weak is not."""
    rng = np.random.default_rng(5)
    names = [f"class{i}" for i in range(8)]
    labels = rng.integers(0, 8, 160)
    right = (labels + 3) % 8 if wanted == "found" else labels
    rows = np.where(rng.uniform(size=160) < share, right, rng.integers(0, 8, 160))
    pictures = tuple(
        formats.Picture(name=f"{i}.jpg", file=Path(f"/nowhere/{i}.jpg"), split="test", key=i, label=names[label])
        for i, label in enumerate(labels.tolist())
    )
    truth = labelled([], names, task="classification", pictures=pictures)
    answers = [(str(i), int(row), (0.0, 0.0, 0.0, 0.0), 0.9) for i, row in enumerate(rows.tolist())]
    found = guarded(truth, columns(answers)._replace(every_image=True))
    assert outcome("class-ids-mismatch", found).outcome == wanted
    assert found.image_ids is None
