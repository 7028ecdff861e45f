"""benchmark-not-valid: a disturbed measurement supports nothing."""

from asking import ask, ask_one
from specimens import benchmark

CODE = "benchmark-not-valid"


def test_clear_when_valid() -> None:
    assert ask_one(CODE, benchmark=benchmark()).outcome == "clear"


def test_found_names_the_disturbance() -> None:
    disturbed = benchmark(validity="contended", validity_because=("waited 7 %", "2 of 5 never steady"))
    finding = ask_one(CODE, benchmark=disturbed)
    assert finding.outcome == "found"
    assert finding.because == "the benchmark is contended: waited 7 %; 2 of 5 never steady"


def test_found_without_a_reason() -> None:
    assert ask_one(CODE, benchmark=benchmark(validity="throttled")).because.endswith("throttled: no reason given")


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"
