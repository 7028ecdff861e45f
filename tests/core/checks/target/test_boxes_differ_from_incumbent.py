"""boxes-differ-from-incumbent: a conversion that spoils coordinates is told from one that spoils classes."""

from asking import ask_one
from readiness.evidence.benchmark import Agreement
from readiness.evidence.bounded import Rate
from readiness.finding import Finding
from specimens import MODEL, benchmark, rate

CODE = "boxes-differ-from-incumbent"


def agreed(classes: Rate, places: Rate | None, **said: float | None) -> Finding:
    agreement = Agreement(
        incumbent=MODEL, incumbent_name="float", frames=50, classes=classes, places=places, both=places, **said
    )
    return ask_one(CODE, benchmark=benchmark(agreement=agreement))


def test_clear_where_the_places_agree() -> None:
    assert agreed(rate(50, 51), rate(49, 51)).outcome == "clear"


def test_found_with_the_classes_beside_it() -> None:
    finding = agreed(rate(51, 51), rate(0, 51), iou=0.17)
    assert finding.outcome == "found"
    assert finding.because == (
        "the model answers at 0 of 51 boxes of 'float', mean overlap 0.17; their classes agree, so what is off is the "
        "place: 0.00 to 0.06, the floor is 0.6"
    )
    assert finding.action is not None
    assert finding.action.kind == "fix"
    assert "if it is a conversion of the incumbent, it is broken" in finding.action.text
    assert "if it is another model, evaluate both" in finding.action.text


def test_found_says_nothing_of_classes_that_are_off_too() -> None:
    because = agreed(rate(10, 51), rate(0, 51)).because
    assert "classes agree" not in because
    assert "so does another model, or a broken conversion" in because


def test_unknown_where_bounds_hold_the_floor_or_the_incumbent_is_silent() -> None:
    assert agreed(rate(7, 10), rate(7, 10)).unknown == "undecided"
    assert agreed(rate(0, 0), rate(0, 0)).unknown == "undecided"


def test_clear_of_what_cannot_be_asked() -> None:
    assert agreed(rate(50, 51), None).outcome == "inapplicable"
    assert ask_one(CODE).outcome == "inapplicable"


def test_unknown_without_benchmark() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"
