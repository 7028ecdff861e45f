"""The command on real evaluations names what is wrong with them."""

import json
from pathlib import Path
from typing import Any

import pytest

from readiness_coordinator.__main__ import main

FOREIGN = {"keyboard", "knife", "lamp", "laptop", "oven", "refrigerator", "toilet", "toothbrush"}


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any], str]:
    """Run `readiness evaluate`; gives the exit code, the report and what the terminal shows."""
    out = tmp_path / "report.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "120")
        code = main(["evaluate", *options, "--json", str(out)])
    return code, json.loads(out.read_text()), capsys.readouterr().out


def found(report: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [one for one in report["findings"] if one["code"] == code and one["outcome"] == "found"]


def robot(shared_data: Path) -> tuple[str, ...]:
    folder = shared_data / "datasets/robot_home"
    return ("--truth", str(folder), "--predictions", str(folder / "input/detection-results"))


def test_the_robots_strange_classes_cut_and_empty_file(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report, shown = run(tmp_path, capsys, *robot(shared_data), "--confidence", "0.3")
    assert code == 1
    assert set(report["foreign_classes"]) == FOREIGN
    (foreign,) = found(report, "classes-foreign")
    assert all(name in foreign["because"] for name in FOREIGN)
    (cut,) = found(report, "predictions-cut")
    assert cut["measured"] == pytest.approx(0.25, abs=0.001)
    (empty,) = found(report, "images-unanswered")
    assert empty["images"] == ["input/images-optional/2007_000332.jpg"]
    never = {one["subject"]["name"] for one in found(report, "class-never-predicted")}
    assert {"doll", "shelf"} <= never
    assert found(report, "class-ids-mismatch") == found(report, "image-ids-mismatch") == []
    assert found(report, "truth-contradicts-itself") == []
    flat = " ".join(shown.split())
    assert all(name in flat for name in FOREIGN)
    assert "0.25" in flat
    assert "2007_000332" in flat


def test_the_sorters_contradictions_and_plastic_taken_for_glass(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = ("--truth", str(shared_data / "datasets/trashnet_subset"))
    said = ("--predictions", str(shared_data / "eval/classification/trashnet_knn_predictions.csv"))
    _, report, shown = run(tmp_path, capsys, *truth, *said, "--confidence", "0", "--split", "test")
    pairs = {tuple(Path(image).stem for image in one["images"]) for one in report["conflicts"]}
    assert pairs == {("glass115", "metal91"), ("glass176", "plastic152"), ("glass389", "plastic332")}
    (own,) = found(report, "truth-contradicts-itself")
    assert "at least 3 of the 17 errors" in own["because"]
    (confused,) = [one for one in found(report, "class-confused") if one["subject"]["name"] == "plastic"]
    assert "6 of 33 objects of 'plastic' are answered as 'glass'" in confused["because"]
    flat = " ".join(shown.split())
    assert "glass115" in flat
    assert "'plastic' is mostly confused with 'glass' (6 of 33)" in " ".join(report["headline"]["lines"])
