"""The model answers with other classes than the incumbent on the same frames.

Why: a class list in another order, other colours or value scaling, or a quantisation that flattens the scores change
what is seen into something else, while the boxes may stay right.

Fix: of a conversion of the incumbent, compare classes, input.colour, input.scale, input.mean and input.std of both
cards; calibrate the quantisation with frames of the site. Of another model, or the same one trained anew, evaluate both
on one set, and approve the difference if this one is the better.
"""

from readiness.evidence.benchmark import Agreement, Benchmark
from readiness.evidence.model import Model
from readiness.finding import Outcome, Severity, Step, Subject, by_floor, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.WARN
_KINDS = {"detection": "boxes", "segmentation": "pixels", "classification": "answers"}
_MEND = Step(
    kind="fix",
    text="if it is a conversion of the incumbent, it is broken: correct the card's classes and input, or calibrate the "
    "quantisation, and benchmark again; if it is another model, evaluate both on one set",
)
_MORE = Step(kind="benchmark", text="benchmark both on more frames that show the objects")


def judge(model: Model, benchmark: Benchmark, policy: Policy) -> Outcome:
    said, floor = benchmark.agreement, policy.benchmark.agreement
    if said is None:
        return inapplicable("no incumbent with classes of the same names was benchmarked beside it")
    subject = Subject("model", benchmark.model_name)
    if not said.classes.n:
        return unknown(
            f"'{said.incumbent_name}' answered nothing on these frames to compare with", subject=subject, step=_MORE
        )
    rate, what = said.classes, f"of '{said.incumbent_name}' come back with their class in the same frame"
    if _other_class_there(said, floor):
        assert said.both is not None
        rate, what = said.both, f"of '{said.incumbent_name}' come back with their class at their place"
    because = f"{rate.hits} of {rate.n} {_KINDS[model.card.task]} {what}"
    return by_floor(rate, floor, because, subject=subject, images=(), improve=_MEND, collect=_MORE, brought=said.frames)


def _other_class_there(said: Agreement, floor: float) -> bool:
    """Tell whether the places hold, so that a class which is not there was taken for another one."""
    return said.places is not None and said.both is not None and said.places.lower >= floor
