"""benchmark-of-other-model: the benchmark names this very file."""

from asking import ask_one
from specimens import MODEL, OTHER, benchmark

CODE = "benchmark-of-other-model"


def test_clear_for_the_same_digest() -> None:
    assert ask_one(CODE).outcome == "clear"


def test_found_for_another_digest() -> None:
    finding = ask_one(CODE, benchmark=benchmark(model=OTHER))
    assert finding.outcome == "found"
    assert finding.because == f"the benchmark is of {OTHER}, asked is {MODEL}"
    assert finding.action is not None
    assert finding.action.kind == "benchmark"


def test_unknown_without_benchmark() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"


def test_unknown_when_the_benchmark_is_stale() -> None:
    assert ask_one(CODE, benchmark=benchmark(observed_at="2026-10-01T00:00:00Z")).unknown == "stale"
