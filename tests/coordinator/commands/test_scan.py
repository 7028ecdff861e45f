"""The scan command as a real process: report, exit codes, and one line for what cannot be used."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from parts_dataset import Parts
from readiness.evidence.dataset import Dataset
from readiness_coordinator import reports

ROOT = Path(__file__).resolve().parents[3]


def scan(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "readiness_coordinator", "scan", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "parts", train=80, val=10, test=30)


def test_the_report_has_the_contracts_keys_and_its_evidence_reads_back(parts: Parts, tmp_path: Path):
    done = scan(parts.root, "--json", tmp_path / "report.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Ready: parts for no target in particular",
        "Nothing found that stands in the way.",
        "120 images (test 30, train 80, val 10), 480 labels, 2 classes; coco, detection.",
        "",
        "Quality 100 of 100, the least of image 100, annotation 100, split 100, class",
        "100, leakage 100; policy standard.",
    ]
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["schema"], report["state"], report["quality_score"]) == ("readiness.scan/1", "ready", 100)
    assert (report["findings"], report["caveats"], report["images"], report["annotations"]) == ([], [], 120, 480)
    assert {"slices", "classes", "splits", "dataset_digest", "tool_version", "policy", "target"} < set(report)
    evidence = reports.read_evidence(tmp_path / "report.json", "dataset")
    assert isinstance(evidence, Dataset)
    assert evidence.digest == report["dataset_digest"]


def test_findings_are_equal_over_runs_and_workers(parts: Parts):
    parts.boxes("train", 1)[0].update(bbox=[5, 10, 0, 40], area=0)
    (parts.save() / "train/train003.png").write_bytes(b"broken")
    runs = [json.loads(scan(parts.root, "--json", "-", "--workers", count).stdout) for count in "112"]
    texts = {
        msgspec.json.encode([run["findings"], run["classes"], run["slices"], run["dataset_digest"]]) for run in runs
    }
    assert len(texts) == 1
    assert [finding["code"] for finding in runs[0]["findings"]] == ["box-degenerate", "image-unreadable"]


def test_exit_codes_follow_state_and_strict(parts: Parts, tmp_path: Path):
    (parts.root / "train/train003.png").write_bytes(b"broken")
    assert scan(parts.root).returncode == 0
    assert scan(parts.root, "--strict").returncode == 1
    alone = Parts(tmp_path / "alone", train=100)
    done = scan(alone.root)
    assert done.returncode == 1
    assert "block    evaluation-split-missing\n         None of test, val, valid, validation has " in done.stdout
    assert "         → Set aside a labelled test split.\n" in done.stdout


def test_clear_answers_only_when_asked_for(parts: Parts):
    report = json.loads(scan(parts.root, "--json", "-", "--all").stdout)
    assert {finding["outcome"] for finding in report["findings"]} == {"clear", "inapplicable"}
    assert "box-degenerate" in {finding["code"] for finding in report["findings"]}


def test_one_file_with_images_beside_it(parts: Parts):
    done = scan(
        parts.root / "annotations/test.json",
        "--images",
        parts.root / "test",
        "--json",
        "-",
        "--target",
        "raspberry-pi-5",
    )
    report = json.loads(done.stdout)
    assert (report["images"], report["target"]["name"], report["target"]["input_px"]) == (30, "raspberry-pi-5", 416)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["{tmp}/gone"], "{tmp}/gone: no such file or folder"),
        (["{tmp}/empty"], "{tmp}/empty: no dataset found: there is no file in it; looked for labelme: "),
        (["{tmp}/notes.txt"], "{tmp}/notes.txt: no dataset found: a .txt file is none: give the folder, "),
        (["{tmp}/cut.json"], "{tmp}/cut.json: not valid JSON: "),
        (["{tmp}/parts", "--policy", "lenient"], "no policy 'lenient'; there are prototype, standard, strict-safety"),
        (["{tmp}/parts", "--target", "toaster"], "no target 'toaster'; there are "),
        (["{tmp}/parts", "--policy", "{tmp}/bad.toml"], "{tmp}/bad.toml: unknown key 'evaluation.recal'"),
        (["{tmp}/parts", "--task", "classification"], "--task classification does not fit"),
        (["{tmp}/parts", "--images", "{tmp}/gone"], "{tmp}/gone: no such file or folder"),
        (["{tmp}/parts", "--json", "{tmp}/gone/report.json"], "cannot write {tmp}/gone/report.json"),
        (["{tmp}/parts", "--group", "("], "the pattern '(' cannot be used: missing ), unterminated subpattern"),
        (["none://{tmp}/parts"], "none://{tmp}/parts: cannot be reached"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(parts: Parts, tmp_path: Path, words: list[str], line: str):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no dataset")
    (tmp_path / "cut.json").write_text('{"images": [')
    (tmp_path / "bad.toml").write_text('name = "x"\ntitle = "x"\n[evaluation]\nrecal = 0.9\n')
    done = scan(*(word.format(tmp=tmp_path) for word in words))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("readiness scan: ")
    assert line.format(tmp=tmp_path) in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--workers", "0"], "'0' is no number of processes"),
        (["--engine", "ray"], "there is no engine 'ray': it is local, dask or dask:tcp://HOST:PORT"),
    ],
)
def test_a_wrong_way_to_run_is_a_usage_error(parts: Parts, words: list[str], line: str):
    done = scan(parts.root, *words)
    assert done.returncode == 2
    assert line in done.stderr


def test_an_engine_that_does_not_answer_is_one_line_and_exit_4(parts: Parts):
    done = scan(parts.root, "--engine", "dask:tcp://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("readiness scan: no Dask scheduler answers at tcp://127.0.0.1:9")
    assert done.stderr.count("\n") == 1


def test_a_zip_and_a_url_say_what_their_folder_says(parts: Parts, tmp_path: Path):
    shutil.make_archive(str(tmp_path / "packed" / "parts"), "zip", parts.root)
    places = [parts.root, tmp_path / "packed" / "parts.zip", f"file://{parts.root}"]
    digests = {json.loads(scan(place, "--json", "-").stdout)["dataset_digest"] for place in places}
    assert len(digests) == 1
