"""`readiness evaluate` as typed: corrupted runs that are kept, other models and splits beside, and what is refused."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from readiness.exits import Stop
from readiness.measures.corruptions import CORRUPTIONS
from readiness_coordinator.__main__ import main
from readiness_coordinator.evaluate import corrupting
from readiness_coordinator.formats import Picture

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn line of parts, one model beside its card, and its predictions of two splits."""
    folder = tmp_path_factory.mktemp("drawn")
    counts = ["--train", "4", "--val", "12", "--test", "12"]
    subprocess.run([sys.executable, ROOT / "fixtures/scene.py", "--out", folder / "scene", *counts], check=True)
    for ending in (".onnx", ".card.toml"):
        shutil.copy(ROOT / f"models/parts-small{ending}", folder)
    words = ["predict", folder / "parts-small.onnx", "--data", folder / "scene/detection", "--split", "val+test"]
    assert main([str(word) for word in (*words, "--out", folder / "said.json")]) == 0
    return folder


def evaluate(folder: Path, *words: object) -> tuple[int, dict[str, Any]]:
    out = folder / "report.json"
    out.unlink(missing_ok=True)
    given = ["--truth", folder / "scene/detection", "--predictions", folder / "said.json", "--json", out]
    code = main(["evaluate", *(str(word) for word in (*given, *words))])
    return code, json.loads(out.read_text()) if out.exists() else {}


def test_corrupted_runs_are_measured_per_class_and_kept(drawn: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = ("--split", "test", "--model", drawn / "parts-small.onnx", "--corrupt", "darkness", "--severity", "5")
    _, first = evaluate(drawn, *asked, "--corrupt-images", 6)
    robust = first["robustness"]
    assert (robust["figure"], robust["images"], robust["worst"]) == ("ap50", 6, "darkness")
    clean, dark = (next(one for one in robust["results"] if one["severity"] == at) for at in (0, 5))
    assert clean["class_name"] == dark["class_name"] == ""
    assert clean["objects"] == dark["objects"]
    assert dark["found"] < clean["found"]
    assert robust["left"] == pytest.approx(dark["figure"] / clean["figure"])
    assert {one["class_name"] for one in robust["results"]} > {"", "bolt"}
    (kept,) = (drawn / "said.json.corrupted").glob("*-5.json")
    before = kept.stat().st_mtime_ns
    _, second = evaluate(drawn, *asked, "--corrupt-images", 6)
    assert kept.stat().st_mtime_ns == before, "the second time nothing is run"
    assert second["robustness"] == robust
    _, more = evaluate(drawn, *asked, "--corrupt-images", 8)
    assert kept.stat().st_mtime_ns > before, "more images than were run are run anew"
    assert more["robustness"]["images"] == 8
    capfd.readouterr()
    given = ["evaluate", "--truth", str(drawn / "scene/detection"), "--predictions", str(kept)]
    assert main(given) == 2, "what corrupted images were answered is no evidence of clean ones"
    assert "darkness:5" in capfd.readouterr().err


def test_a_split_stands_beside_another_one(drawn: Path) -> None:
    _, report = evaluate(drawn, "--split", "test", "--against", "val")
    gaps = report["overfit"]["gaps"]
    assert {one["name"] for one in gaps} == {"recall", "precision"}
    assert all(one["lower"] <= one["difference"] <= one["upper"] for one in gaps)


def test_outlined_objects_are_judged_as_a_detector_s(drawn: Path) -> None:
    code, report = evaluate(drawn, "--task", "segmentation", "--split", "test")
    assert (code, report["task"], report["evidence"]["judged"]) == (0, "detection", "box")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--against", "val"), "--split"),
        (("--split", "test", "--against", "test"), "is evaluated itself"),
        (("--split", "test", "--against", "train"), "cover no image"),
        (("--json", "{folder}/one", "--html", "{folder}/one"), "named for two outputs"),
        (("--html", "{folder}/said.json.run.json"), "written over"),
        (("--corrupt",), "--model"),
        (("--corrupt", "frost", "--model", "{folder}/parts-small.onnx"), "there are gaussian_noise"),
        (("--corrupt", "--severity", "9", "--model", "{folder}/parts-small.onnx"), "give some of 1, 2, 3, 4, 5"),
        (("--aim", "recall"), "'target' is missing"),
        (("--aim", "f1", "--target", "0.9"), "only for a promised"),
        (("--compare", "{folder}/nothing.json"), "nothing.json"),
        (("--html", "{folder}/said.json"), "written over"),
        (("--html", "{folder}/scene/detection/report.html"), "lies in the dataset"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    drawn: Path, capfd: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, _ = evaluate(drawn, *(word.format(folder=drawn) for word in words))
    lines = capfd.readouterr().err.strip().splitlines()
    assert code == 2
    assert len(lines) == 1
    assert said in lines[0]


def test_another_model_of_the_same_truth_is_compared_and_one_of_less_is_refused(
    drawn: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = json.loads((drawn / "said.json").read_text())
    (tmp_path / "worse.json").write_text(json.dumps([one for one in said if one["category_id"] != 1]))
    _, report = evaluate(drawn, "--compare", tmp_path / "worse.json")
    (versus,) = report["compare"]["versus"]
    assert report["compare"]["incumbent"] == "said"
    lost = [one for one in versus["differences"] if one["answer"] == "worse" and one["part"] == "class"]
    assert [one["name"] for one in lost if one["figure"] == "recall"] == [report_class(report, 1)]
    assert capfd.readouterr().out.count("worse") >= 2


def report_class(report: dict[str, Any], category: int) -> str:
    """Give the class of a category id, which counts from 1 in the drawn dataset."""
    names = [one["name"] for one in report["evidence"]["classes"]]
    name: str = names[category - 1]
    return name


def test_a_plan_and_a_sample_are_what_they_say() -> None:
    assert len(corrupting.plan("all", "1,3,5")) == 3 * len(CORRUPTIONS)
    assert corrupting.plan("fog,fog", "5,1") == (("fog", 1), ("fog", 5))
    with pytest.raises(Stop, match="no such corruption"):
        corrupting.plan("fog,rain", "1")
    pictures = [Picture(name=f"{i:03}.jpg", file=Path(f"{i:03}.jpg"), split="test", key=i) for i in range(100)]
    some = [one.key for one in corrupting.sample(pictures[::-1], 5)]
    assert some == [0, 25, 50, 74, 99]
    assert len(corrupting.sample(pictures, 100)) == 100
