"""The camera or stream loses frames or its connection.

Why: in production nothing is detected in frames that never arrive, however good the model is.

Fix: look at the cable, the network, the power of the camera and its frame rate; then capture again.
"""

from readiness.evidence.benchmark import Benchmark, Source
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown

SEVERITY = Severity.MONITOR
# One hiccup is none of the camera's habits, and a stream of a hundred frames shows no smaller share.
_SHARE = 0.01
_STEP = Step(kind="monitor", text="watch the frames that are lost, and find out where")


def judge(benchmark: Benchmark) -> list[Outcome] | Outcome:
    source = benchmark.source
    if source is None:
        return unknown(
            "the benchmark does not say where its frames are from", "missing", subject=Subject("evidence", "frames")
        )
    if not source.arrived:
        return inapplicable("the frames are from files, and no camera or stream was read for them")
    return [_dropped(source), _reconnected(source)]


def _dropped(source: Source) -> Outcome:
    due = source.arrived + source.dropped
    subject = Subject("evidence", "frames dropped")
    measure = Measure(measured=round(source.dropped / due, 5), limit=_SHARE, unit="share", n=due)
    because = f"{source.dropped} of {due} frames did not arrive, {_SHARE:.0%} allowed"
    if source.dropped <= _SHARE * due or source.dropped == 1:
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure, step=_STEP)


def _reconnected(source: Source) -> Outcome:
    subject = Subject("evidence", "connection")
    measure = Measure(measured=source.reconnects, limit=0, unit="reconnects", n=source.arrived)
    because = f"opened again {source.reconnects} times over {source.arrived} frames"
    if not source.reconnects:
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure, step=_STEP)
