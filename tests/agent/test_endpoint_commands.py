"""Endpoints by the commands: what is said of them on the command line, and predictions as of a file."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

import servers
import tiny_onnx
from readiness_agent.__main__ import main
from readiness_agent.endpoints.address import shown
from servers import Server, serving, status

CARD = (
    'task = "classification"\nconfidence = 0.3\nclasses = ["red", "green", "blue"]\n'
    "[input]\nsize = [8, 8]\nscale = 0.00392156862745098\n[output]\ndecoder = 'softmax'\n"
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model, its card and three images; the commands run in it."""
    monkeypatch.chdir(tmp_path)
    tiny_onnx.averager(tmp_path / "parts.onnx")
    (tmp_path / "parts.card.toml").write_text(CARD)
    frames = np.random.default_rng(3).integers(0, 256, (3, 12, 12, 3), dtype=np.uint8)
    entries = []
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(tmp_path / f"{number}.png")
        entries.append({"id": f"{number}", "file": str(tmp_path / f"{number}.png")})
    (tmp_path / "list.json").write_text(json.dumps({"images": entries}))
    return tmp_path


@pytest.fixture
def server(site: Path) -> Iterator[Server]:
    with serving(servers.OpenInferenceApp(site / "parts.onnx")) as server:
        yield server


def predict(model: str, out: str, *more: str) -> int:
    return main(["predict", model, "--images", "list.json", "--out", out, *more])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_an_endpoint_is_predicted_with_as_its_file_is(site: Path, server: Server) -> None:
    url = f"{server.url}/v2/models/parts"
    assert predict("parts.onnx", "file.csv") == 0
    assert predict(url, "called.csv") == 0
    assert rows(site / "file.csv") == rows(site / "called.csv")
    note, of_file = (json.loads((site / f"{name}.csv.run.json").read_text()) for name in ("called", "file"))
    assert (note["model"]["name"], note["model"]["format"]) == ("parts", "http")
    assert note["card"] == of_file["card"]
    assert note["model"]["digest"] != of_file["model"]["digest"]


def test_an_image_whose_call_failed_has_no_answer_and_is_told(site: Path, server: Server) -> None:
    server.fault = lambda handler, number: number == 2 and status(500)(handler, number)
    assert predict(f"{server.url}/v2/models/parts", "p.csv") == 0
    assert [row["image"] for row in rows(site / "p.csv")] == ["0", "2"]
    (left_out,) = json.loads((site / "p.csv.run.json").read_text())["unreadable"]
    assert left_out.startswith(f"{site}/1.png: {server.url}/v2/models/parts: HTTP 500")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--timeout", "0"], "--timeout is 0 s; it must be above 0 and at most 120"),
        (["--timeout", "nan"], "--timeout is nan s"),
        (["--retries", "-1"], "--retries is -1; it must lie between 0 and 20"),
        (["--provider", "cuda"], "--runtime and --provider are for files"),
        (["--runtime", "onnx"], "--runtime and --provider are for files"),
        (["--header-file", "gone"], "gone: the headers cannot be read: No such file"),
        (["--card", "gone.card.toml"], "gone.card.toml: no such card"),
    ],
)
def test_what_cannot_be_said_of_an_endpoint_is_one_line(
    site: Path, server: Server, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert predict(f"{server.url}/v2/models/parts", "p.csv", *more) == 2
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1


def test_a_key_in_the_url_is_refused_and_not_repeated(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict("https://host.invalid/parts/3?api_key=s3cret", "p.csv") == 2
    said = capsys.readouterr().err
    assert "https://host.invalid: the URL holds a key" in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("model", "fit"),
    [
        ("models/parts.onnx?key=1", "models/parts.onnx?key=1"),
        ("https://host/infer/object_detection?model_id=a/1", "https://host/infer/object_detection?model_id=a/1"),
        ("https://host/parts/3?api_key=s3cret", "https://host/parts/3"),
        ("https://me:s3@cret@host:1/parts/3#s3cret", "https://host:1/parts/3"),
        ("http://[host/s?x=s3cret", "http://[host/s"),
    ],
)
def test_what_is_kept_of_a_models_name_holds_no_key(model: str, fit: str) -> None:
    assert shown(model) == fit


def test_a_file_is_no_endpoint(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict("parts.onnx", "p.csv", "--runtime", "http") == 2
    assert "--runtime http takes the URL of an endpoint" in capsys.readouterr().err


def test_nobody_at_the_address_and_no_card_are_one_line(
    site: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(f"http://127.0.0.1:{servers.free_port()}/v2/models/parts", "p.csv") == 2
    assert "cannot be reached: Connection refused (2 tries)" in capsys.readouterr().err
    (site / "parts.card.toml").unlink()
    assert predict(f"{server.url}/v2/models/parts", "p.csv") == 2
    assert "write parts.card.toml here" in capsys.readouterr().err


def test_the_key_reaches_the_endpoint_and_no_file(site: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_API_KEY", "s3cret-4711")
    assert predict(f"{server.url}/v2/models/parts", "p.csv") == 0
    assert {headers["Authorization"] for _, _, headers, _ in server.asked} == {"Bearer s3cret-4711"}
    written = b"".join(path.read_bytes() for path in site.iterdir())
    assert b"s3cret" not in written
    assert msgspec.json.decode((site / "p.csv.run.json").read_bytes())["images"] == 3
