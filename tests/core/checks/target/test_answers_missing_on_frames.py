"""answers-missing-on-frames: a model that never answers was not shown what it is for."""

from asking import ask_one
from readiness.evidence.benchmark import Confidence
from readiness.finding import Finding
from specimens import benchmark

CODE = "answers-missing-on-frames"


def empty(count: int) -> Finding:
    said = Confidence(histogram=(0,) * 10, classes=(), frames=64, empty_frames=count)
    return ask_one(CODE, benchmark=benchmark(confidence=said))


def test_clear_with_a_single_answer() -> None:
    assert empty(63).outcome == "clear"


def test_found_where_every_frame_is_empty() -> None:
    finding = empty(64)
    assert finding.outcome == "found"
    assert finding.because == "64 of 64 frames without an answer at the card's confidence"


def test_unknown_without_answers_or_benchmark() -> None:
    assert ask_one(CODE, benchmark=benchmark(confidence=None)).unknown == "missing"
    assert ask_one(CODE, benchmark=None).unknown == "missing"
