"""Images that hold objects were run and got no answer at all, not even an unsure one.

Why: an empty answer is what a frame that could not be read, too dark or too blurred looks like; its objects all count
as missed.

Fix: look at these images, and at how they were read; predict down to a low score to see whether anything is there.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.listed import counted

SEVERITY = Severity.NOTE
SHOWN = 3


def judge(evaluation: Evaluation) -> Outcome:
    total, subject = evaluation.unanswered_total, Subject("split", evaluation.split)
    measure = Measure(measured=total, limit=0, unit="images", n=evaluation.images_predicted)
    if not total:
        return clear("every image with an object got an answer", subject=subject, measure=measure)
    names = ", ".join(evaluation.unanswered[:SHOWN]) + (", …" if total > SHOWN else "")
    of = f"{total:,} of {counted(evaluation.images_predicted, 'images')} that were run"
    because = f"{of} {'holds' if total == 1 else 'hold'} objects and got an empty answer: {names}"
    step = Step(kind="fix", text="look at the images without an answer, and at how they were read")
    return found(because, subject=subject, measure=measure, images=evaluation.unanswered, images_total=total, step=step)
