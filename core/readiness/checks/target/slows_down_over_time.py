"""The model becomes slower while it runs.

Why: a board that heats up cuts its clocks minutes after a short benchmark has ended, and a queue or a cache that grows
slows every frame.

Fix: cool the board, lower the frame rate or the power mode, or choose a smaller model; then repeat the sustained run.
"""

from readiness.bounds import against_budget
from readiness.evidence.benchmark import Benchmark, Sustained
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown

SEVERITY = Severity.MONITOR
MOST_GROWTH = 1.10  # as AndroidX Benchmark calls a device throttled
_LONGER = Step(kind="benchmark", text="run it for ten minutes: readiness-agent bench --duration 600")


def judge(benchmark: Benchmark) -> Outcome:
    run, subject = benchmark.sustained, Subject("model", benchmark.model_name)
    if run is None:
        return inapplicable("no sustained run was asked for (bench --duration)")
    if run.ratio is None:
        because = f"{run.seconds:.0f} s gave too few runs to compare the beginning with the end"
        return unknown(because, subject=subject, step=_LONGER)
    lower, upper = run.ratio_bounds
    measure = Measure(measured=run.ratio, limit=MOST_GROWTH, unit="times", interval=run.ratio_bounds)
    because = f"over {run.seconds:.0f} s the p95 became {run.ratio:.2f} times what it was at first{_state(run)}"
    answer = against_budget(lower, upper, MOST_GROWTH)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        step = Step(kind="monitor", text="watch the latency and the temperature of the device in use")
        return found(because, subject=subject, measure=measure, step=step)
    bounds = f", {'?' if lower is None else f'{lower:.2f}'} to {'?' if upper is None else f'{upper:.2f}'}"
    return unknown(f"{because}{bounds}, {MOST_GROWTH:g} accepted", subject=subject, measure=measure, step=_LONGER)


def _state(run: Sustained) -> str:
    """Tell what heat and clock did meanwhile, where they are known."""
    first, last = (run.buckets[0], run.buckets[-1]) if run.buckets else (None, None)
    if first is None or last is None:
        return ""
    heat = (
        f", {first.temperature_c:.0f} to {last.temperature_c:.0f} °C"
        if first.temperature_c is not None and last.temperature_c is not None
        else ""
    )
    if first.frequency_mhz is None or last.frequency_mhz is None:
        return heat
    return f"{heat}, {first.frequency_mhz:.0f} to {last.frequency_mhz:.0f} MHz"
