"""Validity: each disturbance has its name and its evidence, the gravest gives the class, and a quiet board none."""

from typing import Any

import msgspec
import pytest

from measurements import candidate, course, repetition, sensed, surveyed
from readiness.evidence.benchmark import Placement
from readiness.evidence.bounded import Quantile
from readiness_agent.benchmark import validity
from readiness_agent.benchmark.course import Candidate, Repetition
from readiness_agent.worker.jobs import Block, LeftOut, SustainedLoop
from specimens import latency, profile


def judged(*repetitions: Repetition, one: Candidate | None = None, **changes: Any) -> tuple[str, str]:
    asked = course(repetitions or None, one, **changes)
    found, because = validity.judge(asked, surveyed(), latency(10.0), None, interrupted=False)
    return found, "; ".join(because)


def long(calibration_ms: tuple[float, float], *clocks_mhz: float) -> Repetition:
    buckets = tuple(Block(start_s=30.0 * n, runs=1, frequency_mhz=mhz) for n, mhz in enumerate(clocks_mhz))
    loop = SustainedLoop(seconds=600.0, fps=None, end_to_end_ns=[1], buckets=buckets, calibration_ms=calibration_ms)
    return repetition(sustained=loop)


def test_a_quiet_run_is_valid() -> None:
    assert judged() == ("valid", "")
    assert judged(repetition(run_delay_s=None)) == ("valid", "")


@pytest.mark.parametrize(
    ("name", "words", "how"),
    [
        ("contended", "waited 3.3% of the time", {"run_delay_s": 0.1}),
        ("contended", "some task of the whole machine did 0.3% of it", {"run_delay_s": 0.1}),
        ("unsteady", "1 of 1 processes never ran steadily", {"steady": False}),
        ("throttled", "grew by 2", {"after": sensed(throttling={"core_throttle_events": 7})}),
        (
            "throttled",
            "for heat during the run (cpufreq-cpu0)",
            {"after": sensed(throttling={"throttled_now": True, "throttled_by": "cpufreq-cpu0"})},
        ),
        ("throttled", "for heat already before the run", {"before": sensed(throttling={"throttled_now": True})}),
        ("throttled", "capped the clock during", {"after": sensed(throttling={"frequency_capped_now": True})}),
        ("undervolted", "voltage was too low during", {"after": sensed(throttling={"under_voltage": True})}),
        ("undervolted", "too low before the run began", {"before": sensed(throttling={"under_voltage": True})}),
        ("undervolted", "oc1_events grew by 4", {"after": sensed(throttling={"oc1_events": 4})}),
        ("power-mode-mismatch", "power mode changed", {"after": sensed(power={"power_mode": "MAXN"})}),
        ("power-mode-mismatch", "schedutil, then powersave", {"after": sensed(cpu={"governor": "powersave"})}),
    ],
)
def test_each_disturbance_has_its_name(name: str, words: str, how: dict[str, Any]) -> None:
    found, because = judged(repetition(**how))
    assert found == name
    assert words in because


def test_one_process_that_waited_long_is_not_lost_among_quiet_ones() -> None:
    found, because = judged(*(repetition(run_delay_s=delay) for delay in (0.0, 0.0, 0.0, 0.0, 0.27)))
    assert found == "contended"
    assert "one process waited 9.0% of the time" in because


def test_a_favoured_worker_on_a_crowded_machine_is_contended_all_the_same() -> None:
    found, because = judged(repetition(machine_stall_s=1.5))
    assert found == "contended"
    assert because.startswith("other tasks waited for a core 50.0% of the time, 10% is accepted: the machine has more")
    assert judged(repetition(machine_stall_s=0.29))[0] == "valid"
    assert judged(repetition(machine_stall_s=None))[0] == "valid"


def test_switches_count_where_the_own_waiting_is_not_known() -> None:
    assert judged(repetition(involuntary_switches=1000))[0] == "valid"
    blind = repetition(run_delay_s=None, machine_stall_s=None, involuntary_switches=1000)
    assert "lost their core 333 times a second" in judged(blind)[1]


def test_the_groups_own_quota_is_named() -> None:
    held = repetition(run_delay_s=0.5, after=sensed(cgroup={"quota_throttled_events": 90}))
    assert judged(held)[1].endswith("the control group's quota held it back 90 times")


def test_over_current_of_a_healthy_board_is_no_throttling() -> None:
    assert judged(repetition(after=sensed(throttling={"oc3_events": 900})))[0] == "valid"


def test_a_clock_that_falls_near_the_limit_is_throttling_and_elsewhere_is_not() -> None:
    slow = (Block(start_s=0.0, runs=300, frequency_mhz=1200.0),)
    hot, cool = sensed(thermal={"headroom_c": 1.0}), sensed(thermal={"headroom_c": 20.0})
    found, because = judged(repetition(blocks=slow, after=hot))
    assert found == "throttled"
    assert "fell to 1200 of 1800 MHz under load, 1 °C from the limit" in because
    assert judged(repetition(blocks=slow, after=cool))[0] == "valid"
    assert judged(repetition(after=hot))[0] == "valid"


@pytest.mark.parametrize(
    ("placement", "words"),
    [
        (Placement(provider="CUDA", operators=90, on_provider=0, partitions=0), "runs none of 90 operators"),
        (Placement(provider="CUDA", operators=9, on_provider=5, partitions=3, elsewhere_share=0.7), "70% of the time"),
        (Placement(provider="CUDA", operators=9, on_provider=8, partitions=2, elsewhere_share=0.2), ""),
        (Placement(provider="XNNPACK", operators=9, on_provider=0, partitions=0), ""),
    ],
)
def test_operators_that_ran_elsewhere_are_a_fallback(placement: Placement, words: str) -> None:
    found, because = judged(one=candidate(placement=placement))
    assert found == ("fallback" if words else "valid")
    assert words in because


def test_a_fallback_that_the_runtime_tells_of_comes_first() -> None:
    asked = candidate(fell_back="CUDA was asked, CPU runs it")
    assert judged(repetition(steady=False), one=asked) == (
        "fallback",
        "CUDA was asked, CPU runs it; 1 of 1 processes never ran steadily in the warm-up",
    )


def test_frames_that_changed_are_another_input() -> None:
    frames = surveyed(changed=LeftOut(total=2, named=("a.png: its bytes changed",)))
    found, because = validity.judge(course(), frames, latency(10.0), None, interrupted=False)
    assert found == "input-mismatch"
    assert because == ("2 frames are no longer what was captured: a.png: its bytes changed",)


def test_the_targets_power_modes() -> None:
    def asked(*modes: str, mode: str | None = "15W") -> tuple[str, tuple[str, ...]]:
        ran = course([repetition(before=sensed(power={"power_mode": mode}), after=sensed(power={"power_mode": mode}))])
        return validity.judge(ran, surveyed(), latency(10.0), profile(power_modes=modes), interrupted=False)

    assert asked()[0] == asked("15W", "MAXN")[0] == "valid"
    assert asked("MAXN") == (
        "power-mode-mismatch",
        ("the power mode is 15W, x86-gateway is judged in MAXN",),
    )
    assert asked("MAXN", mode=None)[1] == ("the power mode is not known, x86-gateway is judged in MAXN",)


def test_too_few_runs_are_insufficient() -> None:
    thin = msgspec.structs.replace(latency(10.0), p95=Quantile(value=None, lower=None, upper=None, n_effective=20.0))
    found, because = validity.judge(course(), surveyed(), thin, None, interrupted=False)
    assert found == "insufficient"
    assert because == ("p95 needs 59 independent runs, these are worth 20",)


def test_interrupted_counts_the_processes_that_were_whole() -> None:
    def cut(whole: int, partial: int, planned: int) -> tuple[str, tuple[str, ...]]:
        ended = [*[repetition()] * whole, *[repetition(interrupted=True)] * partial]
        ran = course(ended, planned=planned)
        return validity.judge(ran, surveyed(), latency(10.0), None, interrupted=True)

    assert cut(2, 1, planned=5) == ("insufficient", ("interrupted after 2 of 5 processes",))
    assert cut(3, 0, planned=3)[0] == "valid"


def test_a_host_that_slows_down_is_told_from_a_board_that_does() -> None:
    found, because = judged(sustained=long((2.0, 2.4), 1800.0, 1800.0))
    assert found == "contended"
    assert "took 2.00 ms before the sustained run and 2.40 ms after it, and the clock did not fall" in because
    assert "and the clock is not known" in judged(sustained=long((2.0, 2.4)))[1]
    assert judged(sustained=long((2.0, 2.4), 1800.0, 1200.0))[0] == "valid"
    assert judged(sustained=long((2.0, 2.1), 1800.0, 1800.0))[0] == "valid"
