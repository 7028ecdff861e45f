"""model-file-too-large: the file against what the target accepts."""

from asking import ask, ask_one
from readiness.profile import Budget
from specimens import model, profile

CODE = "model-file-too-large"


def test_clear_at_exactly_the_limit() -> None:
    assert ask_one(CODE, model=model(size_mib=16.0)).outcome == "clear"


def test_found_above_it() -> None:
    finding = ask_one(CODE, model=model(size_mib=16.25))
    assert finding.outcome == "found"
    assert finding.because == "the file has 16.25 MiB, the target accepts 16 MiB"


def test_unknown_without_model_or_size() -> None:
    assert ask(CODE, model=None)[0].unknown == "missing"
    assert ask_one(CODE, model=model(size_mib=None)).unknown == "missing"


def test_an_endpoint_has_no_file() -> None:
    assert ask_one(CODE, model=model(format="http", size_mib=None)).outcome == "inapplicable"


def test_a_target_without_a_limit_does_not_ask() -> None:
    free = profile(budget=Budget(p95_ms=33.0, memory_mib=256.0))
    assert ask_one(CODE, profile=free).outcome == "inapplicable"
