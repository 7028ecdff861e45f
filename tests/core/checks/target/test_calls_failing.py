"""calls-failing: an endpoint's failed calls, by their bound, against the policy's error rate."""

from hypothesis import given
from hypothesis import strategies as st

from asking import ask_one
from readiness.evidence.benchmark import Calls
from readiness.finding import Finding
from specimens import benchmark, rate

CODE = "calls-failing"


def called(failed: int, n: int, **more: object) -> Finding:
    return ask_one(CODE, benchmark=benchmark(runtime="http", calls=Calls(failed=rate(failed, n), **more)))


def test_clear_from_the_first_count_whose_bound_suffices() -> None:
    # 0.98 ** 149 = 0.0493 is the first power under 5 %.
    assert called(0, 149).outcome == "clear"
    assert called(0, 148).outcome == "unknown"


def test_found_over_the_budget_with_the_kinds() -> None:
    finding = called(100, 1500, kinds={"timeout": 20, "http 503": 80})
    assert finding.outcome == "found"
    assert finding.because == ("100 of 1500 calls failed (80 http 503, 20 timeout), at most 7.8%, 2.0% allowed")


@given(st.integers(1, 400), st.integers(0, 400))
def test_more_failures_than_allowed_never_pass_and_fewer_are_never_found(n: int, failed: int) -> None:
    finding = called(min(failed, n), n)
    over = min(failed, n) > 0.02 * n
    assert (finding.outcome == "found") is over
    assert finding.outcome != "clear" or finding.interval[1] <= 0.02  # type: ignore[index, operator] - it has one


def test_unknown_where_few_calls_prove_nothing_or_none_was_counted() -> None:
    undecided = called(1, 50)
    assert undecided.unknown == "undecided"
    assert undecided.action is not None
    assert undecided.action.text == "call the endpoint more often: readiness-agent bench --full"
    quick = benchmark(runtime="http", protocol="quick", calls=Calls(failed=rate(1, 50)))
    action = ask_one(CODE, benchmark=quick).action
    assert action is not None
    assert action.text == "call the endpoint more often: readiness-agent bench without --quick"
    assert called(0, 0).unknown == "missing"
    assert ask_one(CODE, benchmark=benchmark(runtime="http")).unknown == "missing"
    assert ask_one(CODE, benchmark=None).unknown == "missing"


def test_a_model_that_ran_here_is_not_asked() -> None:
    assert ask_one(CODE).outcome == "inapplicable"
