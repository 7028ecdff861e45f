"""runs-elsewhere-too: an accelerator that leaves costly operators to the processor is told of; a processor is not."""

import pytest

from asking import ask_one
from readiness.evidence.benchmark import Placement
from readiness.finding import Finding
from specimens import benchmark

CODE = "runs-elsewhere-too"
TENSORRT = "TensorrtExecutionProvider"


def asked(on_provider: int, share: float | None, provider: str = TENSORRT) -> Finding:
    placement = Placement(
        provider=provider, operators=100, on_provider=on_provider, partitions=3, elsewhere_share=share
    )
    return ask_one(CODE, benchmark=benchmark(provider=provider, placement=placement))


def test_clear_where_all_or_nearly_all_runs_there() -> None:
    assert asked(100, 0.0).because == f"{TENSORRT} runs 100 of 100 operators in 3 partitions"
    assert asked(100, None).outcome == "clear"
    assert asked(60, 0.1).outcome == "clear"


def test_found_by_the_time_not_by_the_count() -> None:
    finding = asked(98, 0.11)
    assert finding.outcome == "found"
    assert finding.because == (
        f"{TENSORRT} runs 98 of 100 operators in 3 partitions; the others take 11% of the time, 10% accepted"
    )


@pytest.mark.parametrize("share", [None, 0.05, 0.9])
def test_found_where_nothing_runs_there(share: float | None) -> None:
    assert asked(0, share).because == f"{TENSORRT} runs 0 of 100 operators"
    assert asked(0, share).outcome == "found"


@pytest.mark.parametrize("provider", ["XNNPACK", "builtin", "CPUExecutionProvider"])
def test_clear_of_doubt_on_the_processor(provider: str) -> None:
    assert asked(61, None, provider).outcome == "inapplicable"
    assert ask_one(CODE, benchmark=benchmark(provider=provider)).outcome == "inapplicable"
    assert ask_one(CODE, benchmark=benchmark(runtime="http", provider="Triton")).outcome == "inapplicable"


def test_unknown_where_nothing_was_told_or_timed() -> None:
    assert ask_one(CODE, benchmark=benchmark(provider=TENSORRT)).unknown == "missing"
    assert asked(60, None).unknown == "missing"
    assert ask_one(CODE, benchmark=None).unknown == "missing"
