"""benchmark-on-other-board: only the boards that the target names count."""

import specimens
from asking import ask_one
from specimens import benchmark, device

CODE = "benchmark-on-other-board"


def test_clear_on_any_board_of_the_target() -> None:
    assert ask_one(CODE).outcome == "clear"
    assert ask_one(CODE, profile=specimens.profile(boards=("jetson-nano", "x86-64"))).outcome == "clear"


def test_found_on_another_board() -> None:
    finding = ask_one(CODE, benchmark=benchmark(device=device(board="raspberry-pi-4")))
    assert finding.outcome == "found"
    assert finding.because == "measured on raspberry-pi-4, the target counts only x86-64"


def test_an_endpoint_counts_from_wherever_it_was_called_but_never_for_a_board() -> None:
    called = benchmark(runtime="http")
    for kind in ("cloud", "api"):
        finding = ask_one(CODE, profile=specimens.profile(kind=kind, boards=("elsewhere",)), benchmark=called)
        assert (finding.outcome, finding.because) == ("clear", "the endpoint itself was called, from x86-64")
        assert ask_one(CODE, profile=specimens.profile(kind=kind, boards=("elsewhere",))).outcome == "found"
    assert ask_one(CODE, profile=specimens.profile(boards=("elsewhere",)), benchmark=called).outcome == "found"


def test_unknown_without_benchmark_or_target() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"
    assert ask_one(CODE, profile=None).unknown == "missing"
