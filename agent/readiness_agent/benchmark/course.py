"""What a benchmark is made of before it is summed up: the plan, the candidates, and each repetition of one."""

import math
from typing import Literal

import msgspec

from readiness.evidence.benchmark import Validity
from readiness.evidence.device import Sensed
from readiness.measures.intervals import sample_floor
from readiness_agent.worker.jobs import Described, Load, Measured

Reason = tuple[Validity, str]  # a disturbance, and its evidence in words and numbers

_LONGEST_PACED_S = 120.0
_START_S = 4.0  # an engine's import and a model's loading on a small board


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is run: `processes` repetitions, each until `runs` and `seconds` are both reached.

    Warm-up takes blocks of `block_s` until the last five agree, `warm_up_s` at most. With `fps` a paced loop of
    `paced_s` follows each repetition; with `sustained_s` one long process of each candidate follows them all.
    """

    protocol: Literal["quick", "standard", "full"]
    processes: int
    runs: int
    seconds: float
    block_s: float = 1.0
    warm_up_s: float = 60.0
    fps: float | None = None
    paced_s: float = 20.0
    sustained_s: float = 0.0
    bucket_s: float = 30.0

    def long_enough_s(self, fps: float) -> float:
        """Give how long each paced loop must be for all together to bound p95, two minutes at most."""
        frames = math.ceil(sample_floor(0.95) / self.processes)
        return max(self.paced_s, min(_LONGEST_PACED_S, frames / fps))

    def process_s(self) -> float:
        """Reckon the seconds of one repetition before any was made: a quick start, and steady after eight blocks."""
        paced = 0.0 if self.fps is None else self.paced_s
        return _START_S + min(self.warm_up_s, 8 * self.block_s) + max(self.seconds, 1.0) + paced

    def long_s(self) -> float:
        """Reckon the seconds of one sustained process; none where none is asked for."""
        return self.sustained_s and _START_S + min(self.warm_up_s, 8 * self.block_s) + self.sustained_s


PLANS = {
    "quick": Plan(protocol="quick", processes=3, runs=100, seconds=0.5, block_s=0.2, warm_up_s=15.0, paced_s=5.0),
    "standard": Plan(protocol="standard", processes=5, runs=300, seconds=20.0),
    "full": Plan(protocol="full", processes=10, runs=300, seconds=20.0),
}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was loaded once and found fit to run; the others' answers are compared with the incumbent's."""

    load: Load
    described: Described
    incumbent: bool = False


class Repetition(msgspec.Struct, frozen=True, kw_only=True):
    """One worker's measurements, between what the sensors said before and after.

    The process took `took_s`, and its timed loop began about `loop_s` after the benchmark did.
    """

    measured: Measured
    before: tuple[Sensed, ...]
    after: tuple[Sensed, ...]
    took_s: float = 0.0
    loop_s: float = 0.0


class Course(msgspec.Struct, kw_only=True):
    """What was measured of a candidate so far, of `planned` processes; `failed` says why its worker gave up."""

    candidate: Candidate
    planned: int
    repetitions: list[Repetition]
    sustained: Repetition | None = None
    answers: str | None = None
    failed: str = ""

    @property
    def every(self) -> list[Repetition]:
        """Give the repetitions in the order of time, the sustained run last."""
        return self.repetitions if self.sustained is None else [*self.repetitions, self.sustained]

    @property
    def whole(self) -> int:
        """Count the processes that were not cut short."""
        return sum(1 for one in self.every if not one.measured.interrupted)
