"""Models compared on the same truth: what got worse is named first, what is chance is not, other truths are refused."""

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import truths
from readiness.comparison import Comparison, Difference, Versus
from readiness.exits import Stop
from readiness_coordinator import formats
from readiness_coordinator.evaluate import compared_ap, comparing, outcomes, prediction_files
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.formats import Labelled

BOX = (10.0, 10.0, 40.0, 40.0)
FAR = (300.0, 300.0, 40.0, 40.0)


def one_each(images: int, **changes: Any) -> Labelled:
    """One bolt in every even image, one nut in every odd one."""
    return truths.labelled([[(i % 2, BOX, False)] for i in range(images)], **changes)


def answering(truth: Labelled, missed: AbstractSet[int], false: AbstractSet[int] = frozenset()) -> Case:
    """Answer every object but those of `missed` images; images of `false` get a wrong answer more."""
    count = len(truth.pictures)
    said = [(str(i), i % 2, BOX, 0.9) for i in range(count) if i not in missed]
    said += [(str(i), i % 2, FAR, 0.8) for i in sorted(false)]
    return truths.case(truth, truths.columns(said))


def only(compared: Comparison) -> Versus:
    (one,) = compared.versus
    return one


def found(versus: Versus, name: str, figure: str) -> Difference:
    (one,) = [one for one in versus.differences if (one.name, one.figure) == (name, figure)]
    return one


def test_a_regression_is_named_first_with_the_images_that_got_worse() -> None:
    truth = one_each(200)
    lost = set(range(1, 60, 2))
    versus = only(comparing.compare([answering(truth, {0, 2}), answering(truth, lost)], ["old", "new"]))
    first = versus.differences[0]
    assert (versus.answer, first.part, first.answer) == ("worse", "overall", "worse")
    assert found(versus, "", "recall").answer == found(versus, "", "ap").answer == "worse"
    nut = found(versus, "nut", "recall")
    assert (nut.before, nut.after, nut.answer) == (1.0, 0.7, "worse")
    assert nut.images_total == len(lost)
    assert set(nut.images) <= {f"{i}.jpg" for i in lost}
    assert found(versus, "bolt", "recall").answer == "cannot tell"


def test_more_false_answers_are_a_regression_of_precision() -> None:
    truth = one_each(120)
    versus = only(comparing.compare([answering(truth, set()), answering(truth, set(), set(range(80)))], "ab"))
    precision = found(versus, "", "precision")
    assert precision.answer == "worse"
    assert precision.images_total == 80
    assert found(versus, "", "recall").answer == "cannot tell"
    assert found(versus, "", "recall").difference == 0


def test_the_other_way_round_it_is_better() -> None:
    truth = one_each(200)
    cases = [answering(truth, set(range(60))), answering(truth, set())]
    assert only(comparing.compare(cases, ["old", "new"])).answer == "better"
    turned = comparing.compare(cases, ["old", "new"], incumbent="new")
    assert turned.incumbent == "new"
    assert only(turned).answer == "worse"


def test_one_model_twice_cannot_be_told_apart() -> None:
    truth = one_each(60)
    versus = only(comparing.compare([answering(truth, {3})] * 2, ["one", "two"]))
    assert {one.answer for one in versus.differences} == {"cannot tell"}
    assert all(one.difference == 0 for one in versus.differences)


def test_few_objects_lost_are_not_told_from_chance_and_the_line_says_what_would() -> None:
    truth = one_each(60)
    compared = comparing.compare([answering(truth, {1, 3, 5}), answering(truth, {1, 3, 5, 7, 9})], ["old", "new"])
    recall = found(only(compared), "", "recall")
    assert recall.answer == "cannot tell"
    assert recall.lower < 0 < recall.upper
    assert recall.needed is not None
    assert any(f"{recall.needed} more objects would settle" in line for line in comparing.said(compared))


def test_classifiers_are_compared_by_mcnemars_exact_test() -> None:
    images = 80
    truth = truths.labelled([[] for _ in range(images)], task="classification")
    pictures = tuple(
        formats.Picture(name=one.name, file=one.file, split="test", key=one.key, label=("bolt", "nut")[i % 2])
        for i, one in enumerate(truth.pictures)
    )
    truth = truths.labelled([], task="classification", pictures=pictures)

    def case(wrong: set[int]) -> Case:
        said = [(str(i), (i + (i in wrong)) % 2, (0.0, 0.0, 0.0, 0.0), 0.9) for i in range(images)]
        return truths.case(truth, truths.columns(said))

    before, after = case({0, 2, 4}), case(set(range(4, 20)))
    versus = only(comparing.compare([before, after], ["old", "new"]))
    accuracy = found(versus, "", "accuracy")
    assert (accuracy.before, accuracy.after) == (77 / 80, 64 / 80)
    # One of one family of overall figures, which has half of the level.
    assert accuracy.q == pytest.approx(2 * stats.binomtest(2, 17).pvalue)
    assert {one.figure for one in versus.differences if one.part == "class"} == {"recall", "precision"}


def test_another_truth_is_refused_in_one_line() -> None:
    truth = one_each(20)
    base = answering(truth, set())
    others = {
        "IoU 0.5 was asked of one, 0.75 of the other": base._replace(iou=0.75),
        "other classes": base._replace(labelled=one_each(20, classes=("bolt", "screw"))),
        "images differ, such as '20.jpg'": answering(one_each(21), set()),
        "labels differ": base._replace(truth=base.truth._replace(boxes=base.truth.boxes + 1)),
    }
    for said, other in others.items():
        with pytest.raises(Stop, match=f"'a' and 'b' cannot be compared: .*{said}"):
            comparing.compare([base, other], ["a", "b"])
    with pytest.raises(Stop, match="'c' is none of the models"):
        comparing.compare([base, base], ["a", "b"], incumbent="c")


def test_equal_models_are_rarely_called_different() -> None:
    """200 pairs of equally good models, six slices, two classes: seldom does anything at all count."""
    rng = np.random.default_rng(11)
    truth = one_each(80)
    tags = {
        picture.name: {"light": ("dark", "bright")[i // 40], "camera": "abcd"[i % 4]}
        for i, picture in enumerate(truth.pictures)
    }
    alarms = 0
    for _ in range(200):
        hard = rng.random(80) < 0.1
        sides = [
            answering(truth, set(np.flatnonzero(hard | (rng.random(80) < 0.1)).tolist()), set(rng.integers(0, 80, 8)))
            for _ in range(2)
        ]
        versus = only(comparing.compare([one._replace(tags=tags) for one in sides], ["one", "two"]))
        alarms += any(one.answer != "cannot tell" for one in versus.differences)
    assert alarms <= 12


def real(folder: Path, names: list[str]) -> Comparison:
    read = formats.open_dataset(folder / "gt.json")
    cases = [truths.case(read, prediction_files.read(folder / f"pred_{name}.json", read)) for name in names]
    return comparing.compare(cases, names)


def test_the_three_detectors_and_the_twins_on_coco(shared_data: Path) -> None:
    nano = "yolox_nano_onnx"
    others = [
        "fastestdet_onnx",
        "ssd_mobilenet_v1_quant_tflite",
        "yolox_nano_dynamic_range_tflite",
        "yolox_nano_int8_tflite",
    ]
    compared = real(shared_data / "eval/coco_mini_cc", [nano, *others])
    fastest, ssd, twin, broken = compared.versus
    assert found(fastest, "", "precision").answer == found(ssd, "", "precision").answer == "worse"
    assert found(fastest, "", "recall").answer == "cannot tell"
    assert {one.answer for one in twin.differences} == {"cannot tell"}
    assert {found(broken, "", figure).answer for figure in ("recall", "precision", "ap")} == {"worse"}
    assert found(broken, "size=large", "recall").answer == "worse"
    assert found(broken, "", "ap").before == pytest.approx(0.4298, abs=1e-4)
    assert found(broken, "", "ap").after == pytest.approx(0.0649, abs=1e-4)
    lines = comparing.said(compared)
    assert lines[0].startswith("fastestdet_onnx against yolox_nano_onnx on 'all': worse overall")
    assert lines[1].startswith("  worse: overall precision 0.681 to 0.206")


def test_ap_is_compared_only_where_it_is_over_enough_objects() -> None:
    few, many = one_each(40), one_each(120)
    for truth, wanted in ((few, set()), (many, {"", "bolt", "nut"})):
        versus = only(comparing.compare([answering(truth, {1}), answering(truth, {2})], ["one", "two"]))
        assert {one.name for one in versus.differences if one.figure == "ap"} == wanted


def test_average_precision_is_the_same_in_blocks_of_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = one_each(120)
    cases = [answering(truth, {1, 2, 3}, {5}), answering(truth, {2, 40}, {7, 9})]
    at_once = comparing.compare(cases, ["one", "two"])
    monkeypatch.setattr(compared_ap, "_BLOCK", 1)
    assert comparing.compare(cases, ["one", "two"]) == at_once


def test_a_judging_at_each_models_own_threshold() -> None:
    truth = one_each(80)
    base = answering(truth, set())
    judged = outcomes.judge("detection", base.truth, base.predictions, base.matches, 0.95, 0.5, base.pairs)
    versus = only(comparing.compare([base, base._replace(outcomes=judged, confidence=0.95)], ["at 0.3", "at 0.95"]))
    assert versus.confidence == (0.3, 0.95)
    assert found(versus, "", "recall").after == 0.0
    assert found(versus, "", "ap").difference == 0.0
