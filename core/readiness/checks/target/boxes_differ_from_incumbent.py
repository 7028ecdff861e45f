"""The model places its answers elsewhere than the incumbent on the same frames.

Why: a conversion or quantisation that spoils the output for coordinates leaves classes and scores as they were, so the
model looks alive while every box is wrong; boxes read with another format, scale or resize rule look the same.

Fix: of a conversion of the incumbent, compare input.resize, output.decoder and output.strides of both cards; when
quantising, keep the outputs in float, or give coordinates a scale of their own. Of another model, or the same one
trained anew, evaluate both on one set, and approve the difference if this one is the better.
"""

from readiness.evidence.benchmark import Agreement, Benchmark
from readiness.evidence.model import Model
from readiness.finding import Outcome, Severity, Step, Subject, by_floor, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.WARN
_MEND = Step(
    kind="fix",
    text="if it is a conversion of the incumbent, it is broken: repair the scale or format of its box output, or its "
    "card, and benchmark again; if it is another model, evaluate both on one set",
)
_MORE = Step(kind="benchmark", text="benchmark both on more frames that show the objects")


def judge(model: Model, benchmark: Benchmark, policy: Policy) -> Outcome:
    said, floor = benchmark.agreement, policy.benchmark.agreement
    if said is None:
        return inapplicable("no incumbent with classes of the same names was benchmarked beside it")
    if said.places is None:
        return inapplicable("a classifier places nothing")
    subject = Subject("model", benchmark.model_name)
    if not said.places.n:
        return unknown(
            f"'{said.incumbent_name}' answered nothing on these frames to compare with", subject=subject, step=_MORE
        )
    return by_floor(
        said.places,
        floor,
        _because(said, floor, "pixels" if model.card.task == "segmentation" else "boxes"),
        subject=subject,
        images=(),
        improve=_MEND,
        collect=_MORE,
        brought=said.frames,
    )


def _because(said: Agreement, floor: float, kind: str) -> str:
    """Tell the boxes' part, and what the classes say beside it: together they show what is broken."""
    places, classes = said.places, said.classes
    assert places is not None
    overlap = "" if said.iou is None else f", mean overlap {said.iou:.2f}"
    beside = ""
    if places.upper < floor:
        alone, other = (
            "; their classes agree, so what is off is the place",
            "; so does another model, or a broken conversion",
        )
        beside = alone if floor <= classes.lower else other
    return f"the model answers at {places.hits} of {places.n} {kind} of '{said.incumbent_name}'{overlap}{beside}"
