"""error-rate-over-budget: failed inferences of an endpoint, by their bound."""

from asking import ask_one
from readiness.finding import Finding
from specimens import production

CODE = "error-rate-over-budget"


def ask(errors: int, inferences: int) -> Finding:
    return ask_one(CODE, endpoint="line-3", production=production(errors=errors, inferences=inferences))


def test_clear_from_the_first_count_whose_bound_suffices() -> None:
    # 0.98 ** 149 = 0.0493 is the first power under 5 %.
    assert ask(0, 149).outcome == "clear"
    assert ask(0, 148).outcome == "unknown"


def test_found_over_the_budget() -> None:
    finding = ask(30, 1000)
    assert finding.outcome == "found"
    assert finding.because == "30 of 1000 inferences failed, 2.0% allowed"


def test_unknown_where_a_few_inferences_prove_nothing() -> None:
    assert ask(1, 10).unknown == "undecided"


def test_unknown_says_how_many_would_settle_it() -> None:
    finding = ask(0, 100)
    assert finding.unknown == "undecided"
    assert finding.because.endswith("; 49 more inferences would settle it")


def test_unknown_without_an_inference_and_without_windows() -> None:
    assert ask(0, 0).unknown == "missing"
    assert ask_one(CODE, endpoint="line-3").unknown == "missing"
