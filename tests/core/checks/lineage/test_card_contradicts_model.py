"""card-contradicts-model: the card lists as many classes as the head has rows."""

import pytest

from asking import ask_one
from specimens import model

CODE = "card-contradicts-model"


def test_clear_when_both_agree() -> None:
    assert ask_one(CODE).outcome == "clear"


@pytest.mark.parametrize("head", [1, 3])
def test_found_one_off_on_either_side(head: int) -> None:
    finding = ask_one(CODE, model=model(head_classes=head))
    assert finding.outcome == "found"
    assert finding.because == f"the card lists 2 classes, the head has {head}"


def test_unknown_without_model() -> None:
    assert ask_one(CODE, model=None).unknown == "missing"


def test_a_silent_head_raises_no_question() -> None:
    assert ask_one(CODE, model=model(head_classes=None)).outcome == "inapplicable"
