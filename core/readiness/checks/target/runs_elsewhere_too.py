"""Part of the model runs off the provider that was asked.

Why: operators that an accelerator lacks run on the processor without a word; every way there and back costs time, and
the processor's share grows with whatever else the device does.

Fix: export the model with operators that the provider has, take another input size or precision, or another provider;
`readiness-agent bench --profile-ops` names the operators that run elsewhere.
"""

from readiness.evidence.benchmark import Benchmark, Placement
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown

SEVERITY = Severity.WARN
MOST_ELSEWHERE = 0.1
# They run on the processor, and so do the kernels that take what they leave.
_PROCESSOR = {"CPUExecutionProvider", "XnnpackExecutionProvider", "XNNPACK", "builtin"}
_STEP = Step(kind="fix", text="export the model with operators that the provider has; --profile-ops names the others")


def judge(benchmark: Benchmark) -> Outcome:
    placement, subject = benchmark.placement, Subject("model", benchmark.model_name)
    provider = benchmark.provider if placement is None else placement.provider
    if provider in _PROCESSOR or benchmark.runtime == "http":
        return inapplicable(f"{provider} is no part of the device that leaves operators to its processor")
    if placement is None:
        return unknown(f"the benchmark does not tell what {provider} ran", "missing", subject=subject)
    left, share = placement.operators - placement.on_provider, placement.elsewhere_share
    because, measure = _because(placement), Measure(measured=share, limit=MOST_ELSEWHERE, unit="share")
    if left and placement.on_provider and share is None:
        return unknown(f"{because}; the others were not timed", "missing", subject=subject)
    if not left or (placement.on_provider and share is not None and share <= MOST_ELSEWHERE):
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure, step=_STEP)


def _because(placement: Placement) -> str:
    """Tell what ran where, and at which price."""
    where = f"{placement.provider} runs {placement.on_provider} of {placement.operators} operators"
    parts = f" in {placement.partitions} partition{'' if placement.partitions == 1 else 's'}"
    if not placement.on_provider or placement.elsewhere_share is None:
        return where + (parts if placement.on_provider else "")
    if placement.on_provider == placement.operators:
        return where + parts
    return f"{where}{parts}; the others take {placement.elsewhere_share:.0%} of the time, {MOST_ELSEWHERE:.0%} accepted"
