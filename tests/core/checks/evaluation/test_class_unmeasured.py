"""class-unmeasured: every class of the card has objects in the evaluated split."""

from asking import ask
from specimens import class_result, evaluation

CODE = "class-unmeasured"


def test_clear_with_one_object() -> None:
    result = evaluation(classes=(class_result("bolt", objects=1), class_result("nut")))
    assert [f.outcome for f in ask(CODE, evaluation=result)] == ["clear", "clear"]


def test_clear_under_the_cards_own_name() -> None:
    result = evaluation(classes=(class_result("bolt"), class_result("hex nut", card_name="nut")))
    assert [f.outcome for f in ask(CODE, evaluation=result)] == ["clear", "clear"]


def test_found_without_objects_and_without_the_class() -> None:
    good, bad = ask(CODE, evaluation=evaluation(classes=(class_result("bolt"), class_result("nut", objects=0))))
    assert (good.outcome, bad.outcome) == ("clear", "found")
    assert bad.because == "'test' holds no object of 'nut', which the model answers"
    missing = ask(CODE, evaluation=evaluation(classes=(class_result("bolt"),)))
    assert [f.outcome for f in missing] == ["clear", "found"]


def test_unknown_without_model_or_evaluation() -> None:
    assert [f.unknown for f in ask(CODE, model=None)] == ["missing"]
    assert [f.unknown for f in ask(CODE, evaluation=None)] == ["missing"]
