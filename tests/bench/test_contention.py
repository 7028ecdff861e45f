"""How surely a quick benchmark knows that other work was on the cores: real runs, alone and beside busy loops."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from readiness.evidence.benchmark import Benchmark
from readiness_agent.benchmark.protocol import PLANS, Candidate, Result, benchmark
from readiness_agent.device import probe
from readiness_agent.inference import cards
from readiness_agent.worker.calling import run_job
from readiness_agent.worker.jobs import Describe, Described, Load, Survey, Surveyed

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

CARDS = Path(__file__).resolve().parents[1] / "cards"
TIMES, LOOPS_A_CORE = 20, 2
_ELSEWHERE = 0.05  # cores: a run beside more work than this was not alone


@contextmanager
def busy(loops: int, *, apart: bool) -> Iterator[None]:
    """Keep the cores busy, each loop in a session of its own as services are, or all in this one as a shell's jobs.

    Linux shares the cores out by session (autogroups): where all loops are one, it favours the worker far beyond them.
    """
    command = [sys.executable, "-c", "while True: pass"]
    started = [subprocess.Popen(command, start_new_session=apart) for _ in range(loops)]
    try:
        time.sleep(0.5)
        yield
    finally:
        for one in started:
            one.kill()
            one.wait()


def told(result: Benchmark) -> str:
    delay, stall = (result.conditions[name] for name in ("run_delay_share", "machine_stall_share"))
    p95 = result.end_to_end_ms.p95.value
    return f"{result.validity:10s} run delay {delay:.2%}, others waited {stall:.1%}, p95 {p95:.2f} ms"


def worked_s() -> tuple[float, float]:
    """Give the seconds that all cores have worked since the boot, and those that this test's own processes have."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    ticks = [int(field) for field in fields]
    idle = ticks[3] + ticks[4]
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return (sum(ticks[:8]) - idle) / os.sysconf("SC_CLK_TCK"), sum(one.ru_utime + one.ru_stime for one in own)


def test_busy_loops_make_a_benchmark_contended_and_an_idle_machine_does_not(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "models" / "tflite" / "mobilenet_v1_0.25_224_quant.tflite"
    load = Load(path=str(path), card=cards.read(CARDS / "mobilenet_v1_0.25_224_quant.card.toml"))
    described = run_job(Describe(load=load), Described, str(path), 60.0)
    source = str(shared_data / "frames" / "car-detection")
    frames = run_job(Survey(src=source, most=16, spill=str(tmp_path)), Surveyed, source, 60.0)
    loops = LOOPS_A_CORE * len(os.sched_getaffinity(0))

    def once() -> Result:
        (result,) = benchmark([Candidate(load=load, described=described)], frames, PLANS["quick"], probe())
        assert isinstance(result, Result)
        return result

    print(
        f"\n{TIMES} quick benchmarks each, alone and beside {loops} busy loops; cores that others kept busy meanwhile"
    )
    quiet = loaded = alone = 0
    for number in range(TIMES):
        begun, before = time.monotonic(), worked_s()
        result = once().benchmark
        after, took = worked_s(), time.monotonic() - begun
        others = (after[0] - before[0] - (after[1] - before[1])) / took
        undisturbed = others < _ELSEWHERE
        alone += undisturbed
        quiet += undisturbed and result.validity == "contended"
        print(f"  {number:2d} alone  {told(result)}, others {others:.2f} cores, {took:.0f} s")
        apart = number % 2 == 0
        with busy(loops, apart=apart):
            result = once().benchmark
        loaded += result.validity == "contended"
        print(f"  {number:2d} {'services' if apart else 'jobs    '} {told(result)}")
    print(f"contended: {loaded} of {TIMES} beside the loops; {quiet} of the {alone} that ran alone")
    assert loaded >= 0.95 * TIMES
    assert quiet <= 0.05 * alone
