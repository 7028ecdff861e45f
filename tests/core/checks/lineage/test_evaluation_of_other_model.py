"""evaluation-of-other-model: readiness of one file is never another's."""

import pytest

from asking import ask_one
from specimens import MODEL, OTHER, evaluation

CODE = "evaluation-of-other-model"


def test_clear_for_the_same_digest() -> None:
    assert ask_one(CODE).outcome == "clear"


@pytest.mark.parametrize(("digest", "said"), [(OTHER, OTHER), ("", "an unnamed model")])
def test_found_for_another_or_no_digest(digest: str, said: str) -> None:
    finding = ask_one(CODE, evaluation=evaluation(model=digest))
    assert finding.outcome == "found"
    assert finding.because == f"the evaluation is of {said}, asked is {MODEL}"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
