"""Too many objects are tiny at the target's input size.

Why: an object under 8 pixels is smaller than one cell of the finest grid that common detectors have (stride 8), so it
is rarely found; where a class has more of them than its recall floor lets be missed, no training reaches the floor.

Fix: take a model with a larger input, crop or tile the frame, or move the camera closer.
"""

from bisect import bisect_left, bisect_right

from readiness.bounds import of_counts
from readiness.evidence.dataset import INPUT_SIZES, Dataset, TinyCount
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.listed import RESCAN, counted
from readiness.policy import Policy
from readiness.profile import Profile

SEVERITY = Severity.WARN
_SHOWN = 3


def judge(dataset: Dataset, profile: Profile, policy: Policy) -> Outcome:
    px = profile.input_px
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    if px is None:
        return inapplicable(f"the target '{profile.name}' names no input size")
    subject = Subject("target", profile.name)
    if not dataset.tiny:
        return unknown("not measured: how large the objects are at the target", "missing", subject=subject, step=RESCAN)
    over = [one for one in dataset.tiny if _over(one, _least(one, px), policy)]
    perhaps = [one for one in dataset.tiny if _over(one, _most(one, px), policy)]
    tiny, n = sum(_least(one, px) for one in dataset.tiny), sum(one.objects for one in dataset.tiny)
    measure = Measure(measured=tiny / n, unit="share", n=n)
    because = f"under 8 px at an input of {px} px: {tiny:,} of {counted(n, 'objects')}"
    if over:
        images = dataset.listings[_CODE].images() if _CODE in dataset.listings else ()
        step = Step(kind="change-target", text="take a larger input, tile the frame or move the camera closer")
        named = f"{because}; more than may be missed (recall floor) of {_named(over, px)}"
        return found(named, subject=subject, measure=measure, images=images, step=step)
    if perhaps:
        step = Step(kind="scan", text="scan again for this target, whose input size is none of the counted ones")
        return unknown(
            f"{because} or more, by the sizes that were counted", subject=subject, measure=measure, step=step
        )
    return clear(because, subject=subject, measure=measure)


_CODE = "objects-tiny-at-target"


def _over(one: TinyCount, tiny: int, policy: Policy) -> bool:
    """Tell whether a class provably has more tiny objects than may be missed under its recall floor."""
    return of_counts(one.objects - tiny, one.objects, policy.recall_floor(one.name), policy.confidence) == "found"


def _least(one: TinyCount, px: int) -> int:
    """Count the tiny objects at the next input size that was counted, from `px` upwards: at `px` there are no fewer."""
    at = bisect_left(INPUT_SIZES, px)
    return one.under[at] if at < len(INPUT_SIZES) else 0


def _most(one: TinyCount, px: int) -> int:
    at = bisect_right(INPUT_SIZES, px)
    return one.under[at - 1] if at else one.objects


def _named(over: list[TinyCount], px: int) -> str:
    worst = sorted(over, key=lambda one: (-_least(one, px) / one.objects, one.name))
    shown = [f"'{one.name}' ({_least(one, px)} of {one.objects})" for one in worst[:_SHOWN]]
    return ", ".join(shown) + (f" and {counted(len(over) - _SHOWN, 'more classes')}" if len(over) > _SHOWN else "")
