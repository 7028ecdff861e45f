"""answers-missing-on-frames: a model that never answers was not shown what it is for."""

from asking import ask_one
from readiness.evidence.benchmark import Confidence
from readiness.finding import Finding
from specimens import benchmark, rate

CODE = "answers-missing-on-frames"


def empty(count: int, frames: int = 64) -> Finding:
    said = Confidence(
        histogram=(0,) * 10,
        classes=(),
        frames=frames,
        empty_frames=count,
        empty=rate(count, frames) if frames else None,
    )
    return ask_one(CODE, benchmark=benchmark(confidence=said))


def test_clear_with_answers_on_every_fourth_frame() -> None:
    assert empty(48).outcome == "clear"


def test_found_where_every_frame_is_empty_however_few_they_are() -> None:
    finding = empty(64)
    assert finding.outcome == "found"
    assert finding.because == "64 of 64 frames without an answer at the card's confidence"
    assert empty(2, 2).outcome == "found"


def test_found_where_the_bound_says_that_hardly_any_is_answered() -> None:
    finding = empty(63)
    assert finding.outcome == "found"
    assert finding.because.endswith("93% to 100%, 90% allowed")


def test_unknown_where_the_limit_lies_between_the_bounds() -> None:
    assert empty(56).unknown == "undecided"


def test_unknown_without_answers_or_benchmark() -> None:
    assert empty(0, 0).unknown == "missing"
    assert ask_one(CODE, benchmark=benchmark(confidence=None)).unknown == "missing"
    assert ask_one(CODE, benchmark=None).unknown == "missing"
