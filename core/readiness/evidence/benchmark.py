"""How one model behaved on one device: latency, memory and confidence on real frames, with its validity."""

from typing import Literal

import msgspec

from readiness.evidence.bounded import Quantile, Rate
from readiness.evidence.device import Device

Validity = Literal[
    "valid",
    "contended",
    "throttled",
    "undervolted",
    "unsteady",
    "insufficient",
    "fallback",
    "input-mismatch",
    "power-mode-mismatch",
]


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Inference time in ms; percentiles are null under their sample floor, `max` is never clipped."""

    p50: Quantile
    p90: Quantile
    p95: Quantile
    p99: Quantile
    max: float


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Worker memory in MiB: VmHWM after reset, PSS, USS, growth over the bare runtime, system headroom left.

    Each is the worst of the processes; `peak_rss_upper` bounds the peak by the spread between them. What cannot be
    known is None, never 0: `cgroup_peak` without cgroup v2's memory.peak, `gpu` without a driver that says.
    """

    peak_rss: float | None = None
    peak_rss_upper: float | None = None
    pss: float | None = None
    uss: float | None = None
    model_delta: float | None = None
    headroom: float | None = None
    swap: float | None = None
    cgroup_peak: float | None = None
    gpu: float | None = None


class ClassConfidence(msgspec.Struct, frozen=True, kw_only=True):
    """How often a class was answered on the frames at the card's confidence, and how surely (counts in ten bins)."""

    name: str
    detections: int
    mean: float | None = None
    histogram: tuple[int, ...] = ()


class Confidence(msgspec.Struct, frozen=True, kw_only=True):
    """Confidence over the frames: counts in ten equal bins from 0 to 1, per class, and frames with no answer.

    `entropy` is the mean over the frames of the answers' entropy as a share of the most there could be, 0 (sure) to 1.
    """

    histogram: tuple[int, ...]
    classes: tuple[ClassConfidence, ...]
    frames: int
    empty_frames: int
    entropy: float | None = None
    empty: Rate | None = None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far the answers agree with the incumbent's, frame by frame, both at the card's confidence.

    Of the incumbent's answers: `classes` has one of the same class in the same frame, `places` one at its place
    whatever its class (boxes at IoU 0.5 or more, of masks the pixels that are not background), `both` one of the same
    class there. Of a classification the best classes are compared, whatever their score; it has no places. `iou` is the
    mean IoU of answers paired by class, `score_shift` the mean difference of their scores, candidate less incumbent.
    """

    incumbent: str
    incumbent_name: str
    frames: int
    classes: Rate
    places: Rate | None = None
    both: Rate | None = None
    iou: float | None = None
    score_shift: float | None = None


class Paced(msgspec.Struct, frozen=True, kw_only=True):
    """Frames at a fixed rate, each timed from the moment it was due, so that waiting in line counts as latency.

    `missed` is the share answered after the next one was due; `dropped` counts those that a camera which keeps only
    the newest frame would have lost, reckoned from the times that the frames took.
    """

    fps: float
    latency_ms: Latency
    missed: Rate
    dropped: int


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of a sustained run, from `start_s`: its latency in ms and the board's state at its end."""

    start_s: float
    runs: int
    p50_ms: float | None
    p95_ms: float | None
    temperature_c: float | None = None
    frequency_mhz: float | None = None
    uss_mib: float | None = None
    missed: int = 0


class Sustained(msgspec.Struct, frozen=True, kw_only=True):
    """A long run in one process: `ratio` is the p95 of its last fifth, `p95_last_ms`, over that of its first.

    `leak_mib_per_h` is the Theil-Sen slope of anonymous memory over the buckets, not of USS, which also moves when
    another process begins or ends to share a library; `calibration_ms` times a fixed small computation before and
    after, which tells a slower machine from a slower model. Bounds are one-sided 95 %, lower and upper.
    """

    seconds: float
    fps: float | None
    buckets: tuple[Bucket, ...]
    ratio: float | None = None
    ratio_bounds: tuple[float | None, float | None] = (None, None)
    leak_mib_per_h: float | None = None
    leak_bounds: tuple[float | None, float | None] = (None, None)
    p95_last_ms: Quantile | None = None
    calibration_ms: tuple[float, float] | None = None


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where the operators of a model ran: how many on the provider that was asked, in how many unbroken partitions.

    `elsewhere_share` is the share of the run's time that operators on other providers took; None where not timed.
    """

    provider: str
    operators: int
    on_provider: int
    partitions: int
    elsewhere_share: float | None = None


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of an endpoint in all loops: the share that failed for good, by kind (`timeout`, …), and retries made."""

    failed: Rate
    kinds: dict[str, int] = {}
    retries: int = 0


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the frames are from: the kind, and of a live source what it lost; `ended` says why it ended early.

    `arrived` counts the frames that a live source delivered, kept or not, and `dropped` those missing between them.
    """

    kind: str
    arrived: int = 0
    dropped: int = 0
    reconnects: int = 0
    capture_ms: float | None = None
    ended: str = ""


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmark: which model on which device and frames (all by digest), how, and what came out.

    `card` is the reading (`Card.reading`) by which the model was run.
    `throughput_bounds_fps` are one-sided 95 % bounds, lower and upper, over the processes.
    """

    model: str
    card: str = ""
    model_name: str
    device: Device
    frames: str
    frames_count: int
    runtime: str
    runtime_version: str
    provider: str
    threads: int
    protocol: Literal["quick", "standard", "full"]
    processes: int
    runs: int
    observed_at: str
    validity: Validity
    validity_because: tuple[str, ...] = ()
    latency_ms: Latency
    end_to_end_ms: Latency
    stages_ms: dict[str, float]
    cold_start_ms: float | None = None
    throughput_fps: float | None = None
    throughput_bounds_fps: tuple[float | None, float | None] = (None, None)
    memory_mib: Memory
    confidence: Confidence | None = None
    agreement: Agreement | None = None
    paced: Paced | None = None
    sustained: Sustained | None = None
    placement: Placement | None = None
    calls: Calls | None = None
    source: Source | None = None
    conditions: dict[str, str | int | float | bool | None] = {}
    tool_version: str = ""

    def longer(self) -> str | None:
        """Name the command that runs more than this did; None when it was the longest already."""
        return {"quick": "readiness-agent bench without --quick", "standard": "readiness-agent bench --full"}.get(
            self.protocol
        )

    def p95s(self) -> tuple[tuple[str, Quantile], ...]:
        """Give the end-to-end p95 of each way in which the runs were made, after the words for it.

        Run after run (no words), frames as they are due, and the end of a long run.
        """
        ways = [("", self.end_to_end_ms.p95)]
        if self.paced is not None:
            ways.append((f" at {self.paced.fps:g} frames a second", self.paced.latency_ms.p95))
        if self.sustained is not None and self.sustained.p95_last_ms is not None:
            ways.append((f" at the end of {self.sustained.seconds:.0f} s", self.sustained.p95_last_ms))
        return tuple(ways)
