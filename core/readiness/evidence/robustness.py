"""What is left of a model on corrupted images: its figure and recall per corruption, severity and class."""

import msgspec

from readiness.evidence.bounded import NOTHING, Rate


class Corrupted(msgspec.Struct, frozen=True, kw_only=True):
    """One class, or all (`class_name` empty), under one corruption at one severity of 1 to 5; clean ones have neither.

    `figure` is what Robustness names, of a class its AP50 or recall; `recall` is bounded where it is of one class.
    """

    corruption: str = ""
    severity: int = 0
    class_name: str = ""
    figure: float | None = None
    found: int = 0
    objects: int = 0
    recall: Rate = NOTHING


class Robustness(msgspec.Struct, frozen=True, kw_only=True):
    """Runs over the same `images`, clean and corrupted, at the deployed confidence.

    `figure` is AP50 of detectors, accuracy of classifiers, mean IoU of segmenters; `clean` is its clean value and
    `left` the mean share of it that is left over all corruptions and severities (relative performance under
    corruption, Michaelis et al. 2019); `worst` names the corruption that leaves least.
    """

    figure: str
    images: int
    clean: float
    left: float
    worst: str
    results: tuple[Corrupted, ...] = ()
