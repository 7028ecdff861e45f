"""benchmark-quick-only: screening is no evidence for the tail."""

import pytest

from asking import ask, ask_one
from specimens import benchmark

CODE = "benchmark-quick-only"


@pytest.mark.parametrize("protocol", ["standard", "full"])
def test_clear_for_the_longer_protocols(protocol: str) -> None:
    assert ask_one(CODE, benchmark=benchmark(protocol=protocol)).outcome == "clear"


def test_found_for_a_quick_one() -> None:
    finding = ask_one(CODE, benchmark=benchmark(protocol="quick", processes=3, runs=300))
    assert finding.outcome == "found"
    assert finding.because == "quick protocol: 3 processes, 300 runs in all"


def test_unknown_when_the_benchmark_is_old() -> None:
    assert ask(CODE, benchmark=benchmark(observed_at="2025-01-01T00:00:00Z"))[0].unknown == "stale"
