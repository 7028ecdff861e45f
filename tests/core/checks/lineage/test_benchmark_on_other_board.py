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


def test_unknown_without_benchmark_or_target() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"
    assert ask_one(CODE, profile=None).unknown == "missing"
