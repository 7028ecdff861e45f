"""overfit-to-leaked-images: images that stand in training too lift the figures."""

import msgspec

from asking import ask_one
from readiness.evidence.bounded import NOTHING, Rate
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.overfit import Gap, Overfit
from specimens import evaluation, rate

CODE = "overfit-to-leaked-images"


def with_gap(lower: float, upper: float, there: Rate | None = None) -> Evaluation:
    gap = Gap(
        against="unleaked",
        name="recall",
        here=rate(180, 200),
        there=rate(80, 100) if there is None else there,
        difference=(lower + upper) / 2,
        lower=lower,
        upper=upper,
    )
    return evaluation(overfit=Overfit(gaps=(gap,), leaked_images=50, leaked_examples=("a.jpg", "b.jpg")))


def test_clear_when_no_image_leaked() -> None:
    assert ask_one(CODE, evaluation=evaluation(overfit=Overfit(leaked_images=0))).outcome == "clear"


def test_clear_when_those_that_leaked_hardly_matter() -> None:
    assert ask_one(CODE, evaluation=with_gap(-0.01, 0.02)).outcome == "clear"


def test_found_names_the_images() -> None:
    finding = ask_one(CODE, evaluation=with_gap(0.06, 0.14))
    assert finding.outcome == "found"
    assert finding.images == ("a.jpg", "b.jpg")
    assert finding.images_total == 50
    assert finding.because == (
        "recall is 0.90, and 0.80 without 50 images that stand in the training split too,"
        " +0.06 to +0.14; 0.05 is allowed"
    )


def test_unknown_while_the_interval_holds_the_allowance() -> None:
    assert ask_one(CODE, evaluation=with_gap(0.01, 0.2)).unknown == "undecided"


def test_unknown_when_every_image_leaked() -> None:
    assert ask_one(CODE, evaluation=with_gap(-1.0, 1.0, NOTHING)).unknown == "missing"


def test_unknown_without_the_figures() -> None:
    bare = with_gap(0, 0)
    assert bare.overfit is not None
    without = msgspec.structs.replace(bare.overfit, gaps=())
    assert ask_one(CODE, evaluation=evaluation(overfit=without)).unknown == "missing"


def test_the_datasets_own_checks_ask_where_nobody_looked() -> None:
    assert ask_one(CODE, evaluation=evaluation(overfit=None)).outcome == "inapplicable"
    assert ask_one(CODE, evaluation=evaluation(overfit=Overfit())).outcome == "inapplicable"
