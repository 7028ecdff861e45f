"""class-never-predicted: a class with objects and no answer at all."""

from asking import ask, ask_one
from specimens import class_result, evaluation, rate

CODE = "class-never-predicted"


def silent(objects: int, **changes: object) -> dict[str, object]:
    result = class_result(objects=objects, detections=0, recall=rate(0, objects), precision=rate(0, 0), **changes)
    return {"evaluation": evaluation(classes=(result,))}


def test_clear_with_a_single_answer() -> None:
    assert ask_one(CODE, evaluation=evaluation(classes=(class_result(detections=1),))).outcome == "clear"


def test_found_when_the_objects_suffice_to_tell() -> None:
    # 0 of 2 bounds recall by 0.776, under the floor of 0.8; 0 of 1 only by 0.95.
    finding = ask_one(CODE, **silent(2, ap50=0.0))
    assert finding.outcome == "found"
    assert finding.because == "'bolt' (objects: 2) is never answered at confidence 0.4"


def test_found_tells_of_answers_under_the_threshold() -> None:
    assert ask_one(CODE, **silent(9, ap50=0.3)).because.endswith("though it is at lower scores")


def test_unknown_with_one_object() -> None:
    assert ask_one(CODE, **silent(1)).unknown == "undecided"


def test_unknown_without_evaluation() -> None:
    assert ask(CODE, evaluation=None)[0].unknown == "missing"


def test_no_objects_no_question() -> None:
    assert ask_one(CODE, **silent(0)).outcome == "inapplicable"
