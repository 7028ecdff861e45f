"""evaluation-incoherent: bounds follow from their counts, and counts add up."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking import ask_one
from readiness.evidence.evaluation import ClassResult
from readiness.measures import intervals
from specimens import class_result, evaluation, rate

CODE = "evaluation-incoherent"
GOOD = rate(340, 350)


def _with(first: ClassResult, **changes: Any) -> Any:
    return evaluation(classes=(first, class_result("nut")), **changes)


def test_clear_for_a_real_evaluation() -> None:
    assert ask_one(CODE).outcome == "clear"


@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0, 1)), min_size=1, max_size=60), st.sampled_from([0.9, 0.99]))
def test_clear_for_whatever_the_measures_give(clusters: list[tuple[int, float]], confidence: float) -> None:
    trials = np.array([count for count, _ in clusters], dtype=float)
    hits = np.array([round(count * share) for count, share in clusters], dtype=float)
    measured = intervals.rate(hits, trials, confidence)
    one = class_result(objects=measured.n, detections=measured.n, recall=measured, precision=measured)
    assert ask_one(CODE, evaluation=_with(one, objects=measured.n + 350)).outcome == "clear"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recall": msgspec.structs.replace(GOOD, hits=0)}, "does not follow from 0 of 350"),
        ({"recall": msgspec.structs.replace(GOOD, lower=0.99)}, "does not follow from 340 of 350"),
        ({"precision": msgspec.structs.replace(GOOD, upper=0.5)}, "does not follow from 340 of 350"),
        ({"recall": msgspec.structs.replace(GOOD, n_effective=9e9)}, "worth 9e+09"),
        ({"objects": 1}, "recall over 350 objects of 1"),
        ({"objects": -5}, "a count is below 0"),
        ({"precision": rate(0, 0)}, "350 answers without a precision"),
    ],
)
def test_found_for_what_cannot_be(changes: dict[str, Any], said: str) -> None:
    finding = ask_one(CODE, evaluation=_with(class_result(**changes)))
    assert finding.outcome == "found"
    assert said in finding.because


def test_found_for_a_class_that_stands_twice_and_for_objects_that_do_not_add_up() -> None:
    assert ask_one(CODE, evaluation=_with(class_result("nut"))).because.startswith("'nut' stands 2 times")
    assert "the classes hold 700 objects" in ask_one(CODE, evaluation=evaluation(objects=699)).because


def test_unknown_without_an_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
