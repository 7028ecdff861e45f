"""memory-over-budget: the worst worker's peak against what the target grants."""

from asking import ask, ask_one
from readiness.evidence.benchmark import Memory
from specimens import benchmark

CODE = "memory-over-budget"


def test_clear_at_exactly_the_budget() -> None:
    assert ask_one(CODE, benchmark=benchmark(memory_mib=Memory(peak_rss=256.0))).outcome == "clear"


def test_found_above_it() -> None:
    finding = ask_one(CODE, benchmark=benchmark(memory_mib=Memory(peak_rss=300.4)))
    assert finding.outcome == "found"
    assert finding.because == "peak resident memory 300 MiB, budget 256 MiB"


def test_unknown_when_it_was_not_measured() -> None:
    assert ask_one(CODE, benchmark=benchmark(memory_mib=Memory(pss=10.0))).unknown == "missing"


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"
