"""predictions-unproven: a run record ties the predictions to the model and the dataset version."""

from asking import ask_one
from specimens import evaluation

CODE = "predictions-unproven"


def test_clear_with_a_run_record() -> None:
    assert ask_one(CODE).outcome == "clear"


def test_found_is_never_said_only_that_proof_is_missing() -> None:
    finding = ask_one(CODE, evaluation=evaluation(run_recorded=False))
    assert (finding.outcome, finding.unknown, finding.severity.value) == ("unknown", "missing", "block")


def test_unknown_without_a_run_record_or_an_evaluation() -> None:
    finding = ask_one(CODE, evaluation=evaluation(run_recorded=False))
    assert finding.because == "no run record ties the predictions to a model and version"
    assert ask_one(CODE, evaluation=None).unknown == "missing"
