"""image-ids-mismatch: the ids fit, or another reading of them fits far better."""

from asking import ask_one
from readiness.evidence.evaluation import IdFit
from specimens import evaluation

CODE = "image-ids-mismatch"


def test_clear_where_no_other_reading_is_better() -> None:
    assert ask_one(CODE, evaluation=evaluation()).outcome == "clear"
    weak = IdFit(n=400, agree=60)
    assert ask_one(CODE, evaluation=evaluation(image_ids=weak)).outcome == "clear"


def test_clear_is_no_question_for_a_classifier() -> None:
    one = evaluation(task="classification", image_ids=None)
    assert ask_one(CODE, evaluation=one).outcome == "inapplicable"


def test_found_says_which_reading_fits_and_how_much_better() -> None:
    fit = IdFit(n=400, agree=12, better=380, by="1 too low", examples=(("bolt", "nut"),))
    finding = ask_one(CODE, evaluation=evaluation(image_ids=fit))
    assert (finding.outcome, finding.severity.value) == ("found", "block")
    assert "12 of 400" in finding.because
    assert "380 if they are read as 1 too low: 'bolt' seems to mean 'nut'" in finding.because


def test_unknown_where_few_answers_can_tell() -> None:
    assert ask_one(CODE, evaluation=evaluation(image_ids=IdFit(n=5, agree=1))).unknown == "undecided"
    assert ask_one(CODE, evaluation=evaluation(image_ids=IdFit(n=5, agree=4))).outcome == "clear"
    assert ask_one(CODE, evaluation=evaluation(image_ids=None)).unknown == "missing"
