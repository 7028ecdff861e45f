"""The best threshold is not known: another sample of such images would give another one.

Why: a threshold that fits the images it was chosen on promises more than it keeps, and figures at it flatter. A large
difference between these images and ones left out is also a sign that the set is too small, or was fitted to.

Fix: keep the threshold that has served, or choose within the band by cost; collect and label more images of other
recordings before moving it, and never report figures on the images that chose it.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown

SEVERITY = Severity.NOTE
_WIDE = 0.3
_GAP = 0.1


def judge(evaluation: Evaluation) -> Outcome:
    """Answer for the threshold of all classes: by the width of its band, and by the share that is lost off sample."""
    if evaluation.unit == "pixels" or not evaluation.objects:
        return inapplicable("there is no threshold to choose")
    if evaluation.thresholds is None:
        return unknown("no threshold was recommended; evaluate again", "missing")
    one, aim = evaluation.thresholds.overall, evaluation.thresholds.aim
    subject = Subject("model", "threshold")
    step = Step(kind="collect", text="collect and label more images of other recordings")
    if one.value is None:
        return unknown(one.because, subject=subject)
    if one.low is None or one.high is None:
        few = f"{one.objects} objects are too few to tell between which thresholds the best lies"
        return found(few, subject=subject, step=step)
    width = one.high - one.low
    measure = Measure(measured=width, limit=_WIDE, unit="confidence", interval=(one.low, one.high))
    tried = one.cost if aim.kind == "cost" else one.f1
    gap = abs(one.optimism) / tried if one.optimism is not None and one.optimism > 0 and tried else 0.0
    faults = (
        (width > _WIDE, f"the best lies somewhere between {one.low:.3g} and {one.high:.3g}"),
        (gap > _GAP, f"{aim.kind} is {100 * gap:.0f} % better on the images that chose it than on others"),
    )
    if said := "; ".join(words for holds, words in faults if holds):
        return found(said, subject=subject, measure=measure, step=step)
    return clear(f"the best lies between {one.low:.3g} and {one.high:.3g}", subject=subject, measure=measure)
