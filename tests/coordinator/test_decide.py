"""Decisions from report files, and their replay: the exit code tells bad from missing, the bytes are canonical."""

import functools
import json
import operator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import specimens
from readiness import catalogue, decision
from readiness.evidence.bounded import Rate
from readiness_coordinator.__main__ import main
from readiness_coordinator.reports import tool_version

FIRST_DAY = "0001-01-01T00:00:00+23:59"
POLICY = """
name = "careful"
title = "One class may not stay open"
critical = ["bolt"]
"""


def write(folder: Path, **changes: Any) -> list[str]:
    """Write the reports of the good records, changed, and give the options that name them; None leaves one out."""
    records = {
        "dataset": specimens.dataset(),
        "evaluation": specimens.evaluation(),
        "benchmark": specimens.benchmark(),
        **changes,
    }
    options = []
    for kind, record in records.items():
        if record is None:
            continue
        report = {"schema": f"readiness.{kind}/1", "evidence": record}
        if kind != "dataset":
            report["model"] = specimens.model()
        path = folder / f"{kind}.json"
        path.write_bytes(msgspec.json.encode(report))
        options += [f"--{kind}", str(path)]
    return options


def decide(options: list[str], *more: str) -> int:
    return main(["decide", *options, "--target", "x86-gateway", "--asked-at", specimens.ASKED_AT, *more])


@pytest.fixture
def good(tmp_path: Path) -> list[str]:
    return write(tmp_path)


def test_good_reports_are_ready(good: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert decide(good) == 0
    out = capsys.readouterr().out
    assert out.startswith("parts on x86-gateway: ready, deployable, score 100\n")
    assert "1. deploy: deploy; every gate passes on its bounds; then ready" in out


def test_json_is_the_canonical_decision(good: list[str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from readiness_coordinator import profiles

    assert decide(good, "--json", "-") == 0
    dossier = specimens.dossier(policy=profiles.load_policy("standard"), profile=profiles.load_profile("x86-gateway"))
    wanted = decision.encode(decision.decide(dossier, catalogue.load(), tool_version()))
    assert capfdbinary.readouterr().out == wanted


@pytest.mark.parametrize(
    ("path", "value", "code", "said"),
    [
        ("listings.images-shared-across-splits", {}, 2, "required field `total`"),
        ("listings", {}, 3, "not measured: whether there are shared pictures"),
        ("listings.images-shared-across-splits.total", 1, 1, "counts 1 and lacks some of the first 1"),
        ("classes", [], 1, "4,000 labels of no class"),
        ("classes.0.objects.test", 1, 1, "the classes hold 351 objects of 'test', which has 700 labels"),
        ("classes.0.distinct", {}, 1, "do not fit together"),
        ("drifts", [], 1, "were not compared"),
        ("tiny", [], 0, "not measured: how large the objects are at the target"),
    ],
)
def test_a_scan_that_something_was_cut_out_of_is_not_deployable(  # each case bends one field
    path: str, value: Any, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = json.loads(msgspec.json.encode(specimens.dataset()))
    *outer, last = (int(key) if key.isdigit() else key for key in path.split("."))
    functools.reduce(operator.getitem, outer, evidence)[last] = value
    assert decide(write(tmp_path, dataset=evidence)) == code
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert code == 2 or ", not deployable," in told.out


@pytest.mark.parametrize("kind", ["dataset", "evaluation", "benchmark"])
def test_a_missing_report_blocks_and_is_said_once(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert decide(write(tmp_path, **{kind: None})) == 3
    out = capsys.readouterr().out
    assert "blocked, not deployable" in out
    assert out.count(f"no {kind} at hand") == 1


def test_a_stale_report_blocks(tmp_path: Path) -> None:
    old = specimens.benchmark(observed_at="2026-09-01T00:00:00Z")
    assert decide(write(tmp_path, benchmark=old)) == 3


def test_a_weak_class_is_not_deployable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weak = specimens.class_result("bolt", recall=specimens.rate(200, 350))
    result = specimens.evaluation(classes=(weak, specimens.class_result("nut")))
    assert decide(write(tmp_path, evaluation=result)) == 1
    out = capsys.readouterr().out
    assert "retrain required, not deployable" in out
    assert "class-recall-below-floor bolt (found): 200 of 350" in out


def test_a_bad_finding_beside_missing_evidence_is_exit_1(tmp_path: Path) -> None:
    weak = specimens.class_result("bolt", recall=specimens.rate(200, 350))
    result = specimens.evaluation(classes=(weak, specimens.class_result("nut")))
    assert decide(write(tmp_path, evaluation=result, benchmark=None)) == 1


def test_an_undecided_class_is_monitored_or_blocks_where_critical(tmp_path: Path) -> None:
    open_ = specimens.class_result("bolt", recall=Rate(hits=19, n=20, n_effective=20.0, lower=0.78, upper=0.99))
    options = write(tmp_path, evaluation=specimens.evaluation(classes=(open_, specimens.class_result("nut"))))
    assert decide(options) == 0
    policy = tmp_path / "careful.toml"
    policy.write_text(POLICY)
    assert decide(options, "--policy", str(policy)) == 3


def test_another_threshold_than_evaluated_blocks(good: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert decide(good, "--threshold", "0.6") == 1
    assert "threshold-not-evaluated evaluation (found): evaluated at 0.4, asked is 0.6" in capsys.readouterr().out


def test_evidence_of_another_model_blocks(tmp_path: Path) -> None:
    assert decide(write(tmp_path, evaluation=specimens.evaluation(model=specimens.OTHER))) == 1


def test_one_of_several_benchmarked_models_is_picked_by_its_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = write(tmp_path)
    other = specimens.model(digest=specimens.OTHER, name="other")
    reports = [
        {"model": other, "evidence": specimens.benchmark(model=specimens.OTHER, validity="throttled")},
        {"model": specimens.model(), "evidence": specimens.benchmark()},
    ]
    (tmp_path / "benchmark.json").write_bytes(msgspec.json.encode({"reports": reports}))
    assert decide(options) == 0
    assert capsys.readouterr().out.startswith("parts on x86-gateway: ready")
    assert decide([*options[:2], *options[4:]]) == 2
    assert "holds 2 models; give --evaluation" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 3, "no report names the model"),
        (["--benchmark", "absent.json"], 2, "cannot read absent.json: No such file or directory"),
        (["--target", "toaster"], 2, "no target 'toaster'"),
        (["--policy", "none"], 2, "no policy 'none'"),
    ],
)
def test_unusable_requests_get_one_line(
    options: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert decide([], *options) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "not a report"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"evidence": "\udcff"}', "not JSON"),
        (
            msgspec.json.encode({"evidence": specimens.dataset(observed_at="noon")}).decode(),
            "'noon' is no RFC 3339 time",
        ),
        (msgspec.json.encode({"evidence": specimens.dataset(observed_at=FIRST_DAY)}).decode(), "not dataset evidence"),
        ("{}", "no 'dataset' evidence in it; expected the report of readiness scan"),
        ('{"evidence": {"digest": 3}}', "not dataset evidence"),
    ],
)
def test_unusable_reports_get_one_line(
    text: str, said: str, good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dataset.json").write_text(text, errors="surrogateescape")
    assert decide(good) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_reports_that_are_no_objects_are_refused(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "benchmark.json").write_text('{"reports": [1, null]}')
    assert decide(good) == 2
    assert capsys.readouterr().err.endswith("expected the report of readiness-agent bench … --json FILE\n")


def test_a_bad_time_or_threshold_is_refused(good: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert decide(good, "--asked-at", FIRST_DAY) == 2
    assert decide(good, "--asked-at", "noon") == 2
    assert decide(good, "--threshold", "40") == 2
    assert "'noon' is no RFC 3339 time" in capsys.readouterr().err


def test_a_bundle_replays_to_the_same_bytes(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "bundle.json"
    assert decide(good, "--bundle", str(bundle)) == 0
    capsys.readouterr()
    assert main(["replay", str(bundle)]) == 0
    assert capsys.readouterr().out.startswith("the same, byte for byte: ready, ")


@pytest.mark.parametrize(
    ("part", "key", "value", "where"),
    [
        ("decision", "score", 81, "score"),
        ("decision", "deployable", False, "deployable"),
        ("decision", "evil", None, "evil"),
        ("dossier", "evil", 1, "dossier.evil"),
        ("dossier", "evil", None, "dossier.evil"),
        ("dossier", "model.card.evil", "x", "dossier.model.card.evil"),
        ("dossier", "threshold", 0.5, "actions"),
        ("dossier", "asked_at", "2026-11-23T12:00:01Z", "asked_at"),
    ],
)
def test_replay_names_the_first_key_that_differs(  # each case bends one field
    part: str, key: str, value: Any, where: str, good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "bundle.json"
    decide(good, "--bundle", str(bundle))
    content = json.loads(bundle.read_text())
    *outer, last = part, *key.split(".")
    functools.reduce(operator.getitem, outer, content)[last] = value
    bundle.write_text(json.dumps(content))
    capsys.readouterr()
    assert main(["replay", str(bundle)]) == 1
    assert capsys.readouterr().out.startswith(f"it differs at '{where}")


def test_replay_takes_decision_and_dossier_apart(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, logged, dossier = (tmp_path / name for name in ("bundle.json", "logged.json", "dossier.json"))
    decide(good, "--bundle", str(bundle), "--json", str(logged))
    dossier.write_text(json.dumps(json.loads(bundle.read_text())["dossier"]))
    assert main(["replay", str(logged), "--dossier", str(dossier)]) == 0
    assert main(["replay", str(logged)]) == 2
    assert "holds no dossier" in capsys.readouterr().err
