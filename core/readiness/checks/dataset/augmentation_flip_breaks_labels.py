"""Mirrored or turned copies kept labels that depend on the side or on the reading direction.

Why: a mirrored left arrow points right; a model that learns both as left cannot tell them apart.

Fix: export again without mirroring, or exchange the classes of the two sides in the mirrored copies.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("augmentation-flip-breaks-labels"),
        "the label is of the other side, or of what can no longer be read",
        unit="mirrored copies",
        said=("mirrored copy with its old labels", "mirrored copies with their old labels"),
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="export again without mirroring, or exchange the sides in the labels"),
    )
