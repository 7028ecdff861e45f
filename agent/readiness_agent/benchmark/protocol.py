"""Benchmarks candidates on this device: fresh worker processes, interleaved, composed into one record each."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from readiness.checks.target import (
    deadlines_missed,
    latency_over_budget,
    memory_over_budget,
    throughput_below_required,
)
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.device import Device
from readiness.profile import Profile
from readiness_agent.answers_file import UnreadableAnswers
from readiness_agent.benchmark.agreement import agree
from readiness_agent.benchmark.composing import DISTRIBUTION, Result, compose
from readiness_agent.benchmark.course import PLANS, Candidate, Course, Plan, Repetition
from readiness_agent.benchmark.exclusive import sole_benchmark
from readiness_agent.sensors import sense_all
from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
from readiness_agent.worker.jobs import Measure, Measured, Surveyed

__all__ = ["DISTRIBUTION", "PLANS", "Candidate", "Interrupted", "Plan", "Result", "Watch", "benchmark"]

Watch = Callable[[str, str, float, float], None]

_SLACK_S = 240.0
_LONGER_HELPS = {"valid", "insufficient", "unsteady"}


class Interrupted(Exception):
    """Ctrl-C ended a benchmark early; `results` has what `benchmark` would have given, of what was measured till then.

    A candidate whose processes were not all run is `insufficient` and says after how many it was cut off.
    """

    def __init__(self, results: "list[Result | str]") -> None:
        super().__init__("interrupted; what was measured till then is kept")
        self.results = results


def benchmark(
    candidates: Sequence[Candidate],
    frames: Surveyed,
    plan: Plan,
    device: Device,
    profile: Profile | None = None,
    watch: Watch | None = None,
    folder: Path | None = None,
) -> list[Result | str]:
    """Measure the candidates in turn, every second round in reverse (A B C C B A …), so that drift meets all alike.

    Gives for each a result, or the line that says why its worker failed; the others are measured all the same.
    With a profile, candidates that its budget holds undecided are measured in as many processes again, once; and the
    rate that it requires paces the frames where the plan names none. `watch` is told the candidate, the phase, the
    seconds done and those planned in all. Answers are compared with the incumbent's, by files in `folder`.
    Raises Interrupted on Ctrl-C, and Stop where another benchmark runs on this device.
    """
    session = _Session(candidates, frames, _paced(plan, profile), folder if _compares(candidates) else None, watch)

    def result(course: Course, *, cut: bool) -> Result | str:
        return compose(course, frames, session.plan, device, profile, interrupted=cut)

    cut = False
    with sole_benchmark():
        try:
            session.rounds(range(session.plan.processes), session.courses)
            if profile is not None and plan.protocol != "quick":
                session.extend([one for one in session.courses if _undecided(result(one, cut=False), profile)])
            session.sustain()
        except KeyboardInterrupt:
            cut = True
    results = _agreed(session.courses, [result(course, cut=cut) for course in session.courses])
    if cut:
        raise Interrupted(results)
    return results


def _paced(plan: Plan, profile: Profile | None) -> Plan:
    """Take the rate that the profile requires, unless the plan has one or only screens, and time enough for p95."""
    fps = plan.fps
    if fps is None and plan.protocol != "quick" and profile is not None:
        fps = profile.budget.throughput_fps
    return plan if fps is None else msgspec.structs.replace(plan, fps=fps, paced_s=plan.long_enough_s(fps))


def _compares(candidates: Sequence[Candidate]) -> bool:
    return len(candidates) > 1 and any(one.incumbent for one in candidates)


def _undecided(result: Result | str, profile: Profile) -> bool:
    """Tell whether more processes could settle what the profile asks: its budgets lie between the bounds."""
    if isinstance(result, str) or result.benchmark.validity not in _LONGER_HELPS:
        return False
    asked = (
        latency_over_budget.judge,
        memory_over_budget.judge,
        throughput_below_required.judge,
        deadlines_missed.judge,
    )
    return any(judge(result.benchmark, profile).unknown == "undecided" for judge in asked)


def _agreed(courses: Sequence[Course], results: list[Result | str]) -> list[Result | str]:
    """Set beside each record how far its answers agree with the incumbent's, where both left theirs."""
    incumbent = next((one for one in courses if one.candidate.incumbent and _left(one)), None)
    if incumbent is None:
        return results
    return [
        _with_agreement(result, incumbent, course) if course is not incumbent and _left(course) else result
        for course, result in zip(courses, results, strict=True)
    ]


def _left(course: Course) -> bool:
    return course.answers is not None and Path(course.answers).exists()


def _with_agreement(result: Result | str, incumbent: Course, course: Course) -> Result | str:
    if isinstance(result, str) or incumbent.answers is None or course.answers is None:
        return result
    models = incumbent.candidate.described.model, course.candidate.described.model
    try:
        agreement = agree(models[0], Path(incumbent.answers), models[1], Path(course.answers))
    except UnreadableAnswers:  # a worker was cut off while it wrote them
        return result
    record: Benchmark = msgspec.structs.replace(result.benchmark, agreement=agreement)
    return msgspec.structs.replace(result, benchmark=record)


class _Session:
    """Runs the candidates' processes one after another and keeps what they measured."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        frames: Surveyed,
        plan: Plan,
        folder: Path | None,
        watch: Watch | None,
    ) -> None:
        self.plan, self._frames, self._folder, self._watch = plan, frames, folder, watch
        self._long = int(plan.sustained_s > 0)
        self.courses = [
            Course(candidate=one, planned=plan.processes + self._long, repetitions=[]) for one in candidates
        ]
        self._begun = time.monotonic()

    def rounds(self, turns: range, courses: Sequence[Course]) -> None:
        """Run one process of each of `courses` in every turn."""
        for turn in turns:
            for course in courses if turn % 2 == 0 else reversed(courses):
                self._next(course, f"process {turn + 1} of {turns.stop}")

    def extend(self, courses: Sequence[Course]) -> None:
        """Run as many processes again of `courses`."""
        for course in courses:
            course.planned += self.plan.processes
        self.rounds(range(self.plan.processes, 2 * self.plan.processes), courses)

    def sustain(self) -> None:
        """Run the one long process of each candidate, where the plan has it."""
        for course in self.courses if self._long else ():
            self._next(course, "sustained run", sustained=True)

    def _next(self, course: Course, phase: str, *, sustained: bool = False) -> None:
        if course.failed:
            return
        self._tell(course, phase)
        try:
            one = self._repetition(course, phase, sustained=sustained)
        except (WorkerFailed, JobRefused) as error:
            fine = f"; {course.whole} of {course.planned} processes before it were fine" if course.whole else ""
            course.failed = f"{error}{fine}"
            return
        if sustained:
            course.sustained = one
        else:
            course.repetitions.append(one)
        self._tell(course, phase)
        if one.measured.interrupted:
            raise KeyboardInterrupt

    def _tell(self, course: Course, phase: str, sooner_s: float = 0.0) -> None:
        """Tell the watch what has gone by, and what the rest is likely to take, less `sooner_s`."""
        if self._watch is not None:
            done = time.monotonic() - self._begun
            left = max(0.0, self._left_s() - sooner_s)
            self._watch(course.candidate.described.model.name, phase, done, done + left)

    def _left_s(self) -> float:
        """Reckon the seconds to come: each candidate's processes take as long as its own did, else as planned."""
        return sum(self._left_of(course) for course in self.courses if not course.failed)

    def _left_of(self, course: Course) -> float:
        short = course.planned - self._long - len(course.repetitions)
        return short * self._each_s(course) + (self.plan.long_s() if course.sustained is None else 0.0)

    def _each_s(self, course: Course) -> float:
        taken = [one.took_s for one in course.repetitions]
        return sum(taken) / len(taken) if taken else self.plan.process_s()

    def _repetition(self, course: Course, phase: str, *, sustained: bool) -> Repetition:
        job, path = self._job(course, sustained=sustained), course.candidate.load.path
        expected_s = self.plan.long_s() if sustained else self._each_s(course)

        def report(done: int, total: int) -> None:
            self._tell(course, phase, sooner_s=expected_s - (total - done) / 10)

        before, begun = sense_all(), time.monotonic()
        most_s = job.most_seconds + job.warm_up_s + self.plan.paced_s + job.sustained_s + _SLACK_S
        measured = run_job(job, Measured, path, most_s, report, silent_s=_SLACK_S)
        ended = time.monotonic()
        timed_s = measured.wall_s + (self.plan.paced_s if measured.paced else 0.0)
        loop_s = max(begun, ended - timed_s) - self._begun
        return Repetition(measured=measured, before=before, after=sense_all(), took_s=ended - begun, loop_s=loop_s)

    def _job(self, course: Course, *, sustained: bool) -> Measure:
        first, plan = not course.repetitions, self.plan
        if first and self._folder is not None:
            course.answers = str(self._folder / f"answers-{self.courses.index(course)}")
        return Measure(
            load=course.candidate.load,
            frames=self._frames.files,
            runs=plan.runs,
            seconds=plan.seconds,
            block_s=plan.block_s,
            warm_up_s=plan.warm_up_s,
            fps=plan.fps,
            paced_s=plan.paced_s,
            sustained_s=plan.sustained_s if sustained else 0.0,
            bucket_s=plan.bucket_s,
            tally=first,
            answers=course.answers if first else None,
        )
