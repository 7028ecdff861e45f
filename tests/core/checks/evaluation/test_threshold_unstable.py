"""threshold-unstable: a wide band, or figures that hold only on the images that chose the threshold."""

from asking import ask_one
from readiness.evidence.threshold import Aim
from specimens import evaluation, recommendation, thresholds

CODE = "threshold-unstable"


def test_clear_when_the_band_is_narrow() -> None:
    finding = ask_one(CODE)
    assert (finding.outcome, finding.because) == ("clear", "the best lies between 0.35 and 0.5")


def test_clear_where_it_looks_better_on_other_images() -> None:
    assert (
        ask_one(CODE, evaluation=evaluation(thresholds=thresholds(overall=recommendation(optimism=-0.3)))).outcome
        == "clear"
    )


def test_found_when_the_band_is_wide() -> None:
    finding = ask_one(CODE, evaluation=evaluation(thresholds=thresholds(overall=recommendation(low=0.1, high=0.6))))
    assert finding.outcome == "found"
    assert finding.because == "the best lies somewhere between 0.1 and 0.6"


def test_found_when_the_gain_is_gone_on_other_images() -> None:
    fitted = recommendation(f1=0.5, optimism=0.11)
    finding = ask_one(CODE, evaluation=evaluation(thresholds=thresholds(overall=fitted)))
    assert finding.outcome == "found"
    assert finding.because == "f1 is 22 % better on the images that chose it than on others"


def test_found_when_there_are_too_few_objects_for_a_band() -> None:
    few = recommendation(objects=40, low=None, high=None)
    finding = ask_one(CODE, evaluation=evaluation(thresholds=thresholds(overall=few)))
    assert finding.outcome == "found"
    assert finding.because == "40 objects are too few to tell between which thresholds the best lies"


def test_a_promise_has_no_optimism() -> None:
    promised = thresholds(Aim(kind="recall", target=0.9), overall=recommendation(optimism=None))
    assert ask_one(CODE, evaluation=evaluation(thresholds=promised)).outcome == "clear"


def test_unknown_without_a_threshold() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
    assert ask_one(CODE, evaluation=evaluation(thresholds=None)).unknown == "missing"
    nothing = recommendation(value=None, low=None, high=None, because="no answer is right")
    finding = ask_one(CODE, evaluation=evaluation(thresholds=thresholds(overall=nothing)))
    assert (finding.unknown, finding.because) == ("undecided", "no answer is right")


def test_masks_have_no_threshold() -> None:
    assert ask_one(CODE, evaluation=evaluation(judged="pixel", thresholds=None)).outcome == "inapplicable"
