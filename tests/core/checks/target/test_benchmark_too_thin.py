"""benchmark-too-thin: fewer frames or runs than the target demands."""

from asking import ask
from specimens import benchmark, profile

CODE = "benchmark-too-thin"


def outcomes(**changes: object) -> dict[str, str]:
    findings = ask(CODE, benchmark=benchmark(**changes), profile=profile())
    return {finding.subject.name: finding.outcome for finding in findings if finding.subject}


def test_clear_at_exactly_what_is_demanded() -> None:
    assert outcomes(frames_count=32, runs=300) == {"distinct frames": "clear", "timed runs": "clear"}


def test_found_one_short_of_each() -> None:
    assert outcomes(frames_count=31, runs=300) == {"distinct frames": "found", "timed runs": "clear"}
    assert outcomes(frames_count=32, runs=299) == {"distinct frames": "clear", "timed runs": "found"}


def test_found_says_how_many_are_missing() -> None:
    frames = ask(CODE, benchmark=benchmark(frames_count=10), profile=profile())[0]
    assert frames.because == "10 distinct frames, 32 needed"
    assert frames.action is not None
    assert frames.action.quota == 22


def test_unknown_without_profile() -> None:
    assert ask(CODE, profile=None)[0].unknown == "missing"
