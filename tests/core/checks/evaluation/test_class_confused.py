"""class-confused: a class is taken for one other class."""

from asking import ask, ask_one
from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.explanation import Mistaken
from specimens import class_result, evaluation, explanation, rate

CODE = "class-confused"


def of(*mistaken: Mistaken) -> Evaluation:
    return evaluation(explanation=explanation(mistaken=mistaken))


def pair(hits: int, n: int, truth: str = "bolt") -> Mistaken:
    return Mistaken(truth=truth, answer="nut" if hits else "", share=rate(hits, n), images=("7.jpg",))


def test_clear_when_no_upper_bound_is_over_the_limit() -> None:
    edge = Mistaken(truth="bolt", answer="nut", share=Rate(hits=3, n=100, n_effective=100.0, lower=0.01, upper=0.05))
    finding = ask_one(CODE, evaluation=of(edge, pair(0, 350, "nut")))
    assert finding.outcome == "clear"
    assert finding.because == "none of 2 classes is taken for one other in over 5%"


def test_found_names_the_pair_and_its_images() -> None:
    found, rest = ask(CODE, evaluation=of(pair(40, 350), pair(0, 350, "nut")))
    assert found.outcome == "found"
    assert found.because == "40 of 350 objects of 'bolt' are answered as 'nut', 11% (9% to 15%, 5% allowed)"
    assert found.images == ("7.jpg",)
    assert rest.outcome == "clear"


def test_unknown_names_a_pair_that_may_be_chance() -> None:
    first, rest = ask(CODE, evaluation=of(pair(1, 10), pair(0, 350, "nut")))
    assert first.unknown == "undecided"
    assert "'bolt'" in first.because
    assert rest.outcome == "clear"


def test_unknown_once_for_all_classes_with_too_few_objects() -> None:
    finding = ask_one(CODE, evaluation=of(pair(0, 10), pair(0, 20, "nut")))
    assert finding.unknown == "undecided"
    assert finding.because == "2 classes, of 20 objects at most, could still be taken for another: 5% allowed"


def test_unknown_when_nothing_was_explained() -> None:
    assert ask_one(CODE, evaluation=evaluation(explanation=None)).unknown == "missing"


def test_inapplicable_with_one_class() -> None:
    alone = evaluation(classes=(class_result(),), explanation=explanation(mistaken=(pair(0, 10),)))
    assert ask_one(CODE, evaluation=alone).outcome == "inapplicable"


def test_inapplicable_to_masks_of_classes() -> None:
    pixels = evaluation(task="segmentation", judged="pixel", explanation=None)
    assert ask_one(CODE, evaluation=pixels).outcome == "inapplicable"
