"""card-differs: evaluation and benchmark were made by the card that the model has."""

import msgspec

from asking import ask, ask_one
from specimens import benchmark, card, evaluation, model

CODE = "card-differs"
SWAPPED = msgspec.structs.replace(card(), classes=("nut", "bolt"))


def test_clear_by_the_same_card_whatever_its_notes_and_threshold() -> None:
    annotated = msgspec.structs.replace(card(), notes="second run", confidence=0.6, licence="MIT")
    assert [finding.outcome for finding in ask(CODE, model=model(card=annotated))] == ["clear", "clear"]


def test_found_where_class_names_were_swapped() -> None:
    by_evaluation, by_benchmark = ask(CODE, evaluation=evaluation(card=SWAPPED.reading()))
    assert (by_evaluation.outcome, by_benchmark.outcome) == ("found", "clear")
    assert by_evaluation.because == "the evaluation was made by another card: task, classes, input or output differ"
    assert ask(CODE, benchmark=benchmark(card=SWAPPED.reading()))[1].outcome == "found"


def test_unknown_where_nothing_says_by_which_card() -> None:
    assert ask(CODE, benchmark=benchmark(card=""))[1].unknown == "missing"
    assert ask_one(CODE, evaluation=None).unknown == "missing"
