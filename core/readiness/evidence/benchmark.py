"""How one model behaved on one device: latency, memory and confidence on real frames, with its validity."""

from typing import Literal

import msgspec

from readiness.evidence.bounded import Quantile
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

    Each is the worst of the processes; `peak_rss_upper` bounds the peak by the spread between them.
    """

    peak_rss: float | None = None
    peak_rss_upper: float | None = None
    pss: float | None = None
    uss: float | None = None
    model_delta: float | None = None
    headroom: float | None = None


class ClassConfidence(msgspec.Struct, frozen=True, kw_only=True):
    """How often a class was answered on the frames at the card's confidence, and how surely."""

    name: str
    detections: int
    mean: float | None = None


class Confidence(msgspec.Struct, frozen=True, kw_only=True):
    """Confidence over the frames: counts in ten equal bins from 0 to 1, per class, and frames with no answer."""

    histogram: tuple[int, ...]
    classes: tuple[ClassConfidence, ...]
    frames: int
    empty_frames: int


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
    conditions: dict[str, str | int | float | bool | None] = {}
    tool_version: str = ""
