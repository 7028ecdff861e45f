"""The three answers of a comparison."""

from readiness.comparison import answer, together


def test_a_difference_counts_only_at_its_level() -> None:
    assert answer(-0.1, 0.04, 0.05) == "worse"
    assert answer(0.1, 0.05, 0.05) == "better"
    assert answer(0.1, 0.051, 0.05) == "cannot tell"
    assert answer(0.0, 0.0, 0.05) == "cannot tell"


def test_what_got_worse_goes_before_what_got_better() -> None:
    assert together(("better", "worse", "cannot tell")) == "worse"
    assert together(("cannot tell", "better")) == "better"
    assert together(("cannot tell",)) == together(()) == "cannot tell"
