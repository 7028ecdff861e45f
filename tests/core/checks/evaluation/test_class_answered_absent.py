"""class-answered-absent: a class without an object is answered nowhere, or each one is told with its count."""

from asking import ask, ask_one
from specimens import class_result, evaluation, rate

CODE = "class-answered-absent"


def test_clear_is_no_case_where_every_answered_class_has_objects() -> None:
    quiet = class_result("nut", objects=0, detections=0)
    assert ask_one(CODE, evaluation=evaluation(classes=(class_result(), quiet))).outcome == "inapplicable"


def test_found_with_the_number_of_answers() -> None:
    absent = class_result("nut", objects=0, detections=50, precision=rate(0, 50), false_images=("a.jpg",))
    (finding,) = ask(CODE, evaluation=evaluation(classes=(class_result(), absent)))
    assert (finding.outcome, finding.measured, finding.images) == ("found", 50, ("a.jpg",))
    assert "50 answers 'nut'" in finding.because
    assert finding.effect is None or finding.severity.value == "monitor"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
