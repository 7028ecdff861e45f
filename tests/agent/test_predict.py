"""`readiness-agent predict`: the figures of the reference evaluation, and lists and images that cannot be used."""

import contextlib
import csv
import hashlib
import io
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

import tiny_onnx
from readiness.evidence.model import Model
from readiness_agent.__main__ import main

CARDS = Path(__file__).resolve().parents[1] / "cards"
CARD = (
    'task = "classification"\nconfidence = 0.5\nclasses = ["red", "green", "blue"]\n'
    "[input]\nsize = [8, 8]\nscale = 0.00392156862745098\n[output]\ndecoder = 'softmax'\n"
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    tiny_onnx.averager(tmp_path / "mean.onnx")
    (tmp_path / "mean.card.toml").write_text(CARD)
    image = np.zeros((12, 12, 3), dtype=np.uint8)
    image[..., 2] = 255
    Image.fromarray(image).save(tmp_path / "blue.png")
    return tmp_path


def predict(site: Path, images: list[dict], **more: object) -> int:
    (site / "list.json").write_text(json.dumps({"images": images} | more))
    return main(["predict", str(site / "mean.onnx"), "--images", str(site / "list.json"), "--out", str(site / "p.csv")])


def test_classes_are_written_with_their_scores(site: Path) -> None:
    images = [{"id": "a/blue.png", "file": str(site / "blue.png")}, {"id": "gone", "file": str(site / "gone.png")}]
    assert predict(site, images) == 0
    with (site / "p.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["image"], row["prediction"], float(row["score_blue"])) for row in rows] == [
        ("a/blue.png", "blue", 1.0)
    ]
    note = json.loads((site / "p.csv.run.json").read_text())
    assert note["schema"] == "readiness.run/1"
    assert note["images"] == 2
    assert note["unreadable"][0].startswith(f"{site}/gone.png: ")
    assert note["model"]["name"] == "mean"
    assert note["card"] == msgspec.convert(note["model"], Model).card.reading()
    assert note["predictions"] == "sha256:" + hashlib.sha256((site / "p.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"images": []}', "lists no images"),
        ('{"images": [{"id": 1}]}', "no list of images"),
        ("no json", "no list of images"),
        ('{"images": [{"id": 1, "file": "/gone.png"}]}', "none of its 1 images can be read"),
    ],
)
def test_lists_that_cannot_be_used(site: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    (site / "list.json").write_text(text)
    words = [str(site / "mean.onnx"), "--images", str(site / "list.json"), "--out", str(site / "p.csv")]
    assert main(["predict", *words]) == 2
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1


def test_an_output_folder_that_is_not_there(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "list.json").write_text(json.dumps({"images": [{"id": 1, "file": str(site / "blue.png")}]}))
    words = [str(site / "mean.onnx"), "--images", str(site / "list.json"), "--out", str(site / "none" / "p.csv")]
    assert main(["predict", *words]) == 2
    assert "its folder does not exist" in capsys.readouterr().err


def test_masks_are_written_one_a_frame(shared_data: Path, tmp_path: Path) -> None:
    bird = shared_data / "datasets" / "segmentation_samples" / "bird_segmentation.bmp"
    (tmp_path / "list.json").write_text(json.dumps({"images": [{"id": 1, "file": str(bird)}]}))
    model = shared_data / "models" / "tflite" / "deeplabv3_257_float.tflite"
    words = ["--images", str(tmp_path / "list.json"), "--out", str(tmp_path / "masks"), "--card", str(CARDS)]
    assert main(["predict", str(model), *words]) == 0
    assert "predictions" not in json.loads((tmp_path / "masks.run.json").read_text())
    with Image.open(tmp_path / "masks" / "bird_segmentation.png") as mask:
        assert mask.size == (513, 513)
        assert 3 in np.asarray(mask)


@pytest.mark.parametrize(
    ("name", "reference", "within"),
    [
        ("onnx/yolox_nano.onnx", "yolox_nano_onnx", 0.00005),
        ("onnx/FastestDet.onnx", "fastestdet_onnx", 0.00005),
        ("tflite/coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite", "ssd_mobilenet_v1_quant_tflite", 0.00005),
        ("tflite/yolox_nano_float16_quantize.tflite", "yolox_nano_float16_tflite", 0.00005),
        ("tflite/yolox_nano_int8_quantize.tflite", "yolox_nano_int8_tflite", 0.0005),
        # Its int8 kernels differ with the processor: 0.2667 with AVX-512 VNNI, 0.2659 where the reference was made.
        ("tflite/yolox_nano_dynamic_range_quantize.tflite", "yolox_nano_dynamic_range_tflite", 0.002),
    ],
)
def test_average_precision_equals_the_reference(
    shared_data: Path, tmp_path: Path, name: str, reference: str, within: float
) -> None:
    evaluation = shared_data / "eval" / "coco_mini_cc"
    truth = json.loads((evaluation / "gt.json").read_bytes())
    folders = shared_data / "datasets" / "coco_mini_cc"
    images = [
        {"id": image["id"], "file": str(next(folders.glob(f"*2017/{image['file_name']}")))} for image in truth["images"]
    ]
    rows = range(1, 91) if "coco_ssd" in name else [category["id"] for category in truth["categories"]]
    (tmp_path / "list.json").write_text(json.dumps({"images": images, "category_ids": list(rows)}))
    words = ["--images", str(tmp_path / "list.json"), "--out", str(tmp_path / "p.json"), "--cards", str(CARDS)]
    assert main(["predict", str(shared_data / "models" / name), *words]) == 0
    ap, ap50 = average_precision(evaluation / "gt.json", tmp_path / "p.json")
    theirs = average_precision(evaluation / "gt.json", evaluation / f"pred_{reference}.json")
    assert ap == pytest.approx(theirs[0], abs=within)
    assert ap50 == pytest.approx(theirs[1], abs=within)


def average_precision(truth: Path, predictions: Path) -> tuple[float, float]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(truth))
        evaluation = COCOeval(coco, coco.loadRes(str(predictions)), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0]), float(evaluation.stats[1])
