"""The benchmark's report: keys for programs, a table for people at 80 and 140 columns, evaluations beside it."""

import io
import json
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from readiness.evidence.benchmark import Benchmark, Memory
from readiness.exits import Stop
from readiness_agent.benchmark import wording
from readiness_agent.benchmark.evaluations import unasked
from readiness_agent.benchmark.report import (
    Reported,
    chosen,
    encoded,
    encoded_set,
    evaluations,
    show,
    worst_code,
)
from reported import TARGET, dark, reported, seen, whole
from specimens import MODEL, device, evaluation, latency, rate

PROFILES = Path(__file__).resolve().parents[2] / "profiles"


def shown(one: list[Reported], width: int = 140) -> str:
    console = Console(file=io.StringIO(), width=width)
    show(one, chosen(one, TARGET, PROFILES), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def test_one_report_has_the_keys_of_the_contract() -> None:
    report = json.loads(msgspec.json.encode(encoded(whole())))
    assert report["schema"] == "readiness.bench/1"
    assert report["state"] in {"warning", "monitor_required"}
    for key in ("latency_ms", "stages_ms", "cold_start_ms", "throughput_fps", "memory_mib", "confidence", "validity"):
        assert report[key] is not None
    for key in ("agreement", "paced", "sustained", "placement", "calls", "source", "operators", "trace", "conditions"):
        assert report[key] is not None
    assert msgspec.convert(report["evidence"], Benchmark) == whole().benchmark
    assert {finding["outcome"] for finding in report["findings"]} <= {"found", "unknown"}


def test_what_is_not_known_is_null_and_never_zero() -> None:
    report = json.loads(msgspec.json.encode(encoded(dark())))
    assert report["end_to_end_ms"]["p95"]["value"] is None
    assert report["memory_mib"]["peak_rss"] is None
    assert report["memory_mib"]["gpu"] is None
    for key in ("agreement", "paced", "sustained", "placement", "calls", "operators", "trace", "throughput_fps"):
        assert report[key] is None


def test_a_set_carries_the_choice() -> None:
    fast, slow = seen(reported("fast", end_to_end_ms=latency(9.0)), 0.8, 380), seen(reported("slow"), 0.81, 388)
    made = chosen([slow, fast], TARGET, PROFILES)
    report = json.loads(msgspec.json.encode(encoded_set([slow, fast], {"bad.onnx": "no model"}, made)))
    assert report["schema"] == "readiness.bench-set/1"
    assert report["state"] == "ready"
    assert [one["name"] for one in report["reports"]] == ["slow", "fast"]
    assert report["pareto"] == ["fast", "slow"]
    assert report["recommendation"]["name"] == "fast"
    assert "costs 0.02 recall on 'nut'" in report["recommendation"]["because"]
    assert report["unusable"] == [{"model": "bad.onnx", "because": "no model"}]
    assert [one["name"] for one in report["choice"]["standings"]] == ["fast", "slow"]
    assert report["choice"]["ranked_by"] == "ap"


def test_alternatives_are_read_beside_the_target(tmp_path: Path) -> None:
    """The gateway's alternative has the same board, so it is judged by what was measured."""
    slow = reported("slow", end_to_end_ms=latency(80.0))
    ways = [way.text for misfit in chosen([slow], TARGET, PROFILES).misfits for way in misfit.ways]
    assert any(text.startswith("x86-workstation: it fits there as measured here") for text in ways)
    (tmp_path / "targets").mkdir()
    ways = [way.text for misfit in chosen([slow], TARGET, tmp_path).misfits for way in misfit.ways]
    assert ways
    assert not any("x86-workstation" in text for text in ways)


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_says_the_verdict_first_and_all_that_was_measured(width: int) -> None:
    text = shown([whole()], width)
    lines = [line for line in text.splitlines() if line.strip()]
    assert lines[0].startswith("WARNING: whole, for x86-gateway")
    assert max(map(len, lines)) <= width
    said = flat(text)
    for words in (
        "p95 12.0, at most 12.6",
        "budget of p95 33 ms",
        "decode 1.00, preprocess 1.00, infer 7.00, postprocess 1.00 ms (medians); cold start 80.0 ms",
        "90.0 frames/s (88.0 to 92.0); 30 required",
        "peak 120, at most 122 MiB, budget 256",
        "GPU unknown",
        "validity valid",
        "at 30 frames/s p95 12.5, at most 13.1 ms; missed 0.3 %",
        "p95 of its last fifth 1.31 times that of its first (1.20 to 1.40)",
        "memory slope 2.50 MiB/h (\N{MINUS SIGN}1.00 to 6.00)",
        "40 answers on 64 frames; entropy 0.31 of 1",
        "class 96.8 %",
        "place 8.1 %",
        "80 of 90 on XnnpackExecutionProvider in 4 partitions; time elsewhere 12.0 %",
        "failed 1.0 %",
        "timeout 2, http 503 1; 4 retries",
        "operators, the longest of 30",
        "boxes-differ-from-incumbent",
        "if it is a conversion of the incumbent, it is broken: repair the scale or format",
    ):
        assert words in said, words
    assert text.count("/layer/") == 15


@pytest.mark.parametrize("width", [80, 140])
def test_unknown_is_said_in_words(width: int) -> None:
    text = flat(shown([dark()], width))
    assert "dark, no target named" in text
    assert "p95 too few runs" in text
    assert "peak unknown" in text
    assert "insufficient: p95 needs 59 independent runs, these are worth 12" in text
    assert "stages unknown" in text
    assert "throughput unknown" in text
    assert "nan" not in text.lower()
    assert "None" not in text


def test_state_why_and_what_next_come_before_the_figures() -> None:
    text = shown([reported("heavy", memory_mib=_heavy())], 80)
    places = [text.index(words) for words in ("BLOCKED", "block memory-over", "do: ", "what would fit", "end to end")]
    assert places == sorted(places)
    assert "independent ones" in flat(text)


def test_an_open_question_is_told_by_what_it_does_and_not_by_its_severity() -> None:
    long_run = msgspec.structs.replace(whole().benchmark.sustained, leak_mib_per_h=None, leak_bounds=(None, None))
    text = flat(shown([reported(sustained=long_run)]))
    assert "monitor memory-leak (undecided)" in text
    assert "block memory-leak" not in text


def test_budgets_are_not_held_against_another_boards_figures() -> None:
    text = flat(shown([reported(device=device(board="raspberry-pi-4"))]))
    assert "benchmark-on-other-board" in text
    assert "budget of p95" not in text
    assert ", budget 256" not in text


def test_several_are_led_by_the_choice() -> None:
    models = [reported("fast", end_to_end_ms=latency(9.0)), reported("heavy", memory_mib=_heavy())]
    text = shown(models, 80)
    assert text.startswith("RECOMMENDED: fast\n")
    assert "fits x86-gateway with" in flat(text)
    assert "no evaluation is at hand" in flat(text)
    assert "beaten by fast" in flat(text)
    assert "what would fit:" in text
    assert "no smaller input" in flat(text)


def test_names_cannot_command_the_terminal_nor_turn_the_line() -> None:
    text = shown([reported("\x1b[31mred\x07\u202egpj.exe [bold]x[/bold]"), reported("名前 🦊" + "n" * 200)], 80)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert r"\x1b[31mred\x07\u202egpj.exe [bold]x[/bold]" in text
    assert "🦊" in text
    assert text.count("n" * 30) >= 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "unknown"),
        (0.0, "0.00"),
        (3.14159, "3.14"),
        (31.4159, "31.4"),
        (3141.59, "3,142"),
        (-2.5, "\N{MINUS SIGN}2.50"),
    ],
)
def test_numbers_keep_three_digits(value: float | None, said: str) -> None:
    assert wording.number(value) == said


def test_a_rate_of_nothing_has_no_share() -> None:
    assert wording.rate(rate(0, 0)) == "none to count"
    assert wording.rate(rate(0, 50)).startswith("0 % (0 % to ")


def test_of_several_exit_codes_unfit_counts_before_missing() -> None:
    assert [worst_code(codes) for codes in ([0, 1, 3], [0, 3], [0], [])] == [1, 3, 0, 0]


def report_of(folder: Path, name: str, **changes: str) -> Path:
    path = folder / name
    record = evaluation(**changes)
    path.write_bytes(msgspec.json.encode({"schema": "readiness.evaluate/1", "evidence": record, "more": [1]}))
    return path


def test_evaluations_are_kept_by_their_model(tmp_path: Path) -> None:
    paths = [report_of(tmp_path, "a.json"), report_of(tmp_path, "b.json", model="sha256:b")]
    found = evaluations(paths)
    assert set(found) == {MODEL, "sha256:b"}
    assert found[MODEL] == evaluation()
    lines = unasked(found, {MODEL})
    assert len(lines) == 1
    assert "sha256:b" in lines[0]
    assert evaluations([]) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "no evaluation in it"),
        (b"\xff\xfe", "no evaluation in it"),
        (b"[" * 100_000, "no evaluation in it"),
        (b"{}", "missing required field `evidence`"),
        (b'{"evidence": {"model": 1}}', "expected the report of readiness evaluate"),
    ],
)
def test_a_file_that_is_no_evaluation_is_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(Stop) as stopped:
        evaluations([path])
    assert said in str(stopped.value)
    assert str(path) in str(stopped.value)
    assert "\n" not in str(stopped.value)
    assert stopped.value.code == 2


def test_evaluations_that_cannot_be_meant(tmp_path: Path) -> None:
    twice = [report_of(tmp_path, "a.json"), report_of(tmp_path, "b.json")]
    with pytest.raises(Stop, match=r"b\.json: a second evaluation of the model"):
        evaluations(twice)
    with pytest.raises(Stop, match="cannot read"):
        evaluations([tmp_path / "none.json"])
    benchmark_report = tmp_path / "bench.json"
    benchmark_report.write_bytes(msgspec.json.encode(encoded(reported())))
    with pytest.raises(Stop, match="no evaluation in it"):
        evaluations([benchmark_report])
    dated = report_of(tmp_path, "c.json", observed_at="yesterday")
    with pytest.raises(Stop, match="no RFC 3339 time"):
        evaluations([dated])


def test_an_evaluation_of_another_card_is_a_finding() -> None:
    """Swapped evidence shows: the evaluation is judged with the benchmark, it does not only rank it."""
    one = reported("parts", evaluation=evaluation(model="sha256:5parts", card="sha256:other"))
    assert "card-differs" in {finding.code for finding in one.findings}
    assert one.verdict.state == "blocked"


def _heavy() -> Memory:
    return Memory(peak_rss=900.0, peak_rss_upper=910.0, pss=800.0, uss=790.0, model_delta=20.0)
