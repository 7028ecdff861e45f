"""Steady state, bounds over processes, and validity: what a repetition's numbers are worth."""

import msgspec
import numpy as np
import pytest

from readiness.evidence.bounded import Quantile
from readiness.evidence.device import Sensed
from readiness_agent.benchmark import validity
from readiness_agent.benchmark.bounding import bounded, throughput
from readiness_agent.benchmark.bounding import latency as bound_latency
from readiness_agent.worker.jobs import Footprint, Measured
from readiness_agent.worker.measure import steady
from specimens import latency

QUIET = {"pressure": {"cpu_stall_percent": 1.0}, "throttling": {"core_throttle_events": 5, "oc3_events": 1}}


def test_steady_needs_five_blocks_that_agree_and_do_not_drift() -> None:
    assert steady([10.0, 10.1, 9.9, 10.0, 10.05])
    assert steady([50.0, 20.0, 10.0, 10.1, 9.9, 10.0, 10.05])
    assert not steady([10.0, 10.0, 10.0, 10.0])
    assert not steady([10.0, 10.0, 10.0, 10.0, 10.6])
    assert not steady([10.0, 10.12, 10.24, 10.36, 10.48])


def test_bounds_hold_where_processes_differ() -> None:
    """Process means spread by 5 % (sd): the upper bound of the median holds the truth in about 95 of 100 trials."""
    generator = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        means = 10 * (1 + 0.05 * generator.standard_normal(5))
        quantile = bounded([generator.normal(mean, 0.2, 300) for mean in means], 0.5)
        assert quantile.upper is not None
        held += quantile.upper >= 10
    assert held >= 0.9 * 200


def test_alike_runs_are_worth_less_than_their_number() -> None:
    generator = np.random.default_rng(7)
    wave = np.repeat(generator.normal(10, 1, 30), 10)
    alone = generator.normal(10, 1, 300)
    assert bounded([wave] * 3, 0.5).n_effective < 0.3 * bounded([alone] * 3, 0.5).n_effective


def test_too_few_runs_are_null_and_max_is_never_clipped() -> None:
    found = bound_latency([[10_000_000] * 19 + [90_000_000]] * 2)
    assert (found.p95.value, found.p95.lower, found.p95.upper) == (None, 10.0, None)
    assert found.max == 90.0


def test_throughput_is_bounded_by_its_spread_over_processes() -> None:
    rate, (lower, upper) = throughput([100, 100, 100], [1.0, 1.25, 2.0])
    assert rate == pytest.approx(300 / 4.25)
    assert lower is not None
    assert upper is not None
    assert lower < 50 < rate < 100 < upper
    assert throughput([100, 100], [1.0, 1.0]) == (100.0, (None, None))
    assert throughput([0], [0.0]) == (None, (None, None))


def measured(**changes: object) -> Measured:
    good = Measured(
        stages_ns={"infer": [1]},
        end_to_end_ns=[1],
        cold_start_ms=1.0,
        first_inference_ms=1.0,
        wall_s=10.0,
        busy_s=9.0,
        run_delay_s=0.01,
        involuntary_switches=0,
        warm_up_runs=50,
        steady=True,
        memory=Footprint(),
    )
    return msgspec.structs.replace(good, **changes)


def sensed(**changes: dict[str, object]) -> tuple[Sensed, ...]:
    said = {name: dict(readings) | changes.get(name, {}) for name, readings in QUIET.items()}
    return tuple(Sensed(sensor=name, ok=True, took_ms=0.1, readings=readings) for name, readings in said.items())


def judged(after: tuple[Sensed, ...] | None = None, fell_back: str = "", **changes: object) -> tuple[str, str]:
    found = validity.judge([measured(**changes)], [(sensed(), after or sensed())], latency(10.0), fell_back)
    return found[0], "; ".join(found[1])


def test_a_quiet_run_is_valid() -> None:
    assert judged() == ("valid", "")
    assert judged(run_delay_s=None) == ("valid", "")


@pytest.mark.parametrize(
    ("name", "words", "how"),
    [
        ("contended", "waited 3.0% of the time", {"run_delay_s": 0.3}),
        ("unsteady", "1 of 1 processes never ran steadily", {"steady": False}),
        ("fallback", "CUDA was asked", {"fell_back": "CUDA was asked, CPU runs it"}),
        ("contended", "waited 40 % of 10 s", {"after": sensed(pressure={"cpu_stall_percent": 40.0})}),
        ("throttled", "grew by 2", {"after": sensed(throttling={"core_throttle_events": 7})}),
        ("undervolted", "voltage was too low", {"after": sensed(throttling={"under_voltage": True})}),
    ],
)
def test_each_disturbance_has_its_name(name: str, words: str, how: dict) -> None:
    found, because = judged(**how)
    assert found == name
    assert words in because


def test_over_current_of_a_healthy_board_is_no_throttling() -> None:
    assert judged(after=sensed(throttling={"oc3_events": 900}))[0] == "valid"


def test_too_few_runs_are_insufficient() -> None:
    thin = msgspec.structs.replace(latency(10.0), p95=Quantile(value=None, lower=None, upper=None, n_effective=20.0))
    found, because = validity.judge([measured()], [(sensed(), sensed())], thin, "")
    assert found == "insufficient"
    assert because == ("p95 needs 59 independent runs, these are worth 20",)


def test_a_lower_bound_never_lies_under_that_of_a_lower_percentile() -> None:
    generator = np.random.default_rng(11)
    for spread in (0.0, 3.0, 30.0):
        series = [(generator.lognormal(1, 0.2, 300) + n * spread) * 1e6 for n in range(3)]
        found = bound_latency([list(one.astype(int)) for one in series])
        lowers = [quantile.lower for quantile in (found.p50, found.p90, found.p95, found.p99)]
        known = [lower for lower in lowers if lower is not None]
        assert known == sorted(known)
        assert all(lower > 0 for lower in known)
        assert all(q.value is None or q.lower is None or q.lower <= q.value for q in (found.p50, found.p90, found.p95))
