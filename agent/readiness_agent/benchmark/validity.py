"""Whether a benchmark was disturbed: by other work, heat, low voltage, a silent fallback, or too few runs."""

from collections.abc import Iterator

from readiness.evidence.benchmark import Latency, Validity
from readiness.measures.intervals import sample_floor
from readiness.profile import Profile
from readiness_agent.benchmark import contention, throttling
from readiness_agent.benchmark.course import Course, Reason
from readiness_agent.benchmark.readings import reading
from readiness_agent.worker.jobs import Described, Surveyed

# The gravest first: what was measured is something else, then too little, then under what disturbance.
_GRAVITY: tuple[Validity, ...] = (
    "fallback",
    "input-mismatch",
    "power-mode-mismatch",
    "insufficient",
    "undervolted",
    "throttled",
    "contended",
    "unsteady",
)
_MOST_ELSEWHERE = 0.5
_PROCESSOR = {"CPUExecutionProvider", "XnnpackExecutionProvider", "XNNPACK", "builtin"}


def judge(
    course: Course, frames: Surveyed, latency: Latency, profile: Profile | None, *, interrupted: bool
) -> tuple[Validity, tuple[str, ...]]:
    """Name the gravest disturbance, and give the reasons of all, the gravest first.

    `latency` is that of the runs end to end; `interrupted` tells that the benchmark was ended early.
    """
    found: list[Reason] = [
        *_fallback(course.candidate.described),
        *_input(frames),
        *_power_mode(course, profile),
        *_thin(course, latency, interrupted=interrupted),
        *throttling.reasons(course),
        *contention.reasons(course),
        *_unsteady(course),
    ]
    found.sort(key=lambda reason: _GRAVITY.index(reason[0]))
    return (found[0][0] if found else "valid"), tuple(words for _, words in found)


def _fallback(described: Described) -> Iterator[Reason]:
    placement = described.placement
    if described.fell_back:
        yield "fallback", described.fell_back
    elif placement is not None and placement.provider not in _PROCESSOR and placement.operators:
        share = placement.elsewhere_share
        if not placement.on_provider:
            yield "fallback", f"{placement.provider} was asked and runs none of {placement.operators} operators"
        elif share is not None and share > _MOST_ELSEWHERE:
            yield "fallback", f"{share:.0%} of the time went to operators that {placement.provider} does not run"


def _input(frames: Surveyed) -> Iterator[Reason]:
    if frames.changed.total:
        named = "; ".join(frames.changed.named[:3])
        yield "input-mismatch", f"{frames.changed.total} frames are no longer what was captured: {named}"


def _power_mode(course: Course, profile: Profile | None) -> Iterator[Reason]:
    """Find modes that changed under way, or that are not the target's."""
    sensed = [side for one in course.every for side in (one.before, one.after)]
    for what, sensor, name in (("power mode", "power", "power_mode"), ("governor", "cpu", "governor")):
        said = list(dict.fromkeys(str(value) for side in sensed if (value := reading(side, sensor, name)) is not None))
        if len(said) > 1:
            yield "power-mode-mismatch", f"the {what} changed during the benchmark: {', then '.join(said)}"
    wanted = () if profile is None else profile.power_modes
    mode = reading(sensed[0], "power", "power_mode")
    if profile is not None and wanted and mode not in wanted:
        is_ = "is not known" if mode is None else f"is {mode}"
        yield "power-mode-mismatch", f"the power mode {is_}, {profile.name} is judged in {' or '.join(wanted)}"


def _thin(course: Course, latency: Latency, *, interrupted: bool) -> Iterator[Reason]:
    if interrupted and course.whole < course.planned:
        yield "insufficient", f"interrupted after {course.whole} of {course.planned} processes"
    if latency.p95.value is None:
        needed = sample_floor(0.95)
        yield "insufficient", f"p95 needs {needed} independent runs, these are worth {latency.p95.n_effective:g}"


def _unsteady(course: Course) -> Iterator[Reason]:
    restless = sum(1 for one in course.every if not one.measured.steady)
    if restless:
        yield "unsteady", f"{restless} of {len(course.every)} processes never ran steadily in the warm-up"
