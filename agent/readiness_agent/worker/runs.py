"""Runs a model's stages on one frame after another, and keeps the moments between them."""

import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from readiness.measures.decode import BadImage, pixels
from readiness_agent.inference.session import Inference
from readiness_agent.runtimes import CallFailed, Unrunnable

STAGES = ("capture", "decode", "preprocess", "infer", "postprocess")
Stamps = tuple[int, int, int, int, int, int]
_FIRST_TRIES = 20
_FIRST_S = 60.0
_STRETCH_NS = 500_000_000


class Runs:
    """Every run takes the next frame, from its bytes in the file to the answer.

    Calls of an endpoint that get no answer are counted in `failed`, by kind; since they fail in bursts, `calls` has how
    many were made and how many failed in each half second in which one ended.
    """

    failed: dict[str, int]

    def __init__(self, inference: Inference, frames: Sequence[Path]) -> None:
        self._inference, self._frames = inference, frames
        self._next = 0
        self._last_failure = ""
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        self.failed = {}
        self._made, self._unanswered, self._stretch = array("q"), array("q"), -1

    @property
    def calls(self) -> tuple[tuple[int, int], ...]:
        return tuple(zip(self._made, self._unanswered, strict=True))

    def next(self) -> Stamps | None:
        """Run all stages once; gives the moments between them in ns, None where the call failed.

        Raises Unrunnable, and OSError, for a frame that changed or went away meanwhile.
        """
        frame = self._frames[self._next % len(self._frames)]
        self._next += 1
        try:
            stamps = _once(self._inference, frame)
        except CallFailed as error:
            self._count(time.perf_counter_ns(), failed=1)
            self.failed[error.kind] = self.failed.get(error.kind, 0) + 1
            self._last_failure = str(error)
            return None
        except BadImage as error:
            raise Unrunnable(f"{frame}: {error}; it changed since the frames were looked through, run again") from None
        self._count(stamps[-1], failed=0)
        return stamps

    def first(self, stopped: Callable[[], bool]) -> Stamps:
        """Run until a call is answered; raises Unrunnable when each of the first 20, or all in a minute, failed."""
        end = time.perf_counter() + _FIRST_S
        while True:
            stamps = self.next()
            if stamps is not None:
                return stamps
            if self._next >= _FIRST_TRIES or time.perf_counter() >= end or stopped():
                raise Unrunnable(f"{self._last_failure}; none of the first {self._next} calls was answered")

    def _count(self, ended_ns: int, failed: int) -> None:
        stretch = ended_ns // _STRETCH_NS
        if stretch != self._stretch:
            self._stretch = stretch
            self._made.append(0)
            self._unanswered.append(0)
        self._made[-1] += 1
        self._unanswered[-1] += failed


class Samples:
    """ns of each stage and end to end, run after run."""

    def __init__(self) -> None:
        self.stages = [array("q") for _ in STAGES]
        self.end_to_end = array("q")

    @property
    def infer(self) -> "array[int]":
        return self.stages[STAGES.index("infer")]

    def add(self, stamps: Stamps) -> None:
        for samples, begun, ended in zip(self.stages, stamps, stamps[1:], strict=False):
            samples.append(ended - begun)
        self.end_to_end.append(stamps[-1] - stamps[0])


def _once(inference: Inference, frame: Path) -> Stamps:
    begun = time.perf_counter_ns()
    data = frame.read_bytes()
    captured = time.perf_counter_ns()
    picture = pixels(data)
    decoded = time.perf_counter_ns()
    batch, geometry = inference.prepare(picture)
    prepared = time.perf_counter_ns()
    outputs = inference.infer(batch)
    inferred = time.perf_counter_ns()
    inference.read(outputs, geometry, inference.card.confidence)
    return begun, captured, decoded, prepared, inferred, time.perf_counter_ns()
