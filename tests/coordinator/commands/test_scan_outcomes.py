"""What `readiness scan` leaves: a page, a fix list, a baseline; refused before the long work where they cannot be."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from parts_dataset import Parts, picture


def scan(*words: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "readiness_coordinator", "scan", "--cache", "none", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture
def faulty(tmp_path: Path) -> Parts:
    parts = Parts(tmp_path / "parts", train=80, val=10, test=30)
    parts.boxes("train", 3)[0]["bbox"] = [10, 10, 0, 20]
    parts.add("test", "again.png", picture(4))
    parts.save()
    return parts


def tree(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*"))


def test_page_and_fix_list_beside_the_report_and_nothing_in_the_dataset(faulty: Parts, tmp_path: Path):
    before = tree(faulty.root)
    done = scan(
        faulty.root, "--json", tmp_path / "r.json", "--html", tmp_path / "r.html", "--fix-list", tmp_path / "fixes"
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert tree(faulty.root) == before
    report = json.loads((tmp_path / "r.json").read_text())
    page = (tmp_path / "r.html").read_text()
    assert all(f'id="{finding["code"]}"' in page for finding in report["findings"])
    with (tmp_path / "fixes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["code"] for row in rows} == {finding["code"] for finding in report["findings"]}
    assert json.loads((tmp_path / "fixes.coco.json").read_text())["images"]


def test_a_baseline_is_written_honoured_and_shown(faulty: Parts, tmp_path: Path):
    file = tmp_path / "baseline.json"
    said = ("--reason", "a prototype only", "--by", "ann", "--until", "2099-01-31")
    made = scan(faulty.root, "--baseline", file, "--accept", "all", *said)
    assert made.returncode == 0
    told = " ".join(made.stdout.split())
    assert "Accepted by ann until 31 Jan 2099, 23:59 UTC: a prototype only." in told
    assert "This is the baseline of the dataset, which does not count for a deployment." in told
    again = scan(faulty.root, "--baseline", file, "--json", "-")
    report = json.loads(again.stdout)
    assert (again.returncode, report["state"]) == (0, "monitor_required")
    assert {finding["waived"]["by"] for finding in report["findings"] if finding["severity"] != "note"} == {"ann"}
    faulty.boxes("train", 9)[0].update(bbox=[10, 10, 0, 20], area=0)
    faulty.save()
    worse = json.loads(scan(faulty.root, "--baseline", file, "--json", "-").stdout)
    assert [finding["code"] for finding in worse["findings"] if finding["effect"] == "warning"] == ["box-degenerate"]


def test_predictions_name_doubtful_labels(faulty: Parts, tmp_path: Path):
    answers = [
        {"image_id": one["image_id"], "category_id": one["category_id"], "bbox": one["bbox"], "score": 0.9}
        for one in faulty.said["train"]["annotations"]
    ]
    faulty.said["train"]["annotations"] = [one for one in faulty.said["train"]["annotations"] if one["id"] != 41]
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(answers))
    only = tmp_path / "train.json"
    faulty.save()
    only.write_text((faulty.root / "annotations/train.json").read_text())
    report = json.loads(scan(only, "--images", faulty.root / "train", "--predictions", file, "--json", "-").stdout)
    (finding,) = (one for one in report["findings"] if one["code"] == "label-suspect-missing")
    # A box without area labels nothing either.
    assert finding["images"] == ["train002.png", "train010.png"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--accept", "all"], "--accept writes a baseline; name its file with --baseline FILE"),
        (["--accept", "all", "--baseline", "{tmp}/b.json"], "--accept needs --reason, --by and --until"),
        (["--baseline", "{tmp}/none.json"], "cannot read {tmp}/none.json"),
        (["--baseline", "{tmp}/bad.json"], "{tmp}/bad.json: not a baseline file"),
        (["--baseline", "{tmp}/other.json"], "a baseline of 'other', not of 'parts'"),
        (["--fix-list", "{tmp}/parts/fixes"], "lies in the dataset, which is never written to"),
        (["--json", "{tmp}/parts/annotations/test.json"], "lies in the dataset, which is never written to"),
        (["--cache", "{tmp}/parts/cache"], "lies in the dataset, which is never written to"),
        (["--html", "{tmp}/gone/r.html"], "cannot write {tmp}/gone/r.html"),
        (["--predictions", "{tmp}/none.json"], "cannot read {tmp}/none.json"),
        (
            [
                "--baseline",
                "{tmp}/b.json",
                "--accept",
                "box-duplicat",
                "--reason",
                "x",
                "--by",
                "x",
                "--until",
                "2099-01-01",
            ],
            "nothing to accept under 'box-duplicat'; open are ",
        ),
        (
            ["--baseline", "{tmp}/b.json", "--accept", "all", "--reason", "x", "--by", "x", "--until", "soon"],
            "needs a reason, who gave it",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(faulty: Parts, tmp_path: Path, words: list[str], line: str):
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "other.json").write_text('{"dataset": "other"}')
    done = scan(faulty.root, *(word.format(tmp=tmp_path) for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    assert line.format(tmp=tmp_path) in done.stderr
    assert done.stderr.count("\n") == 1
