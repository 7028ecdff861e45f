"""Every real model with every runtime ends, in a worker, as a model that answers or as one clear line."""

import json
from pathlib import Path

import pytest

from readiness_agent.inference import cards
from readiness_agent.runtimes import Unrunnable, open_model
from readiness_agent.worker.calling import JobRefused, run_job
from readiness_agent.worker.jobs import Describe, Described, Load

CARDS = Path(__file__).resolve().parents[1] / "cards"
REFUSED = {
    "tflite/person_detect.tflite": "quantized_dimension must be in range",
    "tflite/invalid/model_invoking_error.tflite": "custom operator 'fake-op-double'",
}
# The rows of each head, where the file itself shows them.
HEADS = {
    "derived/mobilenet_v1_0.25_224_float.onnx": 1001,
    "derived/mobilenet_v1_0.25_224_int8_qdq.onnx": 1001,
    "onnx/FastestDet.onnx": 80,
    "onnx/mnist.onnx": 10,
    "onnx/ultraface_rfb_320.onnx": 1,
    "onnx/yolox_nano.onnx": 80,
    "tflite/coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite": None,
    "tflite/deeplabv3_257_float.tflite": 21,
    "tflite/deeplabv3_mnv2_dm05_pascal_quant.tflite": None,
    "tflite/mobilenet_v1_0.25_224_float.tflite": 1001,
    "tflite/mobilenet_v1_0.25_224_quant.tflite": 1001,
    "tflite/mobilenet_v1_0.5_160_quant.tflite": 1001,
    "tflite/yolox_nano_dynamic_range_quantize.tflite": 80,
    "tflite/yolox_nano_float16_quantize.tflite": 80,
    "tflite/yolox_nano_int8_quantize.tflite": 80,
}
NAMES = sorted([*HEADS, *REFUSED])


def described(path: Path) -> Described:
    card = CARDS / f"{path.stem}.card.toml"
    load = Load(path=str(path), card=cards.read(card) if card.is_file() else None)
    return run_job(Describe(load=load), Described, str(path), 60)


def one_line(path: Path, line: str) -> str:
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    assert "; " in line  # what to do
    return line


def test_these_are_all_the_models(shared_data: Path) -> None:
    listed = json.loads((shared_data / "models" / "models.json").read_text())
    assert sorted(one["file"] for one in listed) == NAMES


@pytest.mark.parametrize("name", sorted(HEADS))
def test_a_model_answers_and_says_who_ran_it(shared_data: Path, name: str) -> None:
    told = described(shared_data / "models" / name)
    kind = "onnx" if name.endswith(".onnx") else "tflite"
    assert (told.model.format, told.model.head_classes, told.fell_back) == (kind, HEADS[name], "")
    assert told.runtime_version
    placement = told.placement
    assert placement is not None
    assert told.provider == placement.provider
    assert 0 < placement.on_provider <= placement.operators
    assert 1 <= placement.partitions <= placement.on_provider
    if kind == "onnx":
        assert placement.on_provider == placement.operators


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_model_that_cannot_run_is_one_line(shared_data: Path, name: str) -> None:
    path = shared_data / "models" / name
    with pytest.raises(JobRefused) as refusal:
        described(path)
    assert REFUSED[name] in one_line(path, str(refusal.value))


@pytest.mark.parametrize("name", NAMES)
def test_the_wrong_runtime_is_one_line(shared_data: Path, name: str) -> None:
    path = shared_data / "models" / name
    kind, wrong = ("ONNX", "onnx") if name.endswith(".tflite") else ("TFLite", "tflite")
    with pytest.raises(Unrunnable) as refusal:
        open_model(path, runtime=wrong)
    assert f"no {kind} model" in one_line(path, str(refusal.value))
