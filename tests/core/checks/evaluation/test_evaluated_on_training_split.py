"""evaluated-on-training-split: only splits that the policy names count, and all of them must."""

import pytest

from asking import ask_one
from specimens import evaluation

CODE = "evaluated-on-training-split"


@pytest.mark.parametrize("split", ["test", "val", "test+val"])
def test_clear_on(split: str) -> None:
    assert ask_one(CODE, evaluation=evaluation(split=split)).outcome == "clear"


@pytest.mark.parametrize("split", ["train", "all", "train+val", "unassigned", ""])
def test_found_on(split: str) -> None:
    finding = ask_one(CODE, evaluation=evaluation(split=split))
    assert finding.outcome == "found"
    assert finding.because == (
        f"evaluated on '{split}', only test, val, valid, validation count as kept out of training"
    )


def test_unknown_when_the_evaluation_is_stale() -> None:
    assert ask_one(CODE, evaluation=evaluation(observed_at="2024-01-01T00:00:00Z")).unknown == "stale"
