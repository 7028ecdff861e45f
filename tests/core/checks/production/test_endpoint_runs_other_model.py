"""endpoint-runs-other-model: the windows name the model that is asked about."""

from asking import ask_one
from specimens import MODEL, OTHER, production

CODE = "endpoint-runs-other-model"


def test_clear_for_the_same_digest() -> None:
    assert ask_one(CODE, endpoint="line-3", production=production()).outcome == "clear"


def test_found_for_another_digest() -> None:
    finding = ask_one(CODE, endpoint="line-3", production=production(model=OTHER))
    assert finding.outcome == "found"
    assert finding.because == f"the endpoint runs {OTHER}, asked is {MODEL}"


def test_unknown_without_windows() -> None:
    assert ask_one(CODE, endpoint="line-3").unknown == "missing"


def test_a_model_that_runs_nowhere_is_not_asked() -> None:
    assert ask_one(CODE).outcome == "inapplicable"
