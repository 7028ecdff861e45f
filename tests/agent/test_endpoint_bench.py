"""A benchmark of an endpoint as one would type it: what is told, what it costs when calls fail, and where keys go."""

import functools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

import servers
import tiny_onnx
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.model import Model
from readiness_agent.__main__ import main
from readiness_agent.benchmark import protocol, wording
from readiness_agent.runtimes import CallFailed, Unrunnable
from readiness_agent.worker.calling import JobRefused
from readiness_agent.worker.jobs import Describe, Measure, Reply, Survey
from readiness_agent.worker.measure import measure
from readiness_agent.worker.predictor import describe
from readiness_agent.worker.survey import survey
from servers import Handler, Server, serving, status

CARD = (
    'task = "classification"\nconfidence = 0.3\nclasses = ["red", "green", "blue"]\n'
    "[input]\nsize = [8, 8]\nscale = 0.00392156862745098\n[output]\ndecoder = '{decoder}'\n"
)
PLAN = msgspec.structs.replace(protocol.PLANS["quick"], processes=1, runs=150, seconds=0.0, block_s=0.05, warm_up_s=0.3)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with frames, a model and its card; the command runs in it, and a short plan is the quick one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("readiness_agent.worker.calling.providers", tuple)  # they are another test's
    monkeypatch.setitem(protocol.PLANS, "quick", PLAN)
    tiny_onnx.averager(tmp_path / "parts.onnx")
    (tmp_path / "parts.card.toml").write_text(CARD.format(decoder="softmax"))
    (tmp_path / "frames").mkdir()
    dice = np.random.default_rng(3)
    for number in range(32):
        Image.fromarray(dice.integers(0, 256, (12, 12, 3), dtype=np.uint8)).save(tmp_path / "frames" / f"{number}.png")
    return tmp_path


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the workers' jobs done here, which spares a process for each; what they refuse is told alike."""

    def done(job: Measure | Survey | Describe) -> Reply:
        try:
            if isinstance(job, Measure):
                return measure(job, lambda *_: None, lambda: False)
            return survey(job) if isinstance(job, Survey) else describe(job)
        except (Unrunnable, CallFailed) as error:
            raise JobRefused(str(error)) from None

    for place in ("worker.calling", "benchmark.protocol"):
        monkeypatch.setattr(f"readiness_agent.{place}.run_job", lambda job, *_, **__: done(job))


@pytest.fixture
def server(site: Path) -> Iterator[Server]:
    with serving(servers.OpenInferenceApp(site / "parts.onnx")) as server:
        yield server


def bench(model: str, *more: str, target: str = "cloud-cpu") -> int:
    files = ("--json", "report.json", "--html", "report.html")
    return main(["bench", model, "--frames", "frames", "--target", target, "--quick", *files, *more])


def report(site: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((site / "report.json").read_text())
    return told


def outcomes(told: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {one["code"]: (one["outcome"], one["unknown"]) for one in told["findings"]}


def test_an_endpoint_is_benchmarked_for_a_cloud_target(
    site: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READINESS_API_KEY", "s3cret-4711")
    (site / "headers").write_text("X-Gate: pass-0815\n")
    assert bench(f"{server.url}/v2/models/parts", "--header-file", "headers") == 1
    said = capsys.readouterr()
    lines = " ".join(said.out.split())
    for words in (
        "BLOCKED: parts, for cloud-cpu",
        "budget of p95 300 ms",
        "memory an endpoint's cannot be seen from here",
        "open-inference-v2 binary; called from ",
        "calls failed 0 % (0 % to ",
        "the model is named by its endpoint's address and metadata, not by its bytes",
        "call the endpoint more often: readiness-agent bench without --quick",
    ):
        assert words in lines
    told = report(site)
    assert outcomes(told)["calls-failing"] == ("unknown", "undecided")
    assert outcomes(told)["deadlines-missed"] == ("unknown", "missing")
    found = {code for code, (outcome, _) in outcomes(told).items() if outcome == "found"} - {"benchmark-not-valid"}
    assert found == {"benchmark-too-thin", "benchmark-quick-only", "endpoint-unproven"}
    evidence, model = msgspec.convert(told["evidence"], Benchmark), msgspec.convert(told["model"], Model)
    assert (model.format, evidence.runtime, evidence.model) == ("http", "http", model.digest)
    assert evidence.calls is not None
    assert evidence.calls.failed.n == evidence.runs >= 150
    assert evidence.calls.failed.n_effective < evidence.runs
    assert evidence.memory_mib.peak_rss is None
    assert evidence.confidence is not None
    assert evidence.confidence.frames == 32
    page = (site / "report.html").read_text()
    assert "Nothing proves which model answers at the endpoint" in page
    assert "parts called from " in page
    assert "An endpoint&#39;s memory cannot be seen from its caller." in page
    assert "Model server on a cloud CPU instance, reached over HTTP" in page
    assert {(one["Authorization"], one["X-Gate"]) for *_, one, _ in server.asked} == {
        ("Bearer s3cret-4711", "pass-0815")
    }
    written = b"".join(path.read_bytes() for path in site.iterdir() if path.is_file() and path.name != "headers")
    assert not any(key in written or key.decode() in said.out + said.err for key in (b"s3cret", b"pass-0815"))


@pytest.mark.usefixtures("inline")
def test_an_api_whose_calls_fail_is_never_ready(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every fifth call gets a 503; the bound of the share, and not the share alone, is what is judged."""
    (site / "colours-2.card.toml").write_text(CARD.format(decoder="roboflow"))
    monkeypatch.setitem(protocol.PLANS, "quick", msgspec.structs.replace(PLAN, seconds=0.8))
    named = [{"class": "blue", "class_id": 2, "confidence": 0.75}, {"class": "red", "class_id": 0, "confidence": 0.2}]
    with serving(servers.answering({"predictions": named, "image": {"width": 8, "height": 8}})) as server:
        server.fault = lambda handler, number: number % 5 == 0 and status(503)(handler, number)
        assert bench(f"{server.url}/colours/2", "--retries", "0", target="hosted-api") == 1
    said = " ".join(capsys.readouterr().out.split())
    told = report(site)
    assert told["state"] == "blocked"
    calls = msgspec.convert(told["evidence"], Benchmark).calls
    assert calls is not None
    assert calls.kinds == {"http 503": calls.failed.hits}
    assert calls.failed.hits == pytest.approx(calls.failed.n / 5, abs=1)
    assert 0 < calls.failed.lower < 0.2 < calls.failed.upper < 1
    assert outcomes(told)["calls-failing"] == ("found", None)
    assert f"{calls.failed.hits} of {calls.failed.n} calls failed ({calls.failed.hits} http 503)" in said
    assert f"Failed {wording.rate(calls.failed)}: http 503 {calls.failed.hits}" in (site / "report.html").read_text()
    assert msgspec.convert(told["evidence"], Benchmark).provider == "roboflow"


def test_a_key_in_the_url_reaches_no_record(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    urls = ("https://host.invalid/parts/3?api_key=s3cret", "https://joe:s3cret@host.invalid/parts/4")
    assert main(["bench", *urls, "--frames", "frames", "--quick", "--json", "report.json"]) == 2
    told = capsys.readouterr()
    assert told.err.count("the URL holds a key") == 2
    assert [one["model"] for one in report(site)["unusable"]] == [
        "https://host.invalid/parts/3",
        "https://host.invalid/parts/4",
    ]
    assert "s3cret" not in told.out + told.err + (site / "report.json").read_text()


def hanging_up(server: Server, handler: Handler) -> bool:
    """End as a killed server does: nothing listens any more, and the connections break."""
    server.shutdown()
    server.server_close()
    handler.close_connection = True
    return True


def hanging(server: Server, _: Handler) -> bool:
    server.app = lambda *_: time.sleep(30)
    return False


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    ("end", "said"), [(hanging_up, "Connection refused"), (hanging, "no whole answer within 0.3 s")]
)
def test_a_server_that_goes_away_is_told_in_one_line(
    site: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, end: Any, said: str
) -> None:
    """It answers the first 100 calls of two processes' 150: the first runs to its end, the second cannot begin."""
    monkeypatch.setitem(protocol.PLANS, "quick", msgspec.structs.replace(PLAN, processes=2, warm_up_s=0.0))
    monkeypatch.setattr(protocol, "Measure", functools.partial(Measure, most_seconds=0.5))
    server.fault = lambda handler, number: number == 100 and end(server, handler)
    begun = time.monotonic()
    assert bench(f"{server.url}/v2/models/parts", "--timeout", "0.3") == 2
    assert time.monotonic() - begun < 20
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = [line for line in told.err.splitlines() if "bench: " in line]
    assert line.startswith(f"readiness-agent bench: {server.url}/v2/models/parts: ")
    assert said in line
    assert line.endswith("; 1 of 2 processes before it were fine")
