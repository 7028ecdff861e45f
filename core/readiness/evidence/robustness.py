"""What is left of a model on corrupted images: recall per corruption, severity and class beside the clean one."""

import msgspec

from readiness.evidence.bounded import Rate


class Corrupted(msgspec.Struct, frozen=True, kw_only=True):
    """Recall of one class, or of all (`class_name` empty), under one corruption at one severity of 1 to 5."""

    corruption: str
    severity: int
    class_name: str = ""
    recall: Rate
    ap50: float | None = None


class Robustness(msgspec.Struct, frozen=True, kw_only=True):
    """`clean` holds the same figures without corruption; `left` is the mean share of the clean figure that is left.

    `figure` names it: AP50 of detectors, accuracy of classifiers, mean IoU of segmenters (relative performance under
    corruption, Michaelis et al. 2019).
    """

    figure: str
    images: int
    clean: float
    left: float
    worst: str
    results: tuple[Corrupted, ...] = ()
