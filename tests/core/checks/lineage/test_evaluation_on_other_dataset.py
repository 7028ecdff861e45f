"""evaluation-on-other-dataset: the evaluation used the version that was scanned."""

import pytest

from asking import ask_one
from specimens import DATASET, OTHER, evaluation

CODE = "evaluation-on-other-dataset"


def test_clear_for_the_same_version() -> None:
    assert ask_one(CODE).outcome == "clear"


@pytest.mark.parametrize(("digest", "said"), [(OTHER, OTHER), ("", "an unnamed version")])
def test_found_for_another_or_no_version(digest: str, said: str) -> None:
    finding = ask_one(CODE, evaluation=evaluation(dataset=digest))
    assert finding.outcome == "found"
    assert finding.because == f"evaluated on {said}, scanned is {DATASET}"


def test_unknown_without_scan_or_evaluation() -> None:
    assert ask_one(CODE, dataset=None).unknown == "missing"
    assert ask_one(CODE, evaluation=None).unknown == "missing"
