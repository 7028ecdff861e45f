"""memory-over-budget: the worst worker's peak against what the target grants."""

from asking import ask, ask_one
from readiness.evidence.benchmark import Memory
from readiness.finding import Finding
from readiness.profile import Budget
from specimens import benchmark, profile

CODE = "memory-over-budget"


def peaked(peak: float | None, upper: float | None) -> Finding:
    return ask_one(CODE, benchmark=benchmark(memory_mib=Memory(peak_rss=peak, peak_rss_upper=upper)))


def test_clear_where_the_bound_is_exactly_the_budget() -> None:
    assert peaked(250.0, 256.0).outcome == "clear"


def test_found_where_a_process_was_seen_above_it() -> None:
    finding = peaked(300.4, 320.0)
    assert finding.outcome == "found"
    assert finding.because == "resident memory peaked at 300 MiB, budget 256 MiB"


def test_unknown_where_the_bound_passes_the_budget_or_is_not_there() -> None:
    assert peaked(250.0, 256.1).unknown == "undecided"
    assert peaked(250.0, None).unknown == "undecided"
    assert peaked(-1.0, 10.0).unknown == "missing"


def test_unknown_when_it_was_not_measured() -> None:
    assert ask_one(CODE, benchmark=benchmark(memory_mib=Memory(pss=10.0))).unknown == "missing"


def test_unknown_of_an_endpoint_where_the_target_limits_memory() -> None:
    called = ask_one(CODE, benchmark=benchmark(runtime="http", memory_mib=Memory()))
    assert (called.unknown, called.because) == (
        "missing",
        "the peak memory was not measured, which cannot be seen of an endpoint",
    )


def test_a_target_without_a_limit_does_not_ask() -> None:
    free = profile(kind="api", budget=Budget(p95_ms=33.0))
    assert ask_one(CODE, profile=free, benchmark=benchmark(memory_mib=Memory())).outcome == "inapplicable"


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"
