"""A slice that nobody named is found worse than the rest of its class.

Why: a weakness that hangs on light, size or place is hidden by the average, and returns wherever that is common.

Fix: look at the missed images; add training images like them and retrain, or keep the model out of such scenes.
"""

from collections.abc import Iterator

from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.weakness import WeakSlice
from readiness.finding import Outcome, Severity, Step, Subject, clear, found, inapplicable, rate_measure, unknown

SEVERITY = Severity.WARN


def judge(evaluation: Evaluation) -> Iterator[Outcome]:
    scan, subject = evaluation.slice_scan, Subject("split", evaluation.split)
    if evaluation.unit == "pixels":
        yield inapplicable("weak slices are searched for among objects, not among pixels")
    elif scan is None:
        yield unknown("slices were not searched for weak ones", "missing", subject=subject)
    elif not scan.tested:
        yield inapplicable(
            f"no slice holds the {scan.least_objects} objects in each half of the images that a search needs"
        )
    elif not scan.weak:
        because = (
            f"none of {scan.tested} slices was found worse than the rest of its class"
            f" by {scan.least_effect:g} of recall or more"
        )
        yield clear(because, subject=subject)
    else:
        yield from map(_found, scan.weak)


def _found(weak: WeakSlice) -> Outcome:
    inside, rest, apart = weak.recall, weak.rest, weak.confirmed
    because = (
        f"{inside.hits} of {inside.n} objects in '{weak.words}' were found, {_share(inside)} against {_share(rest)} of"
        f" the rest; of the half of the images that was not searched for it, {apart.hits} of {apart.n}"
    )
    return found(
        because,
        subject=Subject("slice", weak.words),
        measure=rate_measure(inside, rest.value or 0.0),
        images=weak.missed_images,
        step=Step(kind="retrain", text="add training images of these slices, then retrain"),
    )


def _share(rate: Rate) -> str:
    return f"{100 * (rate.value or 0.0):.0f} %"
