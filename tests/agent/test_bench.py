"""`readiness-agent bench` from the command line: reports, exit codes, and input that cannot be used."""

import json
import os
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

import tiny_onnx
from readiness.evidence.benchmark import Benchmark, Memory
from readiness.evidence.model import Model
from readiness_agent.__main__ import main
from readiness_agent.benchmark.report import checks, exit_code, judged
from readiness_agent.device import probe
from specimens import benchmark, latency, model, policy
from specimens import profile as specimen_profile

CARD = (
    'task = "classification"\nconfidence = 0.5\nclasses = ["red", "green", "blue"]\n'
    "[input]\nsize = [8, 8]\nscale = 0.00392156862745098\n[output]\ndecoder = 'softmax'\n"
)
PROFILE = (
    'name = "here"\ntitle = "Here"\nkind = "edge"\nboards = ["{board}"]\nruntimes = ["onnx"]\n'
    "[budget]\np95_ms = {p95}\nmemory_mib = 4000.0\n[demand]\nframes = {frames}\nruns = 300\n"
)
QUICK = ("--quick",)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with frames, a model with its card, and profiles."""
    (tmp_path / "frames").mkdir()
    for number in range(4):
        value = np.full((16, 16, 3), number, dtype=np.uint8)
        value[..., 1] = 200 + number
        Image.fromarray(value).save(tmp_path / "frames" / f"{number}.png")
    tiny_onnx.averager(tmp_path / "mean.onnx")
    (tmp_path / "mean.card.toml").write_text(CARD)
    checkout = Path(__file__).resolve().parents[2] / "profiles"
    (tmp_path / "profiles" / "targets").mkdir(parents=True)
    (tmp_path / "profiles" / "policies").symlink_to(checkout / "policies")
    return tmp_path


def profile(site: Path, board: str = "x86-64", p95: float = 1000.0, frames: int = 4) -> list[str]:
    (site / "profiles" / "targets" / "here.toml").write_text(PROFILE.format(board=board, p95=p95, frames=frames))
    return ["--profiles", str(site / "profiles"), "--target", "here"]


def bench(site: Path, *words: str, models: tuple[str, ...] = ("mean.onnx",)) -> int:
    paths = [str(site / model) for model in models]
    return main(["bench", *paths, "--frames", str(site / "frames"), *QUICK, *words])


def codes(report: dict) -> dict[str, str]:
    return {finding["code"]: finding["outcome"] for finding in report["findings"]}


def test_one_model_gives_one_report(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = bench(site, *profile(site, platform_board()), "--json", "-")
    report = json.loads(capsys.readouterr().out)
    assert code == 0
    assert report["schema"] == "readiness.bench/1"
    assert report["state"] == "monitor_required"
    assert codes(report)["benchmark-quick-only"] == "found"
    assert set(report["latency_ms"]) == {"p50", "p90", "p95", "p99", "max"}
    assert report["latency_ms"]["p50"]["upper"] >= report["latency_ms"]["p50"]["value"] > 0
    assert report["confidence"]["classes"][0]["name"] == "green"
    assert report["memory_mib"]["peak_rss"] > report["memory_mib"]["uss"] > 0
    assert report["evidence"]["runs"] >= 300
    model = msgspec.convert(report["model"], Model)
    evidence = msgspec.convert(report["evidence"], Benchmark)
    assert evidence.model == model.digest
    assert evidence.card == model.card.reading()
    assert evidence.frames_count == 4
    assert evidence.conditions["frames_repeated"] == 0


def test_repeated_frames_count_once(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "frames" / "9.png").write_bytes((site / "frames" / "0.png").read_bytes())
    bench(site, *profile(site, platform_board(), frames=5), "--json", "-")
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert codes(report)["benchmark-too-thin"] == "found"
    assert report["evidence"]["frames_count"] == 4
    assert report["conditions"]["frames_repeated"] == 1
    assert said.err.endswith("1 frames repeat others and are not run: 9.png: the same as 0.png\n")


def platform_board() -> str:
    return probe().board


def test_several_models_go_on_where_one_cannot(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cards come from a folder; one model is none, one card contradicts its head, one frame is torn."""
    (site / "bad.onnx").write_bytes(b"no model")
    (site / "short.onnx").write_bytes((site / "mean.onnx").read_bytes())
    (site / "cards").mkdir()
    (site / "mean.card.toml").rename(site / "cards" / "mean.card.toml")
    (site / "cards" / "bad.card.toml").write_text(CARD)
    (site / "cards" / "short.card.toml").write_text(CARD.replace('"red", ', ""))
    (site / "frames" / "torn.png").write_bytes(b"\x89PNG torn")
    words = (*profile(site, "moon", 0.001, 9), "--cards", str(site / "cards"), "--json", str(site / "set.json"))
    code = bench(site, *words, models=("bad.onnx", "mean.onnx", "short.onnx"))
    said = capsys.readouterr()
    report = json.loads((site / "set.json").read_text())
    assert code == 2
    assert report["schema"] == "readiness.bench-set/1"
    assert [one["name"] for one in report["reports"]] == ["mean", "short"]
    assert report["unusable"][0]["model"].endswith("bad.onnx")
    assert set(report["pareto"]) <= {"mean", "short"}
    assert report["recommendation"]["name"] is None
    first, second = (codes(one) for one in report["reports"])
    for blocked in ("benchmark-on-other-board", "latency-over-budget", "benchmark-too-thin"):
        assert first[blocked] == "found"
    assert "card-contradicts-model" not in first
    assert second["card-contradicts-model"] == "found"
    assert report["reports"][0]["conditions"]["frames_skipped"] == 1
    lines = said.err.splitlines()
    assert len(lines) == 2
    assert "bad.onnx: no ONNX model" in lines[0]
    assert "1 files give no frame: torn.png: " in lines[1]
    assert "the card lists 2 classes, the head has 3" in " ".join(said.out.split())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"validity": "contended"}, 0),
        ({"end_to_end_ms": latency(300.0)}, 1),
        ({"memory_mib": Memory()}, 3),
        ({"memory_mib": Memory(), "end_to_end_ms": latency(300.0)}, 1),
    ],
)
def test_exit_codes_tell_unfit_from_missing(changes: dict, code: int) -> None:
    one = judged(Path("parts.onnx"), model(), benchmark(**changes), checks(), policy(), specimen_profile())
    assert exit_code(one) == code


def refused(capsys: pytest.CaptureFixture[str], code: int, wanted: int = 2) -> str:
    said = capsys.readouterr()
    assert code == wanted
    assert said.out == ""
    assert said.err.startswith("readiness-agent bench: ")
    assert said.err.count("\n") == 1
    return said.err


def test_no_card_names_the_places(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "mean.card.toml").unlink()
    line = refused(capsys, bench(site))
    for place in ("mean.card.toml beside it", "--card", "--cards", "READINESS_CARDS"):
        assert place in line


def test_a_card_that_no_model_can_mean(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "mean.card.toml").write_text(CARD.replace("scale = 0.00392156862745098", "scale = nan"))
    line = refused(capsys, bench(site))
    assert f"{site}/mean.card.toml: 'input.scale'" in line
    assert "is no number" in line


@pytest.mark.parametrize("name", ["passwd", "model.pt"])
def test_what_is_no_model_file_by_its_name(site: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (site / name).write_bytes(b"root:x:0:0")
    line = refused(capsys, bench(site, models=(name,)))
    assert f"{site}/{name}: no .onnx or .tflite file; name one" in line


def test_a_page_was_asked_for_and_says_that_nothing_was_measured(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "mean.onnx").write_bytes(b"no model")
    line = refused(capsys, bench(site, "--html", str(site / "page.html")))
    assert "no ONNX model" in line
    page = (site / "page.html").read_text()
    assert "No model could be measured" in page
    assert "No ONNX model, or a truncated one; copy or export it again." in page


def test_names_that_are_not_utf_8_are_refused_and_the_others_go_on(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = os.fsdecode(b"caf\xe9.onnx")
    (site / odd).write_bytes((site / "mean.onnx").read_bytes())
    assert bench(site, "--json", str(site / "set.json"), models=(odd, "mean.onnx")) == 2
    report = json.loads((site / "set.json").read_text())
    assert [one["name"] for one in report["reports"]] == ["mean"]
    assert report["unusable"][0]["model"] == rf"{site}/caf\xe9.onnx"
    capsys.readouterr()
    (site / "frames").rename(site / odd.removesuffix(".onnx"))
    line = refused(capsys, bench(site, "--frames", str(site / odd.removesuffix(".onnx"))))
    assert r"caf\xe9: its name is not UTF-8; rename it" in line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--target", "moon"), "no profile 'moon'"),
        (("--card", "/none.card.toml"), "no such card"),
        (("--cards", "/none"), "no such folder of cards"),
        (("--threads", "0"), "--threads is 0"),
        (("--fps", "0"), "--fps is 0"),
        (("--provider", "cuda"), "no provider 'cuda'"),
        (("--json", "/none/here.json"), "its folder does not exist"),
        (("--frames", "/none"), "no such file or folder"),
        (("--frames", "ftp://127.0.0.1/a"), "frames come from"),
    ],
)
def test_unusable_words(site: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    assert said in refused(capsys, bench(site, *words))


def test_an_unknown_key_in_a_profile(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = profile(site)
    path = site / "profiles" / "targets" / "here.toml"
    path.write_text("colour = 'red'\n" + path.read_text())
    line = refused(capsys, bench(site, *words))
    assert "here.toml: unknown key 'colour'" in line


def test_an_empty_folder(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "empty").mkdir()
    line = refused(capsys, bench(site, "--frames", str(site / "empty")))
    assert "no usable frame" in line


def test_tflite_on_a_video(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = shared_data / "models" / "tflite" / "mobilenet_v1_0.25_224_quant.tflite"
    words = ["--frames", str(shared_data / "frames" / "video" / "udacity_test_video.mp4"), "--most-frames", "4", *QUICK]
    words += ["--cards", str(Path(__file__).resolve().parents[1] / "cards"), "--target", "raspberry-pi-4"]
    assert main(["bench", str(model), *words, "--json", "-"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["evidence"]["runtime"] == "tflite"
    assert report["evidence"]["frames_count"] == 4
    assert codes(report)["benchmark-on-other-board"] == "found"
