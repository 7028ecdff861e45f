"""Decoders against references made by others' code on the same models and images, and against made-up outputs."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from readiness.evidence.model import Card, CardInput, CardOutput
from readiness.measures.decode import pixels
from readiness_agent.answers import Boxes, Mask, Scores
from readiness_agent.decoders import argmax, open_decoder, softmax, yolo
from readiness_agent.geometry import place
from readiness_agent.inference import cards
from readiness_agent.inference.session import Inference, open_inference

CARDS = Path(__file__).resolve().parents[1] / "cards"
DETECTORS = {
    "onnx/yolox_nano.onnx": "yolox_nano_onnx",
    "onnx/FastestDet.onnx": "fastestdet_onnx",
    "tflite/coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite": "ssd_mobilenet_v1_quant_tflite",
    "tflite/yolox_nano_float16_quantize.tflite": "yolox_nano_float16_tflite",
    "tflite/yolox_nano_int8_quantize.tflite": "yolox_nano_int8_tflite",
}
IMAGES = 6


def opened(data: Path, name: str) -> Inference:
    path = data / "models" / name
    return open_inference(path, cards.read(CARDS / f"{path.stem}.card.toml"))[0]


@pytest.mark.parametrize("name", DETECTORS)
def test_boxes_equal_the_reference(shared_data: Path, name: str) -> None:
    evaluation = shared_data / "eval" / "coco_mini_cc"
    truth = json.loads((evaluation / "gt.json").read_bytes())
    reference = json.loads((evaluation / f"pred_{DETECTORS[name]}.json").read_bytes())
    inference = opened(shared_data, name)
    for image in truth["images"][:IMAGES]:
        path = next((shared_data / "datasets/coco_mini_cc").glob(f"*2017/{image['file_name']}"))
        wanted = [one for one in reference if one["image_id"] == image["id"]]
        answer = inference.answer(pixels(path.read_bytes()), 0.01)
        assert isinstance(answer, Boxes)
        assert min(len(answer.scores), 100) == len(wanted)
        ours = np.c_[answer.xywh, answer.scores][: len(wanted)]
        theirs = np.array([[*one["bbox"], one["score"]] for one in wanted]).reshape(-1, 5)
        # Equal scores may swap: each of theirs needs its own of ours. Where an output has only 256 values, a tie
        # at the cut of 100 or in the suppression may fall either way.
        far = np.abs(ours[:, None] - theirs[None]) / np.array([0.02, 0.02, 0.02, 0.02, 2e-5])
        assert (far.max(axis=2) <= 1).any(axis=0).sum() >= len(wanted) - 2 * ("int8" in name)


def test_faces(shared_data: Path) -> None:
    inference = opened(shared_data, "onnx/ultraface_rfb_320.onnx")
    counts = {}
    for name in ("grace_hopper.jpg", "face.jpg"):
        answer = inference.answer(pixels((shared_data / "images" / name).read_bytes()), 0.7)
        assert isinstance(answer, Boxes)
        counts[name] = len(answer.scores)
    assert counts == {"grace_hopper.jpg": 1, "face.jpg": 4}


@pytest.mark.parametrize(
    ("name", "image", "starts", "score"),
    [
        ("tflite/mobilenet_v1_0.25_224_float.tflite", "burger.jpg", "cheeseburger", 0.988),
        ("derived/mobilenet_v1_0.25_224_float.onnx", "burger.jpg", "cheeseburger", 0.988),
        ("tflite/mobilenet_v1_0.25_224_quant.tflite", "burger.jpg", "cheeseburger", 0.977),
        ("tflite/mobilenet_v1_0.5_160_quant.tflite", "burger.jpg", "cheeseburger", 0.996),
        ("tflite/mobilenet_v1_0.25_224_float.tflite", "bird.bmp", "chickadee", 0.900),
        ("onnx/mnist.onnx", "mnist_nine.bmp", "9", None),
    ],
)
def test_classes(shared_data: Path, name: str, image: str, starts: str, score: float | None) -> None:
    inference = opened(shared_data, name)
    answer = inference.answer(pixels((shared_data / "images" / image).read_bytes()), 0.0)
    assert isinstance(answer, Scores)
    assert inference.card.classes[int(answer.values.argmax())].startswith(starts)
    assert score is None or answer.values.max() == pytest.approx(score, abs=0.005)


def test_mask_equals_the_golden_one(shared_data: Path) -> None:
    folder = shared_data / "datasets" / "segmentation_samples"
    inference = opened(shared_data, "tflite/deeplabv3_257_float.tflite")
    answer = inference.answer(pixels((folder / "segmentation_input_rotation0.jpg").read_bytes()), 0.0)
    assert isinstance(answer, Mask)
    with Image.open(next(folder.glob("*golden*rotation0*"))) as golden:
        wanted = np.asarray(golden.convert("L")) // 10
    assert (answer.rows == wanted).mean() > 0.999


@pytest.mark.parametrize(
    ("name", "least"),
    [("tflite/deeplabv3_257_float.tflite", 0.85), ("tflite/deeplabv3_mnv2_dm05_pascal_quant.tflite", 0.80)],
)
def test_mask_of_the_bird(shared_data: Path, name: str, least: float) -> None:
    folder = shared_data / "datasets" / "segmentation_samples"
    answer = opened(shared_data, name).answer(pixels((folder / "bird_segmentation.bmp").read_bytes()), 0.0)
    assert isinstance(answer, Mask)
    with Image.open(folder / "bird_segmentation_mask.bmp") as mask:
        truth = np.asarray(mask.convert("L")) == 3
    ours = answer.rows == 3
    assert (truth & ours).sum() / (truth | ours).sum() >= least


def parts(decoder: str, task: str = "detection", **said: object) -> Card:
    return Card(
        task=task,  # type: ignore[arg-type]
        classes=("bolt", "nut", "screw"),
        input=CardInput(size=(64, 48), resize="letterbox"),
        output=CardOutput(decoder=decoder, **said),  # type: ignore[arg-type]
        confidence=0.4,
    )


@given(
    box=st.tuples(*(st.floats(0.1, 0.6) for _ in range(2)), *(st.floats(0.1, 0.3) for _ in range(2))),
    row=st.integers(0, 2),
)
def test_yolo_boxes_come_back_through_the_letterbox(box: tuple[float, ...], row: int) -> None:
    card, frame = parts("yolo"), (200, 300)
    where = place(frame, card.input)
    xywh = np.array(box) * np.array(frame * 2)
    centre = (xywh[:2] + xywh[2:] / 2) * np.array(where.scale) + np.array(where.offset)
    table = np.zeros((1, 7, 10), dtype=np.float32)
    table[0, :4, 4] = [*centre, *(xywh[2:] * np.array(where.scale))]
    table[0, 4 + row, 4] = 0.9
    answer = yolo.decode([table], card, where, 0.4)
    assert answer.rows.tolist() == [row]
    assert np.allclose(answer.xywh[0], xywh, atol=0.01)


def test_scores_that_are_not_numbers_are_no_answers() -> None:
    card = parts("yolo")
    where = place((64, 48), card.input)
    table = np.full((1, 7, 4), np.nan, dtype=np.float32)
    table[0, 4:, 1] = 0.9
    assert yolo.decode([table], card, where, 0.1).scores.size == 0


def test_activations() -> None:
    where = place((64, 48), parts("softmax").input)
    logits = [np.array([[1.0, 2.0, 3.0]], dtype=np.float32)]
    probabilities = softmax.decode(logits, parts("softmax", "classification", activation="softmax"), where, 0.0)
    assert probabilities.values.sum() == pytest.approx(1)
    each = softmax.decode(logits, parts("softmax", "classification", activation="sigmoid"), where, 0.0)
    assert each.values[0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_masks_leave_the_letterbox_out() -> None:
    card = parts("argmax", "segmentation")
    where = place((48, 96), card.input)
    rows = np.full((1, 48, 64), 2, dtype=np.int64)
    rows[0, :, where.offset[0] : where.offset[0] + where.resized[0]] = 1
    assert (argmax.decode([rows], card, where, 0.0).rows == 1).all()
    assert argmax.decode([rows], card, where, 0.0).rows.shape == (96, 48)


def test_every_decoder_is_found_by_name() -> None:
    for name in ("yolo", "yolox", "fastestdet", "ssd", "ultraface", "softmax", "argmax"):
        assert open_decoder(name)
