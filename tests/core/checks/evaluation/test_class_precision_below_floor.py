"""class-precision-below-floor: false answers of a class, absent classes included."""

from asking import ask
from readiness.evidence.bounded import Rate
from specimens import class_result, evaluation, rate

CODE = "class-precision-below-floor"


def test_clear_when_the_lower_bound_is_exactly_the_floor() -> None:
    edge = Rate(hits=85, n=100, n_effective=100.0, lower=0.8, upper=0.9)
    assert [f.outcome for f in ask(CODE, evaluation=evaluation(classes=(class_result(precision=edge),)))] == ["clear"]


def test_found_with_the_false_images() -> None:
    bad = class_result("nut", precision=rate(20, 40), false_images=("x.jpg",))
    (finding,) = ask(CODE, evaluation=evaluation(classes=(bad,)))
    assert finding.outcome == "found"
    assert finding.because == "20 of 40 answers 'nut' are right, precision: 0.36 to 0.64, the floor is 0.8"
    assert finding.images == ("x.jpg",)


def test_found_for_a_class_that_the_truth_lacks() -> None:
    absent = class_result("fridge", objects=0, detections=27, recall=rate(0, 0), precision=rate(0, 27), ap=None)
    (finding,) = ask(CODE, evaluation=evaluation(classes=(absent,)))
    assert finding.outcome == "found"


def test_unknown_says_what_would_settle_it() -> None:
    (finding,) = ask(CODE, evaluation=evaluation(classes=(class_result(precision=rate(9, 10)),)))
    assert finding.unknown == "undecided"
    assert finding.action is not None
    assert finding.action.kind == "collect"
    assert finding.action.quota


def test_unknown_without_evaluation() -> None:
    assert ask(CODE, evaluation=None)[0].unknown == "missing"


def test_a_model_that_answers_nothing_is_not_precise() -> None:
    silent = class_result(detections=0, precision=rate(0, 0))
    assert ask(CODE, evaluation=evaluation(classes=(silent,)))[0].outcome == "inapplicable"
