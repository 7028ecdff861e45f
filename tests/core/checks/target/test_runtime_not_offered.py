"""runtime-not-offered: the model's format against the target's runtimes."""

from asking import ask, ask_one
from specimens import model, profile

CODE = "runtime-not-offered"


def test_clear_when_the_target_runs_the_format() -> None:
    assert ask_one(CODE, model=model(format="tflite")).outcome == "clear"


def test_found_when_it_does_not() -> None:
    finding = ask_one(CODE, model=model(format="onnx"), profile=profile(runtimes=("tflite",)))
    assert finding.outcome == "found"
    assert finding.because == "the model is onnx, x86-gateway runs tflite"
    assert finding.action is not None
    assert finding.action.text == "export the model for tflite"


def test_unknown_without_profile() -> None:
    assert ask(CODE, profile=None)[0].unknown == "missing"
