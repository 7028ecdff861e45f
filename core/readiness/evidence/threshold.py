"""At which confidence a model should run: recommended from cost or target, cross-fitted, with its band."""

import math
from typing import Literal

import msgspec

from readiness.evidence.bounded import NOTHING, Rate

AimKind = Literal["f1", "cost", "recall", "precision"]


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """What a threshold is chosen for: the best F1, the least cost, or a promised recall or precision.

    `target` is the rate promised; costs are per missed object and per false answer, in any one unit.
    """

    kind: AimKind = "f1"
    target: float | None = None
    cost_missed: float = 1.0
    cost_false: float = 1.0

    @property
    def promise(self) -> bool:
        return self.kind in {"recall", "precision"}

    def wrong(self) -> str | None:
        """Say which key has a value that no aim can have, and what it wants; None for a sensible aim."""
        if self.promise and self.target is None:
            return f"'target' is missing; a promised {self.kind} needs one, such as 0.9"
        if not self.promise and self.target is not None:
            return f"'target' is only for a promised recall or precision; the aim is {self.kind}"
        if self.target is not None and not 0 < self.target < 1:
            return f"'target' is {self.target:g}; it lies between 0 and 1, both excluded"
        costs = (("cost_missed", self.cost_missed), ("cost_false", self.cost_false))
        for key, value in costs:
            if not (math.isfinite(value) and value > 0):
                return f"'{key}' is {value:g}; it must be above 0 and finite"
            if self.kind != "cost" and value != 1:
                return f"'{key}' is only for the aim cost; the aim is {self.kind}"
        return None


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold of one class, or of all (`class_name` empty), and what it would bring beside the deployed one.

    `value` is None where no threshold keeps the promise or pays, `because` says why, and `needed` how many more
    objects (answers, for a precision) at this rate would do. `low` to `high` is the band in which it moves when the
    sample is drawn anew (95 % of bootstrap replicas over clusters), None under 100 objects, of which it would not
    hold. `pooled` tells that the class has too few objects for its own: then it is that of all classes. Recall,
    precision and F1 at `value`, and its `cost` an image, are cross-fitted: no image was scored by a threshold it
    helped to choose; those of a promise are at `value` itself, where the bound is the promise and the rate itself may
    flatter. `*_deployed` are at the deployed threshold.

    `gain` is what moving from the deployed threshold to the recommended one brings, with its 95 % interval (those of
    all classes hold together): in F1, or in cost saved an image; of a promise it is the target less the rate at the
    deployed threshold. `missed_change` and `false_change` are what it does to missed objects and false answers in
    1,000 images. `optimism` is how much better the aim looks on the images the threshold was chosen on.
    """

    class_name: str = ""
    objects: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    pooled: bool = False
    recall: Rate = NOTHING
    precision: Rate = NOTHING
    f1: float | None = None
    cost: float | None = None
    recall_deployed: Rate = NOTHING
    precision_deployed: Rate = NOTHING
    f1_deployed: float | None = None
    cost_deployed: float | None = None
    gain: float | None = None
    gain_lower: float | None = None
    gain_upper: float | None = None
    missed_change: float | None = None
    false_change: float | None = None
    optimism: float | None = None
    needed: int | None = None
    because: str = ""


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """The recommendations for one aim; `deployed` is the confidence that was evaluated.

    `optimism` is how much better the aim looks at the recommended threshold on the images it was chosen on than on
    images it was not chosen on: what other tools report as if it were gained. `cut` is the lowest score predicted:
    what would happen at a threshold under it is not known, so none is recommended; None where nothing is cut away.
    """

    aim: Aim
    deployed: float
    overall: Recommendation
    classes: tuple[Recommendation, ...] = ()
    optimism: float | None = None
    cut: float | None = None


class OperatingPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What one class, or all (`class_name` empty), would do at `threshold`, None where classes have several.

    `answers` are `right` or false, `missed` are objects without a right one, `images` those with an answer. `known`
    is false where the threshold lies under the lowest score predicted: these are the figures at that score.
    """

    class_name: str = ""
    threshold: float | None
    known: bool = True
    objects: int
    answers: int
    right: int
    missed: int
    images: int
    recall: Rate
    precision: Rate
    f1: float | None
    false_per_image: float
    cost: float


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    """A model at thresholds that nobody evaluated it at, out of its stored matches; `cost` is per image."""

    images: int
    cut: float | None
    overall: OperatingPoint
    classes: tuple[OperatingPoint, ...]
