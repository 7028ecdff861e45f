"""The benchmark holds numbers that cannot be.

Why: a negative latency or a bound on the wrong side of its value comes of a broken or made-up report.

Fix: benchmark again with a current agent, and find out who wrote this report.
"""

from collections.abc import Iterator

from readiness.bounds import bounded_by
from readiness.evidence.benchmark import Benchmark, Latency, Paced, Sustained
from readiness.evidence.bounded import Quantile
from readiness.evidence.model import Model
from readiness.finding import Outcome, Severity, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(model: Model, benchmark: Benchmark) -> Outcome:
    subject = Subject("evidence", "benchmark")
    faults = [*_counts(model, benchmark), *_elsewhere(model, benchmark), *_latency("latency_ms", benchmark.latency_ms)]
    faults += [
        *_latency("end_to_end_ms", benchmark.end_to_end_ms),
        *_paced(benchmark.paced),
        *_long(benchmark.sustained),
    ]
    if not faults:
        return clear("its numbers fit together", subject=subject)
    return found("; ".join(faults[:5]), subject=subject)


def _counts(model: Model, benchmark: Benchmark) -> Iterator[str]:
    memory = benchmark.memory_mib
    amounts = {
        "processes": benchmark.processes,
        "runs": benchmark.runs,
        "frames_count": benchmark.frames_count,
        "threads": benchmark.threads,
        "throughput_fps": benchmark.throughput_fps,
        "memory_mib.peak_rss": memory.peak_rss,
        "model.size_mib": model.size_mib,
    }
    yield from (f"{name} is {value:g}" for name, value in amounts.items() if value is not None and value <= 0)
    if benchmark.runs < benchmark.processes:
        yield f"{benchmark.runs} runs in {benchmark.processes} processes"
    if benchmark.runtime != model.format:
        yield f"a model for {model.format} ran on {benchmark.runtime}"
    if benchmark.confidence is not None and not 0 <= benchmark.confidence.empty_frames <= benchmark.confidence.frames:
        yield f"{benchmark.confidence.empty_frames} empty of {benchmark.confidence.frames} frames"


def _elsewhere(model: Model, benchmark: Benchmark) -> Iterator[str]:
    """Tell what an endpoint's benchmark cannot hold, and what one of a file must."""
    if model.format != "http":
        if model.size_mib is None:
            yield "model.size_mib is missing"
        return
    if benchmark.memory_mib.peak_rss is not None:
        yield "memory_mib.peak_rss of an endpoint, which cannot be seen"
    if benchmark.calls is None:
        return
    failed, kinds = benchmark.calls.failed, benchmark.calls.kinds
    if failed.n < benchmark.runs + failed.hits:
        yield f"{failed.n} calls, {benchmark.runs} answered and {failed.hits} failed"
    if sum(kinds.values()) != failed.hits or benchmark.calls.retries < 0:
        yield f"{failed.hits} calls failed, {sum(kinds.values())} by kind"
    if not bounded_by(failed.hits, failed.n, failed.n_effective, failed.lower, failed.upper, failed.confidence):
        yield "calls.failed: its bounds are tighter than its counts allow"


def _paced(paced: Paced | None) -> Iterator[str]:
    if paced is None:
        return
    missed = paced.missed
    if paced.fps <= 0 or paced.dropped < 0:
        yield f"paced: {paced.dropped} dropped at {paced.fps:g} frames a second"
    if not bounded_by(missed.hits, missed.n, missed.n_effective, missed.lower, missed.upper, missed.confidence):
        yield "paced.missed: its bounds are tighter than its counts allow"
    yield from _latency("paced.latency_ms", paced.latency_ms)


def _long(run: Sustained | None) -> Iterator[str]:
    if run is None:
        return
    if run.seconds <= 0 or (run.ratio is not None and run.ratio <= 0):
        yield f"sustained: {run.seconds:g} s, a ratio of {run.ratio}"
    for name, value, (lower, upper) in (
        ("ratio", run.ratio, run.ratio_bounds),
        ("leak", run.leak_mib_per_h, run.leak_bounds),
    ):
        known = [part for part in (lower, value, upper) if part is not None]
        if known != sorted(known):
            yield f"sustained.{name}: its bounds do not hold its value"


def _latency(name: str, latency: Latency) -> Iterator[str]:
    quantiles = {"p50": latency.p50, "p90": latency.p90, "p95": latency.p95, "p99": latency.p99}
    for which, quantile in quantiles.items():
        yield from (f"{name}.{which}: {fault}" for fault in _quantile(quantile))
    values = [quantile.value for quantile in quantiles.values() if quantile.value is not None]
    if values != sorted(values):
        yield f"{name}: its percentiles fall"
    if values and latency.max < values[-1]:
        yield f"{name}: its maximum lies under a percentile"


def _quantile(quantile: Quantile) -> Iterator[str]:
    known = [part for part in (quantile.lower, quantile.value, quantile.upper) if part is not None]
    if any(part <= 0 for part in known):
        yield f"{min(known):g} ms"
    if known != sorted(known):
        yield "its bounds do not hold its value"
    if quantile.value is None and quantile.upper is not None:
        yield "an upper bound without a value"
