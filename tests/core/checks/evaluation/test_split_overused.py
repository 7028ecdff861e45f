"""split-overused: so many models were compared on a split that the best one is partly luck."""

from asking import ask_one
from readiness.evidence.overfit import Overfit
from specimens import evaluation

CODE = "split-overused"


def test_clear_while_chance_lifts_little() -> None:
    assert ask_one(CODE, evaluation=evaluation(overfit=Overfit(uses=3, lift=0.05))).outcome == "clear"


def test_found_says_how_much() -> None:
    finding = ask_one(CODE, evaluation=evaluation(overfit=Overfit(uses=200, lift=0.08)))
    assert finding.outcome == "found"
    assert finding.because == (
        "200 models were evaluated on 'test': chance alone may lift the best one's recall by up to 0.08,"
        " 0.05 is allowed"
    )


def test_unknown_without_the_size_of_it() -> None:
    assert ask_one(CODE, evaluation=evaluation(overfit=Overfit(uses=3))).unknown == "missing"


def test_nobody_counted() -> None:
    assert ask_one(CODE, evaluation=evaluation(overfit=Overfit())).outcome == "inapplicable"
