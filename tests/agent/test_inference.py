"""Models and cards that do not fit each other, or this device, are refused in one line that says what to do."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import tiny_onnx
from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.answers import Scores
from readiness_agent.inference.session import open_inference
from readiness_agent.runtimes import Unrunnable

CARD = Card(
    task="classification",
    classes=("red", "green", "blue"),
    input=CardInput(size=(8, 8), scale=1 / 255),
    output=CardOutput(decoder="softmax"),
    confidence=0.5,
)


def refused(path: Path, card: Card | None = CARD, **how: Any) -> str:
    with pytest.raises(Unrunnable) as error:
        open_inference(path, card, **how)
    line = str(error.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    return line


def bent(**changes: Any) -> Card:
    return msgspec.structs.replace(CARD, **changes)


def test_a_model_answers_and_says_what_it_is(tmp_path: Path) -> None:
    inference, model = open_inference(tiny_onnx.averager(tmp_path / "mean.onnx"), CARD)
    frame = np.zeros((20, 30, 3), dtype=np.uint8)
    frame[..., 1] = 255
    answer = inference.answer(frame, 0.0)
    assert isinstance(answer, Scores)
    assert np.allclose(answer.values, [0, 1, 0])
    assert (model.name, model.format, model.head_classes) == ("mean", "onnx", 3)


def test_dynamic_dimensions_take_the_cards_size(tmp_path: Path) -> None:
    path = tiny_onnx.averager(tmp_path / "mean.onnx", ("batch", 3, "height", "width"))
    inference, _ = open_inference(path, CARD)
    assert isinstance(inference.answer(np.zeros((20, 30, 3), dtype=np.uint8), 0.0), Scores)


@pytest.mark.parametrize(("name", "data"), [("a.onnx", b"no model"), ("a.tflite", b"no model"), ("a.onnx", b"")])
def test_what_is_no_model(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert "again" in refused(tmp_path / name)


def test_an_unknown_suffix_and_a_missing_file(tmp_path: Path) -> None:
    assert "no .onnx or .tflite file; name one" in refused(tmp_path / "a.pt")
    assert "no such model file" in refused(tmp_path / "a.onnx")


def test_truncated_models(tmp_path: Path, shared_data: Path) -> None:
    for name in ("onnx/yolox_nano.onnx", "tflite/yolox_nano_float16_quantize.tflite"):
        cut = tmp_path / Path(name).name
        cut.write_bytes((shared_data / "models" / name).read_bytes()[:200_000])
        assert "truncated" in refused(cut)


def test_operators_that_are_not_there(tmp_path: Path, shared_data: Path) -> None:
    assert "Quuxify" in refused(tiny_onnx.alien(tmp_path / "alien.onnx"))
    tflite = shared_data / "models" / "tflite"
    assert "custom operator 'fake-op-double'" in refused(tflite / "invalid" / "model_invoking_error.tflite")
    assert "quantized_dimension must be in range" in refused(tflite / "person_detect.tflite")


def test_two_inputs(tmp_path: Path) -> None:
    assert "it has 2 inputs (left, right)" in refused(tiny_onnx.adder(tmp_path / "two.onnx"))


def test_an_input_that_is_no_image(tmp_path: Path) -> None:
    path = tiny_onnx.averager(tmp_path / "long.onnx", (1, 3, 8))
    assert "no batch of images" in refused(path)


def test_a_size_or_layout_that_the_model_cannot_take(tmp_path: Path) -> None:
    path = tiny_onnx.averager(tmp_path / "mean.onnx")
    line = refused(path, bent(input=CardInput(size=(16, 8))))
    assert "its input is [1, 3, 8, 8], its card asks for [1, 3, 8, 16]" in line
    assert "correct [input]" in refused(path, bent(input=CardInput(size=(8, 8), layout="nhwc")))
    assert "correct [input]" in refused(path, bent(input=CardInput(size=(8, 8), colour="grey")))


def test_outputs_that_the_decoder_does_not_read(tmp_path: Path) -> None:
    path = tiny_onnx.averager(tmp_path / "mean.onnx")
    for decoder in ("yolo", "yolox", "fastestdet", "ssd", "ultraface", "argmax"):
        assert f"decoder '{decoder}' reads" in refused(path, bent(output=CardOutput(decoder=decoder)))
    assert "no decoder 'nms'" in refused(path, bent(output=CardOutput(decoder="nms")))
    assert "does classification" in refused(path, bent(task="detection"))


def test_a_card_with_another_class_count_runs_and_the_head_is_said(tmp_path: Path) -> None:
    path = tiny_onnx.averager(tmp_path / "mean.onnx")
    _, model = open_inference(path, bent(classes=("red", "green")))
    assert (len(model.card.classes), model.head_classes) == (2, 3)


def test_without_a_card_the_files_metadata_must_say_everything(tmp_path: Path) -> None:
    said = {"task": "classify", "names": "{0: 'red', 1: 'green', 2: 'blue'}", "imgsz": "[8, 8]"}
    _, model = open_inference(tiny_onnx.averager(tmp_path / "said.onnx", metadata=said), None)
    assert model.card.classes == ("red", "green", "blue")
    assert model.card.input.size == (8, 8)
    for key in said:
        part = {name: value for name, value in said.items() if name != key}
        line = refused(tiny_onnx.averager(tmp_path / "part.onnx", metadata=part), None)
        assert f"does not say '{key}'" in line
        assert "part.card.toml" in line
    assert "'obb'" in refused(tiny_onnx.averager(tmp_path / "obb.onnx", metadata=said | {"task": "obb"}), None)
    assert "cannot be read" in refused(
        tiny_onnx.averager(tmp_path / "odd.onnx", metadata=said | {"names": "red"}), None
    )


def test_an_absent_provider(tmp_path: Path) -> None:
    path = tiny_onnx.averager(tmp_path / "mean.onnx")
    assert "no provider 'tensorrt'" in refused(path, provider="tensorrt")
    assert "azure" not in refused(path, provider="azure").split("it has")[1]
    inference, _ = open_inference(path, CARD, provider="cpu")
    assert inference.runtime.provider == "CPUExecutionProvider"
