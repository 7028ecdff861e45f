"""The protocol over workers that answer as told: order, extension, Ctrl-C, workers that die, one bench at a time."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from measurements import candidate, measured, sensed, surveyed, times_ns
from readiness.exits import UNAVAILABLE, Stop
from readiness.profile import Budget
from readiness_agent.benchmark import protocol
from readiness_agent.benchmark.exclusive import sole_benchmark
from readiness_agent.benchmark.protocol import PLANS, Candidate, Interrupted, Plan, Result, benchmark
from readiness_agent.worker.calling import JobRefused, WorkerFailed
from readiness_agent.worker.jobs import Measure, Measured, SustainedLoop
from specimens import device, profile

Answer = Callable[[int, Measure], Measured]
QUICK, STANDARD = PLANS["quick"], PLANS["standard"]


class Workers:
    """Stands in for worker processes: notes each job, and answers by `answer` with its number and the job."""

    def __init__(self, answer: Answer) -> None:
        self.jobs: list[Measure] = []
        self._answer = answer

    def run_job(self, job: Measure, *_: Any, **__: Any) -> Measured:
        self.jobs.append(job)
        return self._answer(len(self.jobs) - 1, job)

    @property
    def order(self) -> str:
        return " ".join(Path(job.load.path).stem for job in self.jobs)


def good(number: int, job: Measure) -> Measured:
    if not job.sustained_s:
        return measured(seed=number)
    loop = SustainedLoop(seconds=job.sustained_s, fps=None, end_to_end_ns=times_ns(100), buckets=())
    return measured(sustained=loop)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(protocol, "sense_all", sensed)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workers]:
    def use(answer: Answer = good) -> Workers:
        workers = Workers(answer)
        monkeypatch.setattr(protocol, "run_job", workers.run_job)
        return workers

    return use


def of(*names: str, incumbent: str = "") -> list[Candidate]:
    return [candidate(name, incumbent=name == incumbent) for name in names]


def bench(candidates: list[Candidate], plan: Plan = QUICK, **changes: Any) -> list[Result | str]:
    return benchmark(candidates, surveyed(), plan, device(), **changes)


def record(result: Result | str) -> Result:
    assert isinstance(result, Result)
    return result


def test_every_second_round_runs_in_reverse(ran: Callable[..., Workers]) -> None:
    workers = ran()
    results = bench(of("a", "b", "c"))
    assert workers.order == "a b c c b a a b c"
    assert [record(one).benchmark.model_name for one in results] == ["a", "b", "c"]
    assert [record(one).benchmark.processes for one in results] == [3, 3, 3]
    assert [job.tally for job in workers.jobs] == [True] * 3 + [False] * 6
    assert record(results[0]).benchmark.validity == "valid"
    assert len(record(results[0]).trace.steps) == 101


def test_conditions_say_what_the_numbers_hold_for(ran: Callable[..., Workers]) -> None:
    ran()
    said = record(bench(of("a"))[0]).benchmark.conditions
    wanted = {"power_mode": "15W", "governor": "schedutil", "trip_distance_before_c": 30.0, "temperature_after_c": 50.0}
    assert {name: said[name] for name in wanted} == wanted
    assert (said["machine_stall_share"], said["quota_throttled"], said["throttling_watched"]) == (0.00334, 0, True)
    assert (said["processes_planned"], said["threads"], said["swap_total_mib"]) == (3, 1, None)


def test_a_sustained_run_follows_all_repetitions(ran: Callable[..., Workers]) -> None:
    workers = ran()
    plan = msgspec.structs.replace(QUICK, sustained_s=600.0)
    results = bench(of("a", "b"), plan)
    assert workers.order == "a b b a a b a b"
    assert [job.sustained_s for job in workers.jobs[-3:]] == [0.0, 600.0, 600.0]
    found = record(results[0]).benchmark
    assert found.sustained is not None
    assert (found.sustained.seconds, found.processes, found.runs) == (600.0, 3, 900)


def test_the_rate_that_the_target_requires_paces_the_frames(ran: Callable[..., Workers]) -> None:
    def rates(plan: Plan) -> set[float | None]:
        workers = ran()
        bench(of("a"), plan, profile=profile())
        return {job.fps for job in workers.jobs}

    assert rates(STANDARD) == {30.0}
    assert rates(msgspec.structs.replace(STANDARD, fps=5.0)) == {5.0}
    assert rates(QUICK) == {None}


def budget(p95_ms: float) -> Any:
    return profile(budget=Budget(p95_ms=p95_ms, memory_mib=256.0))


@pytest.mark.parametrize(("p95_ms", "processes"), [(33.0, 5), (5.0, 5), (10.9, 10)])
def test_what_a_budget_holds_undecided_is_measured_once_again(
    ran: Callable[..., Workers], p95_ms: float, processes: int
) -> None:
    workers = ran()
    found = record(bench(of("a"), STANDARD, profile=budget(p95_ms))[0]).benchmark
    assert len(workers.jobs) == found.processes == found.conditions["processes_planned"] == processes


def test_screening_is_not_extended_nor_what_other_work_disturbed(ran: Callable[..., Workers]) -> None:
    workers = ran()
    bench(of("a"), QUICK, profile=budget(10.9))
    assert len(workers.jobs) == 3
    workers = ran(lambda number, _: measured(seed=number, run_delay_s=1.0))
    bench(of("a"), STANDARD, profile=budget(10.9))
    assert len(workers.jobs) == 5


def test_a_worker_that_dies_midway_is_a_line_and_the_others_go_on(ran: Callable[..., Workers]) -> None:
    def dying(number: int, job: Measure) -> Measured:
        if Path(job.load.path).stem == "b" and number == 5:
            raise WorkerFailed("/models/b.onnx: the worker process was killed by SIGSEGV")
        return good(number, job)

    workers = ran(dying)
    first, second = bench(of("a", "b"))
    assert workers.order == "a b b a a b"
    assert record(first).benchmark.processes == 3
    assert second == "/models/b.onnx: the worker process was killed by SIGSEGV; 2 of 3 processes before it were fine"


def test_a_job_refused_at_once_is_its_line_alone(ran: Callable[..., Workers]) -> None:
    def refusing(number: int, job: Measure) -> Measured:
        raise JobRefused(f"/models/a.onnx: no memory for job {number} of {job.runs}")

    ran(refusing)
    assert bench(of("a")) == ["/models/a.onnx: no memory for job 0 of 100"]


def interrupted(candidates: list[Candidate], plan: Plan = QUICK, **changes: Any) -> list[Result | str]:
    with pytest.raises(Interrupted, match="kept") as caught:
        bench(candidates, plan, **changes)
    return caught.value.results


def test_ctrl_c_keeps_the_partial_measurements_and_says_so(ran: Callable[..., Workers]) -> None:
    workers = ran(lambda number, _: measured(seed=number, interrupted=number == 3))
    first, second = interrupted(of("a", "b"))
    assert workers.order == "a b b a"
    for one, runs in ((record(first).benchmark, 600), (record(second).benchmark, 600)):
        assert (one.validity, one.runs) == ("insufficient", runs)
    assert record(first).benchmark.validity_because[0] == "interrupted after 1 of 3 processes"
    assert record(second).benchmark.validity_because[0] == "interrupted after 2 of 3 processes"


def test_ctrl_c_without_an_answer_keeps_what_was_there(ran: Callable[..., Workers]) -> None:
    def stopping(number: int, job: Measure) -> Measured:
        if number == 1:
            raise KeyboardInterrupt
        return good(number, job)

    ran(stopping)
    first, second = interrupted(of("a", "b"))
    assert record(first).benchmark.validity_because[0] == "interrupted after 1 of 3 processes"
    assert second == "b: interrupted before its first run; nothing was measured"


def test_ctrl_c_in_the_sustained_run_leaves_no_whole_record(ran: Callable[..., Workers]) -> None:
    def stopping(number: int, job: Measure) -> Measured:
        return msgspec.structs.replace(good(number, job), interrupted=number == 6)

    ran(stopping)
    plan = msgspec.structs.replace(QUICK, sustained_s=60.0)
    first, second = interrupted(of("a", "b"), plan)
    assert record(first).benchmark.validity_because == ("interrupted after 3 of 4 processes",)
    assert record(second).benchmark.validity_because == ("interrupted after 3 of 4 processes",)
    assert record(first).benchmark.sustained is not None
    assert record(second).benchmark.sustained is None


def test_an_endpoint_has_calls_and_no_memory(ran: Callable[..., Workers]) -> None:
    def called(number: int, _: object) -> Measured:
        """300 calls answered, 20 more in the paced loop, and 2 more than its number failed, all in one half second."""
        half_seconds = (*[(10, 0)] * 32, (2 + number, 2 + number))
        return measured(seed=number, failed={"timeout": 2, "http 503": number}, calls=half_seconds, retries=3)

    ran(called)
    away = candidate("far")
    model = msgspec.structs.replace(away.described.model, format="http", size_mib=None)
    away = msgspec.structs.replace(away, described=msgspec.structs.replace(away.described, model=model))
    found = record(bench([away])[0]).benchmark
    assert found.memory_mib.peak_rss is None
    assert found.calls is not None
    failed = found.calls.failed
    assert (failed.hits, failed.n, found.calls.retries) == (9, 969, 9)
    assert found.runs == 900
    assert failed.n_effective < 0.2 * failed.n
    assert found.calls.kinds == {"http 503": 3, "timeout": 6}
    ran(lambda *_: msgspec.structs.replace(measured(failed={"timeout": 5}), end_to_end_ns=[], stages_ns={}))
    assert bench([away]) == [
        "far: no call was answered (timeout 15 times); see whether the endpoint runs and takes this input"
    ]


def test_answers_are_compared_with_the_incumbents(
    ran: Callable[..., Workers], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def agree(*words: Any) -> None:
        asked.append((words[0].name, words[1].name, words[2].name, words[3].name))

    def answering(number: int, job: Measure) -> Measured:
        if job.answers is not None and number != 2:
            Path(job.answers).touch()
        return good(number, job)

    monkeypatch.setattr(protocol, "agree", agree)
    ran(answering)
    bench(of("a", "b", "c", incumbent="b"), folder=tmp_path)
    assert asked == [("b", "answers-1", "a", "answers-0")]
    ran(answering)
    bench(of("a", "b"), folder=tmp_path)
    assert len(asked) == 1


def test_the_watch_is_told_time_that_runs_out(ran: Callable[..., Workers]) -> None:
    ran()
    told: list[tuple[str, str, float, float]] = []
    plan = msgspec.structs.replace(QUICK, sustained_s=1.0)
    bench(of("a", "b"), plan, watch=lambda *words: told.append(words))
    names = list(dict.fromkeys(name for name, *_ in told))
    phases = list(dict.fromkeys(phase for _, phase, *_ in told))
    assert names == ["a", "b"]
    assert phases == ["process 1 of 3", "process 2 of 3", "process 3 of 3", "sustained run"]
    left = [planned - done for *_, done, planned in told]
    assert left[0] == pytest.approx(2 * (3 * plan.process_s() + plan.long_s()))
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0


@pytest.fixture
def other() -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the benchmark lock until its stdin closes."""
    program = (
        "import sys\nfrom readiness_agent.benchmark.exclusive import sole_benchmark\n"
        "with sole_benchmark():\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", program]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"TMPDIR": tempfile.gettempdir()}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_a_second_benchmark_at_the_same_time_is_refused(
    ran: Callable[..., Workers], other: subprocess.Popen[str]
) -> None:
    workers = ran()
    with pytest.raises(Stop, match=rf"another benchmark \(process {other.pid}\) runs on this device") as caught:
        bench(of("a"))
    assert caught.value.code == UNAVAILABLE
    assert not workers.jobs
    assert other.stdin is not None
    other.stdin.close()
    other.wait()
    bench(of("a"))
    assert len(workers.jobs) == 3


def test_no_place_for_a_lock_is_no_reason_to_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with sole_benchmark():
        pass
