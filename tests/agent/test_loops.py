"""The loops of a repetition, over a stand-in model whose time is known: what is timed, and when it ends."""

import mmap
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from readiness_agent.runtimes import CallFailed, Unrunnable
from readiness_agent.sysroot import Tree
from readiness_agent.worker import between as between_module
from readiness_agent.worker import loop, pacing, sustaining
from readiness_agent.worker import runs as runs_module
from readiness_agent.worker.between import Between, Gauges
from readiness_agent.worker.calibration import calibration_ms
from readiness_agent.worker.jobs import Load, Measure
from readiness_agent.worker.loop import closed_loop, warm_up
from readiness_agent.worker.pacing import moments, paced_loop
from readiness_agent.worker.runs import Runs, Stamps
from readiness_agent.worker.steadiness import steady
from readiness_agent.worker.sustaining import sustained_loop

Behaviour = Callable[[int], None]


class Model:
    """Stands in for an Inference: `behave` is told the number of the call, and sleeps, fails or leaks."""

    confidence = 0.5

    def __init__(self, behave: Behaviour) -> None:
        self._behave, self.calls = behave, 0
        self.card = self

    def prepare(self, picture: np.ndarray) -> tuple[np.ndarray, None]:
        return picture, None

    def infer(self, batch: np.ndarray) -> list[np.ndarray]:
        self.calls += 1
        self._behave(self.calls)
        return [batch]

    def read(self, outputs: list[np.ndarray], geometry: None, floor: float) -> None:
        assert floor == 0.5


class Watched(Runs):
    """Keeps when every run began and ended."""

    spans: list[tuple[int, int]]

    def next(self) -> Stamps | None:
        stamps = super().next()
        if stamps is not None:
            self.spans.append((stamps[0], stamps[-1]))
        return stamps


class SlowGauges(Gauges):
    """Takes its time, and keeps when it looked."""

    def __init__(self, takes_s: float) -> None:
        super().__init__(Tree(Path("/nowhere")))
        self._takes_s = takes_s
        self.looks: list[tuple[int, int]] = []

    def temperature_c(self) -> float:
        begun = time.perf_counter_ns()
        time.sleep(self._takes_s)
        self.looks.append((begun, time.perf_counter_ns()))
        return 41.5


class Clock:
    """A clock that stands still until it is read, which takes a microsecond, or slept on: no load changes its times."""

    def __init__(self) -> None:
        self._ns = 10**9

    def perf_counter_ns(self) -> int:
        self._ns += 1000
        return self._ns

    def perf_counter(self) -> float:
        return self.perf_counter_ns() / 1e9

    monotonic = perf_counter

    def sleep(self, seconds: float) -> None:
        self._ns += int(seconds * 1e9)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the loops, and of the models and gauges here."""
    clock = Clock()
    for module in (runs_module, between_module, loop, pacing, sys.modules[__name__]):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def frame(tmp_path: Path, clock: Clock) -> Path:
    Image.new("RGB", (4, 4)).save(tmp_path / "frame.png")
    return tmp_path / "frame.png"


def sleeping(seconds: float) -> Behaviour:
    return lambda _: time.sleep(seconds)


def runs_of(frame: Path, behave: Behaviour) -> Watched:
    runs = Watched(Model(behave), [frame])  # type: ignore[arg-type] - stands in for it
    runs.spans = []
    return runs


def between(stopped: Callable[[], bool] = lambda: False, gauges: Gauges | None = None) -> Between:
    return Between(gauges or Gauges(Tree(Path("/nowhere"))), lambda done, total: None, stopped)


def job(**asked: object) -> Measure:
    plain = Measure(load=Load(path="model"), frames=(), runs=20, seconds=0.0, block_s=0.02, warm_up_s=0.3)
    return msgspec.structs.replace(plain, **asked)


def series(generator: np.random.Generator, *, drifts: bool) -> list[float]:
    """Five to twelve block medians with noise of 1 %: settled, or still falling by 2 to 10 % a block, or jumping."""
    length, level = generator.integers(5, 13), generator.uniform(1, 300)
    noise = 1 + 0.01 * generator.standard_normal(length)
    if not drifts:
        early = 1 + generator.uniform(0, 1) * np.exp(-np.arange(length + 12))[12:]
        return list(level * early * noise)
    if generator.random() < 0.7:
        return list(level * (1 + generator.choice([-1, 1]) * generator.uniform(0.02, 0.1)) ** np.arange(length) * noise)
    return list(level * np.where(np.arange(length) < length - generator.integers(1, 4), 1, 1.1) * noise)


def test_steadiness_is_told_from_drift() -> None:
    generator = np.random.default_rng(5)
    truths = [bool(number % 2) for number in range(2000)]
    right = [steady(series(generator, drifts=drifts)) is not drifts for drifts in truths]
    settled, drifting = np.mean(right[::2]), np.mean(right[1::2])
    print(f"\nsettled told {settled:.3f}, drifting told {drifting:.3f}")
    assert settled >= 0.95
    assert drifting >= 0.95


def test_steady_needs_five_blocks_that_agree_and_do_not_drift() -> None:
    assert steady([10.0, 10.1, 9.9, 10.0, 10.05])
    assert steady([50.0, 20.0, 10.0, 10.1, 9.9, 10.0, 10.05])
    assert not steady([10.0, 10.0, 10.0, 10.0])
    assert not steady([10.0, 10.0, 10.0, 10.0, 10.6])
    assert not steady([10.0, 10.12, 10.24, 10.36, 10.48])


def test_warm_up_ends_when_steady_or_at_its_cap(frame: Path) -> None:
    done, settled = warm_up(job(warm_up_s=5.0), runs_of(frame, sleeping(0.002)), between())
    assert settled
    assert done == 50
    growing = runs_of(frame, lambda call: time.sleep(0.0005 * 1.02**call))
    begun = time.perf_counter()
    assert warm_up(job(), growing, between())[1] is False
    assert time.perf_counter() - begun < 1.0
    slow = runs_of(frame, sleeping(0.2))
    assert warm_up(job(), slow, between()) == (2, False)


def test_a_closed_loop_ends_at_what_was_asked(frame: Path) -> None:
    quick = runs_of(frame, sleeping(0.001))
    assert len(closed_loop(job(runs=25), quick, between()).samples.end_to_end) == 25
    by_time = closed_loop(job(runs=1, seconds=0.2), quick, between())
    assert 0.2 <= by_time.wall_s < 0.202
    assert len(closed_loop(job(runs=10**6, most_runs=30), quick, between()).samples.end_to_end) == 30
    assert 0.1 <= closed_loop(job(runs=10**6, most_seconds=0.1), quick, between()).wall_s < 0.102


def test_nothing_is_sampled_inside_a_run_and_its_time_is_nobodys(frame: Path) -> None:
    runs, gauges = runs_of(frame, sleeping(0.001)), SlowGauges(0.01)
    closed = closed_loop(job(runs=100), runs, between(gauges=gauges))
    assert len(gauges.looks) == len(closed.blocks) >= 4
    assert [block.temperature_c for block in closed.blocks] == [41.5] * len(closed.blocks)
    assert sum(block.runs for block in closed.blocks) == 100
    assert all(block.runs >= 10 for block in closed.blocks[:-1])
    for looked, ready in gauges.looks:
        assert all(ended <= looked or began >= ready for began, ended in runs.spans)
    assert closed.wall_s == pytest.approx(sum(closed.samples.end_to_end) / 1e9, rel=0.02)
    starts = [block.start_s for block in closed.blocks]
    assert all(later - earlier >= 0.03 for earlier, later in pairwise(starts))


def test_paced_time_counts_from_when_the_frame_was_due(frame: Path) -> None:
    """One run of 110 ms at 50 a second: those behind it wait 90, 70, 50, … ms, though each runs in 1 ms."""
    runs = runs_of(frame, lambda call: time.sleep(0.11 if call == 6 else 0.001))
    paced = paced_loop(job(paced_s=0.6), 50.0, runs, between())
    assert paced is not None
    assert len(paced.from_due_ns) == 30
    from_due, service = np.array(paced.from_due_ns) / 1e6, np.array(paced.service_ns) / 1e6
    assert from_due[5:11] == pytest.approx([110, 91, 72, 53, 34, 15], abs=0.1)
    assert service[6:] == pytest.approx(1.0, abs=0.1)
    assert from_due[12:] == pytest.approx(1.0, abs=0.1)
    assert sum(block.runs for block in paced.blocks) == 30


def test_a_hopeless_rate_ends_on_time(frame: Path) -> None:
    begun = time.perf_counter()
    paced = paced_loop(job(paced_s=0.3), 1e5, runs_of(frame, sleeping(0.02)), between())
    assert time.perf_counter() - begun < 0.33
    assert paced is not None
    assert len(paced.from_due_ns) == 15
    assert paced.from_due_ns == sorted(paced.from_due_ns)


def test_sampling_makes_no_frame_late(frame: Path) -> None:
    gauges = SlowGauges(0.03)
    paced = paced_loop(job(paced_s=0.8), 100.0, runs_of(frame, sleeping(0.002)), between(gauges=gauges))
    assert paced is not None
    assert len(gauges.looks) >= 6
    assert max(paced.from_due_ns) < 2.1e6


def test_a_slow_rate_is_slept_through_and_can_be_stopped() -> None:
    begun, used = time.perf_counter(), time.process_time()
    given = list(moments(60.0, 0.1, 30.0, lambda start, end: None, lambda: time.perf_counter() - begun > 0.5))
    assert len(given) == 1
    assert time.perf_counter() - begun < 1.0
    assert time.process_time() - used < 0.1


def test_a_sustained_run_is_told_in_buckets(frame: Path) -> None:
    runs = runs_of(frame, lambda call: time.sleep(0.03 if call > 20 else 0.001))
    long = sustained_loop(job(sustained_s=1.0, bucket_s=0.25, fps=50.0), runs, between())
    assert long.seconds == pytest.approx(1.0, abs=0.03)
    assert sum(bucket.runs for bucket in long.buckets) == len(long.end_to_end_ns)
    assert len(long.missed) == len(long.buckets) == 4
    assert long.missed[0] == 0
    assert 0 < long.missed[1] < long.buckets[1].runs
    assert long.missed[-1] == long.buckets[-1].runs
    assert all(bucket.uss_mib for bucket in long.buckets)
    assert long.calibration_ms is not None
    assert min(long.calibration_ms) > 0
    assert sustained_loop(job(sustained_s=0.1), runs_of(frame, sleeping(0.001)), between()).missed == ()


def test_what_a_model_keeps_shows_and_the_samples_do_not(frame: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sustaining, "calibration_ms", lambda: 1.0)
    kept: list[mmap.mmap] = []

    def growth(behave: Behaviour) -> float:
        long = sustained_loop(job(sustained_s=1.0, bucket_s=0.2), runs_of(frame, behave), between())
        sizes = [bucket.anonymous_mib for bucket in long.buckets]
        assert None not in sizes
        return (sizes[-1] - sizes[0]) / sum(bucket.runs for bucket in long.buckets[1:])

    def leak(_: int) -> None:
        time.sleep(0.005)
        page = mmap.mmap(-1, 2**18, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)  # malloc may hold freed pages
        page.write(b"x" * 2**18)
        kept.append(page)

    assert growth(leak) == pytest.approx(0.25, rel=0.2)
    assert abs(growth(sleeping(0.0005))) < 0.01


def failing(when: Callable[[int], bool]) -> Behaviour:
    def behave(call: int) -> None:
        time.sleep(0.005)
        if when(call):
            raise CallFailed("timeout", "http://127.0.0.1:1: no whole answer within 1 s")

    return behave


def test_failed_calls_are_counted_and_are_no_runs(frame: Path) -> None:
    runs = runs_of(frame, failing(lambda call: call % 4 == 0))
    closed = closed_loop(job(runs=30), runs, between())
    assert len(closed.samples.end_to_end) == 30
    assert runs.failed == {"timeout": 9}
    assert runs.calls == ((39, 9),)
    runs.forget()
    assert (runs.failed, runs.calls) == ({}, ())


def test_calls_are_counted_by_the_half_second_in_which_they_ended(frame: Path, clock: Clock) -> None:
    def behave(call: int) -> None:
        clock.sleep(0.1)
        if 10 < call <= 17:
            raise CallFailed("timeout", "http://127.0.0.1:1: no whole answer within 1 s")

    runs = runs_of(frame, behave)
    for _ in range(30):
        runs.next()
    assert runs.calls == ((4, 0), (5, 0), (5, 4), (5, 3), (5, 0), (5, 0), (1, 0))


def test_an_endpoint_that_never_answers_is_refused(frame: Path) -> None:
    dead = runs_of(frame, failing(lambda _: True))
    with pytest.raises(Unrunnable, match=r"no whole answer within 1 s; none of the first 20 calls was answered"):
        dead.first(lambda: False)
    late = runs_of(frame, failing(lambda call: call < 20))
    assert late.first(lambda: False)
    assert warm_up(job(warm_up_s=0.1), runs_of(frame, failing(lambda _: True)), between()) == (0, False)
    assert not closed_loop(job(most_seconds=0.1), dead, between()).samples.end_to_end


def test_every_loop_stops_after_the_run_in_hand(frame: Path) -> None:
    for run in (
        lambda runs, stops: closed_loop(job(runs=1000), runs, stops).samples.end_to_end,
        lambda runs, stops: paced_loop(job(), 200.0, runs, stops).service_ns,
        lambda runs, stops: sustained_loop(job(sustained_s=20.0), runs, stops).end_to_end_ns,
    ):
        runs = runs_of(frame, sleeping(0.001))
        assert len(run(runs, between(lambda runs=runs: len(runs.spans) >= 7))) == 7


def test_progress_is_told_once_a_second_at_most(clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    teller = Between(Gauges(Tree(Path("/nowhere"))), lambda *progress: told.append(progress), lambda: False)
    teller.later_s = 3.0
    for _ in range(230):
        teller.tell(2.0)
        clock.sleep(0.01)
    assert [done for done, _ in told] == [10, 20]
    assert all(total - done == 50 for done, total in told)


def test_gauges_read_the_hottest_zone_and_the_highest_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def put(path: str, said: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(said)

    for number, (kind, said) in enumerate([("cpu-thermal", "48500"), ("PMIC-Die", "100000"), ("gpu", "51250")]):
        put(f"sys/class/thermal/thermal_zone{number}/type", kind)
        put(f"sys/class/thermal/thermal_zone{number}/temp", said)
    for number, clock in enumerate(["1500000", "1800000"]):
        put(f"sys/devices/system/cpu/cpufreq/policy{number}/scaling_cur_freq", clock)
    gauges = Gauges(Tree(tmp_path))
    assert gauges.temperature_c() == 51.25
    assert gauges.frequency_mhz() == 1800.0
    quickly = Tree.integer

    def slowly(tree: Tree, path: str) -> int | None:
        time.sleep(0.03 * ("zone2" in path))
        return quickly(tree, path)

    monkeypatch.setattr(Tree, "integer", slowly)
    assert Gauges(Tree(tmp_path)).temperature_c() == 48.5
    assert Gauges(Tree(tmp_path / "none")).temperature_c() is None


def test_calibration_takes_milliseconds_and_repeats() -> None:
    first, second = calibration_ms(), calibration_ms()
    assert 0.5 < first < 100
    assert second == pytest.approx(first, rel=0.5)
