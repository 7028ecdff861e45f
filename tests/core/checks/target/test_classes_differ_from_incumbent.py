"""classes-differ-from-incumbent: other classes on the same frames, whatever the places say."""

from asking import ask_one
from readiness.evidence.benchmark import Agreement
from readiness.evidence.bounded import Rate
from readiness.finding import Finding
from specimens import MODEL, benchmark, rate

CODE = "classes-differ-from-incumbent"


def agreed(classes: Rate, places: Rate | None = None, both: Rate | None = None) -> Finding:
    agreement = Agreement(incumbent=MODEL, incumbent_name="float", frames=50, classes=classes, places=places, both=both)
    return ask_one(CODE, benchmark=benchmark(agreement=agreement))


def test_clear_where_only_the_places_are_off() -> None:
    assert agreed(rate(51, 51), rate(0, 51), rate(0, 51)).outcome == "clear"
    assert agreed(rate(49, 51)).outcome == "clear"


def test_found_where_classes_do_not_come_back() -> None:
    finding = agreed(rate(56, 131))
    assert finding.outcome == "found"
    assert finding.because.startswith("56 of 131 boxes of 'float' come back with their class in the same frame: 0.3")


def test_found_where_two_classes_of_a_frame_are_swapped() -> None:
    finding = agreed(rate(51, 51), rate(50, 51), rate(2, 51))
    assert finding.outcome == "found"
    assert finding.because.startswith("2 of 51 boxes of 'float' come back with their class at their place")


def test_unknown_where_bounds_hold_the_floor_or_the_incumbent_is_silent() -> None:
    assert agreed(rate(7, 10)).unknown == "undecided"
    assert agreed(rate(0, 0)).unknown == "undecided"


def test_unknown_without_benchmark_and_inapplicable_without_incumbent() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"
    assert ask_one(CODE).outcome == "inapplicable"
