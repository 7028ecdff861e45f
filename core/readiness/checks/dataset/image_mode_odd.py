"""Images hold more than three 8-bit colour channels, or more than one frame.

Why: decoders disagree on them: 16 bits are cut or clipped, CMYK is converted in different ways, colours hidden behind
transparent pixels come to light, all frames but the first are lost.

Fix: convert the named images to 8-bit grey or RGB in one known way, then look at them.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-mode-odd"),
        "decoded in another way by each library",
        unit="images of an odd mode",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="convert the images to 8-bit grey or RGB"),
    )
