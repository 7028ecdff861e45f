"""One repetition of a benchmark, inside its own process: load, warm up until steady, then time run after run."""

import gc
import importlib
import time
from array import array
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np

from readiness.evidence.benchmark import Confidence
from readiness.measures.decode import pixels
from readiness_agent.inference.session import Inference
from readiness_agent.runtimes import format_of
from readiness_agent.worker import memory
from readiness_agent.worker.jobs import Footprint, Measure, Measured
from readiness_agent.worker.predictor import load
from readiness_agent.worker.tally import Tally

STAGES = ("decode", "preprocess", "infer", "postprocess")
_STEADY_BLOCKS = 5
_STEADY_SPREAD = 0.05
_STEADY_SLOPE = 0.01
_BLOCK_RUNS = 10
_HEADROOM_EVERY = 50
Stamps = tuple[int, int, int, int, int]


def measure(job: Measure) -> Measured:
    """Do one repetition; raises Unrunnable."""
    importlib.import_module(f"readiness_agent.runtimes.{format_of(Path(job.load.path), job.load.runtime)}")
    frames = [Path(file) for file in job.frames]
    bare = memory.uss_mib()
    memory.reset_peak()
    begun = time.perf_counter_ns()
    inference, _ = load(job.load)
    first = _once(inference, frames[0])
    loop = Loop(job, inference, frames)
    warm_up_runs, steady = loop.warm_up()
    loop.measure()
    footprint = _footprint(bare, loop.headroom)
    return Measured(
        stages_ns={stage: list(samples) for stage, samples in zip(STAGES, loop.stages, strict=True)},
        end_to_end_ns=list(loop.end_to_end),
        cold_start_ms=(first[4] - begun) / 1e6,
        first_inference_ms=(first[3] - first[2]) / 1e6,
        wall_s=loop.wall_s,
        busy_s=sum(sum(samples) for samples in loop.stages) / 1e9,
        run_delay_s=loop.run_delay_s,
        involuntary_switches=loop.switches,
        warm_up_runs=warm_up_runs,
        steady=steady,
        memory=footprint,
        confidence=_confidence(inference, frames) if job.tally else None,
    )


class Loop:
    """The timed loop: every run takes the next frame; garbage collection rests while it lasts."""

    def __init__(self, job: Measure, inference: Inference, frames: Sequence[Path]) -> None:
        self._job, self._inference, self._frames = job, inference, frames
        self._next = 0
        self.stages = [array("q") for _ in STAGES]
        self.end_to_end = array("q")
        self.headroom: float | None = memory.available_mib()
        self.wall_s, self.run_delay_s, self.switches = 0.0, memory.run_delay_s(), 0

    def warm_up(self) -> tuple[int, bool]:
        """Run blocks until the last five medians agree; gives the runs that took, and whether they ever agreed."""
        medians: list[float] = []
        runs, end = 0, time.perf_counter() + self._job.warm_up_s
        while time.perf_counter() < end:
            block_end = time.perf_counter() + self._job.block_s
            block: list[int] = []
            while len(block) < _BLOCK_RUNS or time.perf_counter() < block_end:
                stamps = self._run()
                block.append(stamps[3] - stamps[2])
            runs += len(block)
            medians.append(float(np.median(block)))
            self._note_headroom()
            if steady(medians):
                return runs, True
        return runs, False

    def measure(self) -> None:
        """Fill the samples; what this process waited for a core, and how often it lost one, is kept beside them."""
        delay, switches = memory.run_delay_s(), getrusage(RUSAGE_SELF).ru_nivcsw
        gc.collect()
        gc.freeze()
        gc.disable()
        begun = time.perf_counter_ns()
        while not self._done((time.perf_counter_ns() - begun) / 1e9):
            due = self._wait(begun)
            stamps = self._run()
            for samples, start, end in zip(self.stages, stamps, stamps[1:], strict=False):
                samples.append(end - start)
            self.end_to_end.append(stamps[4] - (stamps[0] if due is None else min(due, stamps[0])))
            if len(self.end_to_end) % _HEADROOM_EVERY == 0:
                self._note_headroom()
        self.wall_s = (time.perf_counter_ns() - begun) / 1e9
        gc.enable()
        after = memory.run_delay_s()
        self.run_delay_s = None if delay is None or after is None else after - delay
        self.switches = getrusage(RUSAGE_SELF).ru_nivcsw - switches

    def _done(self, elapsed_s: float) -> bool:
        job, runs = self._job, len(self.end_to_end)
        enough = runs >= job.runs and elapsed_s >= job.seconds
        return enough or runs >= job.most_runs or elapsed_s >= job.most_seconds

    def _wait(self, begun: int) -> int | None:
        """With a frame rate, sleep until this run's frame is due and give that moment; late frames never wait."""
        if self._job.fps is None:
            return None
        due = begun + int(len(self.end_to_end) * 1e9 / self._job.fps)
        while (left := due - time.perf_counter_ns()) > 0:
            time.sleep(left / 1e9)
        return due

    def _run(self) -> Stamps:
        frame = self._frames[self._next % len(self._frames)]
        self._next += 1
        return _once(self._inference, frame)

    def _note_headroom(self) -> None:
        now = memory.available_mib()
        if now is not None and self.headroom is not None:
            self.headroom = min(self.headroom, now)


def steady(medians: Sequence[float]) -> bool:
    """Tell whether the last five block medians lie within 5 % and climb or fall by under 1 % a block.

    The slope is the median of all pairwise slopes (Theil 1950, Sen 1968), relative to the median.
    """
    last = np.asarray(medians[-_STEADY_BLOCKS:])
    if last.size < _STEADY_BLOCKS:
        return False
    middle = float(np.median(last))
    first, second = np.triu_indices(last.size, k=1)
    slope = float(np.median((last[second] - last[first]) / (second - first)))
    return float(np.ptp(last)) <= _STEADY_SPREAD * middle and abs(slope) < _STEADY_SLOPE * middle


def _once(inference: Inference, frame: Path) -> Stamps:
    """Run every stage on one frame; gives the moments between them in ns."""
    begun = time.perf_counter_ns()
    picture = pixels(frame.read_bytes())
    decoded = time.perf_counter_ns()
    batch, geometry = inference.prepare(picture)
    prepared = time.perf_counter_ns()
    outputs = inference.infer(batch)
    inferred = time.perf_counter_ns()
    inference.read(outputs, geometry, inference.card.confidence)
    return begun, decoded, prepared, inferred, time.perf_counter_ns()


def _footprint(bare: float | None, headroom: float | None) -> Footprint:
    uss = memory.uss_mib()
    return Footprint(
        peak_rss=memory.peak_mib(),
        pss=memory.pss_mib(),
        uss=uss,
        model_delta=None if uss is None or bare is None else max(0.0, uss - bare),
        headroom=headroom,
    )


def _confidence(inference: Inference, frames: Sequence[Path]) -> Confidence:
    """Answer every frame once more, untimed, and count what the model is sure of."""
    tally = Tally(inference.card)
    for frame in frames:
        tally.add(inference.answer(pixels(frame.read_bytes()), inference.card.confidence))
    return tally.confidence()
