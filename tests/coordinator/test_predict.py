"""Predict, evaluate and decide as a person runs them: real processes on the real model and pictures."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import msgspec
import pytest

import specimens
from readiness_coordinator.__main__ import main

CARDS = Path(__file__).resolve().parents[1] / "cards"


def readiness(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "readiness_coordinator", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def predicted(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Predict the pictures once per model file and evaluate the answers; gives the folder and the report."""
    done: dict[str, tuple[Path, dict[str, Any]]] = {}

    def run(model: str) -> tuple[Path, dict[str, Any]]:
        if model not in done:
            folder = tmp_path_factory.mktemp("predicted")
            data = shared_data / "datasets/coco_mini_cc"
            out = folder / "said.json"
            ran = readiness("predict", shared_data / "models" / model, "--data", data, "--card", CARDS, "--out", out)
            assert ran.returncode == 0, ran.stderr
            report = folder / "evaluation.json"
            assert main(["evaluate", "--truth", str(data), "--predictions", str(out), "--json", str(report)]) == 1
            done[model] = folder, json.loads(report.read_text())
        return done[model]

    return run


def test_yolox_reaches_its_figures_of_reference(predicted: Any) -> None:
    folder, report = predicted("onnx/yolox_nano.onnx")
    assert report["metrics"]["ap"] == pytest.approx(0.2699, abs=5e-5)
    assert report["metrics"]["ap50"] == pytest.approx(0.4298, abs=5e-5)
    assert (report["split"], report["images"], report["confidence"]) == ("train+val", 51, 0.3)
    assert report["confidence_from"] == "the model card's"
    record = json.loads((folder / "said.json.run.json").read_text())
    assert record["classes_by"] == "order"
    assert record["card_names"]["motorcycle"] == "motorbike"
    assert len(record["image_ids"]) == 51
    assert record["dataset"] == report["evidence"]["dataset"]
    assert record["split"] == "train+val"


def evaluate(data: Path, said: Path, folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    report = folder / "again.json"
    code = main(["evaluate", "--truth", str(data), "--predictions", str(said), "--json", str(report), *words])
    return code, json.loads(report.read_text())["evidence"] if code < 2 else {}


@pytest.fixture
def elsewhere(shared_data: Path) -> Iterator[str]:
    """The labels and pictures in fsspec's memory, by their URL."""
    files, home = fsspec.filesystem("memory"), shared_data / "datasets/coco_mini_cc"
    for path in sorted(home.rglob("*")):
        if path.is_file():
            files.pipe_file(f"/coco_mini_cc/{path.relative_to(home).as_posix()}", path.read_bytes())
    yield "memory://coco_mini_cc"
    files.rm("/coco_mini_cc", recursive=True)


def test_truth_and_data_may_be_urls(
    predicted: Any, shared_data: Path, elsewhere: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, report = predicted("onnx/yolox_nano.onnx")
    again = tmp_path / "again.json"
    words = ["--predictions", str(folder / "said.json"), "--json", str(again)]
    assert main(["evaluate", "--truth", elsewhere, *words]) == 1
    assert json.loads(again.read_text())["metrics"] == report["metrics"]
    model = str(shared_data / "models/onnx/yolox_nano.onnx")
    said = ["--data", elsewhere, "--out", str(tmp_path / "said.json")]
    assert main(["predict", model, *said]) == 2
    assert f"{elsewhere}: its images are in a zip or at a URL" in capsys.readouterr().err


def test_the_run_record_binds_the_evaluation(
    predicted: Any, shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, report = predicted("onnx/yolox_nano.onnx")
    record = json.loads((folder / "said.json.run.json").read_text())
    first = report["evidence"]
    assert first["run_recorded"]
    assert (first["card"], first["predictions"]) == (record["card"], record["predictions"])
    assert first["observed_at"] == record["observed_at"]
    assert not [line for line in first["caveats"] if "run record" in line]

    other = tmp_path / "other.card.toml"
    card = (CARDS / "yolox_nano.card.toml").read_text()
    assert 'colour = "bgr"' in card
    other.write_text(card.replace('colour = "bgr"', 'colour = "rgb"'))
    data = shared_data / "datasets/coco_mini_cc"
    code, moved = evaluate(data, folder / "said.json", tmp_path, "--card", str(other), "--confidence", "0.3")
    assert (code, moved["card"]) == (1, record["card"])

    said = tmp_path / "said.json"
    beside = tmp_path / "said.json.run.json"
    said.write_bytes((folder / "said.json").read_bytes())
    code, alone = evaluate(data, said, tmp_path)
    assert (alone["run_recorded"], alone["card"]) == (False, "")
    assert "no run record shows it" in alone["caveats"][-1]
    beside.write_text(json.dumps(record | {"dataset": specimens.OTHER}))
    capsys.readouterr()
    assert evaluate(data, said, tmp_path)[0] == 2
    assert "the run was over the dataset" in capsys.readouterr().err
    beside.write_text(json.dumps(record))
    said.write_text((folder / "said.json").read_text().replace('"score":0.', '"score":0.9', 1))
    assert evaluate(data, said, tmp_path)[0] == 2
    error = capsys.readouterr().err
    assert "belongs to other predictions" in error
    assert error.count("\n") == 1


def test_truth_without_its_images_is_not_bound(predicted: Any, shared_data: Path, tmp_path: Path) -> None:
    folder, _ = predicted("onnx/yolox_nano.onnx")
    code, said = evaluate(shared_data / "eval/coco_mini_cc/gt.json", folder / "said.json", tmp_path)
    assert (code, said["run_recorded"], said["card"]) == (1, False, "")
    assert "no run record shows it" in said["caveats"][-1]


def test_the_report_has_the_contracts_keys(predicted: Any) -> None:
    _, report = predicted("onnx/yolox_nano.onnx")
    assert report["schema"] == "readiness.evaluate/1"
    named = {"tool_version", "state", "findings", "metrics", "classes", "slices", "confusion", "errors", "examples"}
    assert named | {"risk_score", "evidence", "model"} <= set(report)
    person = next(one for one in report["classes"] if one["name"] == "person")
    rate = person["recall"]
    assert {"lower", "upper", "n", "n_effective", "verdict", "needed"} <= set(rate)
    assert rate["verdict"] == "found"
    assert report["risk_score"] >= 60
    assert {finding["outcome"] for finding in report["findings"]} == {"found", "unknown"}
    assert {one["name"].split("=")[0] for one in report["slices"]} >= {"light", "sharpness", "size"}
    codes = [finding["code"] for finding in report["findings"] if finding["outcome"] == "found"]
    assert "boxes-misplaced" not in codes


def test_the_broken_int8_model_is_not_deployable_for_its_boxes(
    predicted: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, report = predicted("tflite/yolox_nano_int8_quantize.tflite")
    assert report["metrics"]["ap"] == pytest.approx(0.022, abs=2e-3)
    model = msgspec.convert(report["model"], type(specimens.model()))
    benchmark = specimens.benchmark(model=model.digest, runtime="tflite")
    bench = tmp_path / "bench.json"
    bench.write_bytes(msgspec.json.encode({"model": model, "evidence": benchmark}))
    out = tmp_path / "decision.json"
    words = ["--evaluation", str(folder / "evaluation.json"), "--benchmark", str(bench), "--target", "x86-gateway"]
    assert main(["decide", *words, "--json", str(out), "--asked-at", report["evidence"]["observed_at"]]) == 1
    decided = json.loads(out.read_text())
    assert decided["deployable"] is False
    (boxes,) = [finding for finding in decided["findings"] if finding["code"] == "boxes-misplaced"]
    assert (boxes["outcome"], boxes["effect"]) == ("found", "retrain_required")
    assert boxes["because"].endswith("classes are right, boxes are not")
    assert "classes are right, boxes are not" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--split", "night"], 2, "no split 'night'; it has train, val"),
        (["--data", "nowhere"], 2, "nowhere"),
        (["--out", "nowhere/said.json"], 2, "its folder does not exist"),
        (["--card", "nowhere.toml"], 2, "nowhere.toml"),
    ],
)
def test_unusable_requests_get_one_line(
    words: list[str], code: int, said: str, shared_data: Path, tmp_path: Path
) -> None:
    model = shared_data / "models/onnx/yolox_nano.onnx"
    data = shared_data / "datasets/coco_mini_cc"
    out = tmp_path / "said.json"
    ran = readiness("predict", model, "--data", data, "--out", out, "--card", CARDS, *words)
    assert ran.returncode == code
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not out.exists()


def test_the_agents_own_line_and_code_come_through(shared_data: Path, tmp_path: Path) -> None:
    data = shared_data / "datasets/coco_mini_cc"
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    card = CARDS / "yolox_nano.card.toml"
    ran = readiness(
        "predict", broken, "--data", data, "--card", card, "--out", tmp_path / "said.json", "--split", "val"
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("readiness-agent predict: ")
    assert "Traceback" not in ran.stderr


def test_a_model_of_other_classes_is_refused(shared_data: Path, tmp_path: Path) -> None:
    model = shared_data / "models/onnx/yolox_nano.onnx"
    data = shared_data / "datasets/bccd_voc"
    ran = readiness("predict", model, "--data", data, "--card", CARDS, "--out", tmp_path / "p.json", "--split", "test")
    assert ran.returncode == 2
    assert "do not match" in ran.stderr
    assert not (tmp_path / "p.json").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--confidence", "30"], 2, "--confidence is 30"),
        (["--iou", "0"], 2, "--iou is 0"),
        (["--iou", "nan"], 2, "--iou is nan"),
        (["--predictions", "absent.json"], 2, "cannot read absent.json"),
        (["--truth", "absent"], 2, "absent"),
        (["--model", "absent.onnx"], 2, "no such file"),
        (["--model", specimens.OTHER], 2, "predict with that model"),
        (["--policy", "none"], 2, "no policy 'none'"),
        (["--json", "nowhere/report.json"], 2, "cannot write nowhere/report.json"),
    ],
)
def test_unusable_evaluations_get_one_line(
    words: list[str], code: int, said: str, predicted: Any, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = predicted("onnx/yolox_nano.onnx")
    capsys.readouterr()
    data = shared_data / "datasets/coco_mini_cc"
    assert main(["evaluate", "--truth", str(data), "--predictions", str(folder / "said.json"), *words]) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
