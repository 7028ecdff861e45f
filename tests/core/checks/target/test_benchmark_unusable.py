"""benchmark-unusable: what ran on another provider, input or power mode says nothing of the deployment."""

import pytest

from asking import ask_one
from specimens import benchmark

CODE = "benchmark-unusable"


@pytest.mark.parametrize("validity", ["valid", "contended", "unsteady"])
def test_clear_where_it_ran_as_deployed(validity: str) -> None:
    assert ask_one(CODE, benchmark=benchmark(validity=validity)).outcome == "clear"


@pytest.mark.parametrize("validity", ["fallback", "input-mismatch", "power-mode-mismatch"])
def test_found_where_it_ran_otherwise(validity: str) -> None:
    finding = ask_one(CODE, benchmark=benchmark(validity=validity, validity_because=("cuda was not there",)))
    assert finding.outcome == "found"
    assert finding.because == f"the benchmark is {validity}: cuda was not there"


def test_unknown_without_a_benchmark() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"
