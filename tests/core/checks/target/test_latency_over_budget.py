"""latency-over-budget: judged by the bounds of the end-to-end p95, never by its point."""

import msgspec

from asking import ask, ask_one
from readiness.evidence.benchmark import Benchmark, Latency, Paced, Sustained
from readiness.evidence.bounded import Quantile
from specimens import benchmark, latency, profile, quantile, rate

CODE = "latency-over-budget"
NONE = Quantile(value=None, lower=None, upper=None, n_effective=20.0)


def p95(lower: float | None, value: float | None, upper: float | None) -> Benchmark:
    """The budget is 33 ms."""
    bounds = Quantile(value=value, lower=lower, upper=upper, n_effective=100.0)
    return benchmark(end_to_end_ms=msgspec.structs.replace(latency(20.0), p95=bounds))


def test_clear_when_the_upper_bound_meets_the_budget() -> None:
    finding = ask_one(CODE, benchmark=p95(30.0, 31.0, 33.0))
    assert finding.outcome == "clear"
    assert finding.interval == (30.0, 33.0)


def test_found_when_the_lower_bound_is_over_it() -> None:
    finding = ask_one(CODE, benchmark=p95(33.1, 35.0, 40.0))
    assert finding.outcome == "found"
    assert finding.because == "p95 is at least 33.1 ms, the budget is 33 ms"
    assert finding.action is not None
    assert "x86-workstation" in finding.action.text


def test_found_offers_no_other_target_where_there_is_none() -> None:
    finding = ask_one(CODE, benchmark=p95(50.0, 51.0, 52.0), profile=profile(alternatives=()))
    assert finding.action is not None
    assert finding.action.text == "choose a smaller or int8 model for x86-gateway"


def test_unknown_when_the_bounds_hold_the_budget() -> None:
    assert ask_one(CODE, benchmark=p95(33.0, 33.0, 33.1)).unknown == "undecided"
    assert ask_one(CODE, benchmark=p95(20.0, 30.0, 34.0)).because.startswith("p95 lies between 20.0 and 34.0 ms")


def test_found_where_only_the_frames_that_are_due_wait_too_long() -> None:
    slow = Paced(fps=30.0, latency_ms=latency(50.0), missed=rate(900, 3000), dropped=400)
    finding = ask_one(CODE, benchmark=benchmark(paced=slow))
    assert finding.outcome == "found"
    assert finding.because == "p95 at 30 frames a second is at least 47.5 ms, the budget is 33 ms"


def test_found_where_the_end_of_a_long_run_is_too_slow() -> None:
    run = Sustained(seconds=600.0, fps=None, buckets=(), p95_last_ms=quantile(50.0))
    assert ask_one(CODE, benchmark=benchmark(sustained=run)).because.startswith("p95 at the end of 600 s is at least")


def test_unknown_where_one_way_is_undecided_though_the_others_are_clear() -> None:
    thin = Latency(p50=quantile(8.0), p90=NONE, p95=NONE, p99=NONE, max=9.0)
    few = ask_one(CODE, benchmark=benchmark(paced=Paced(fps=30.0, latency_ms=thin, missed=rate(0, 30), dropped=0)))
    assert few.because == "too few effective runs to bound p95 at 30 frames a second against the budget of 33 ms"


def test_unknown_with_too_few_runs() -> None:
    finding = ask_one(CODE, benchmark=p95(None, None, None))
    assert finding.unknown == "undecided"
    assert finding.because.startswith("too few effective runs")


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"
