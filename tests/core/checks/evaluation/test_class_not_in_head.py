"""class-not-in-head: the card lists every class that has objects, under its own name or the card's."""

import msgspec

from asking import ask
from specimens import card, class_result, evaluation, model

CODE = "class-not-in-head"


def test_clear_by_name_and_by_the_cards_name() -> None:
    assert {one.outcome for one in ask(CODE)} == {"clear"}
    screw = evaluation(classes=(class_result("screw", card_name="bolt"), class_result("nut")))
    assert {one.outcome for one in ask(CODE, evaluation=screw)} == {"clear"}
    empty = evaluation(classes=(class_result("cog", objects=0),))
    assert [one.outcome for one in ask(CODE, evaluation=empty)] == ["inapplicable"]


def test_found_for_the_class_that_the_model_lacks() -> None:
    small = model(card=msgspec.structs.replace(card(), classes=("bolt",)))
    found = [one for one in ask(CODE, model=small) if one.outcome == "found"]
    assert [one.subject.name for one in found if one.subject] == ["nut"]
    assert "none of the 1 classes" in found[0].because


def test_unknown_without_a_model() -> None:
    (finding,) = ask(CODE, model=None)
    assert finding.unknown == "missing"
