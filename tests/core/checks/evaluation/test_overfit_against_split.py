"""overfit-against-split: the model does better here than on an untouched split."""

from asking import ask_one
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.overfit import Gap, Overfit
from specimens import evaluation, rate

CODE = "overfit-against-split"


def with_gap(lower: float, upper: float, name: str = "recall") -> Evaluation:
    middle = (lower + upper) / 2
    gap = Gap(
        against="split",
        name=name,
        here=rate(180, 200),
        there=rate(160, 200),
        difference=middle,
        lower=lower,
        upper=upper,
    )
    return evaluation(overfit=Overfit(gaps=(gap,), other="fresh"))


def test_clear_when_no_more_than_is_allowed_can_lie_between() -> None:
    assert ask_one(CODE, evaluation=with_gap(-0.02, 0.05)).outcome == "clear"


def test_clear_when_it_is_better_elsewhere() -> None:
    assert ask_one(CODE, evaluation=with_gap(-0.3, -0.1)).outcome == "clear"


def test_found_only_when_the_lower_end_is_over_the_allowance() -> None:
    finding = ask_one(CODE, evaluation=with_gap(0.06, 0.14))
    assert finding.outcome == "found"
    assert finding.because == "recall is 0.90 here and 0.80 on 'fresh', +0.06 to +0.14; 0.05 more here is allowed"


def test_unknown_while_the_interval_holds_the_allowance() -> None:
    assert ask_one(CODE, evaluation=with_gap(0.05, 0.2)).unknown == "undecided"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"


def test_nobody_asked_for_another_split() -> None:
    assert ask_one(CODE, evaluation=evaluation(overfit=None)).outcome == "inapplicable"
    assert ask_one(CODE, evaluation=evaluation(overfit=Overfit(leaked_images=0))).outcome == "inapplicable"
