"""frames-ended-early: a source that gave fewer frames than it was asked for."""

from asking import ask_one
from readiness.evidence.benchmark import Source
from specimens import benchmark

CODE = "frames-ended-early"


def test_clear_where_all_frames_came() -> None:
    for kind in ("folder", "camera"):
        finding = ask_one(CODE, benchmark=benchmark(source=Source(kind=kind)))
        assert finding.outcome == "clear"


def test_found_says_why_the_source_ended() -> None:
    source = Source(kind="camera", arrived=90, ended="the camera gives no more frames; was it unplugged?")
    finding = ask_one(CODE, benchmark=benchmark(source=source))
    assert finding.outcome == "found"
    assert finding.because == "camera: the camera gives no more frames; was it unplugged?"


def test_unknown_where_nothing_says_where_the_frames_are_from() -> None:
    assert ask_one(CODE, benchmark=benchmark(source=None)).unknown == "missing"
    assert ask_one(CODE, benchmark=None).unknown == "missing"
