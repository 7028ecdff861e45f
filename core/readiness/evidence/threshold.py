"""At which confidence a model should run: recommended from cost or target, cross-fitted, with its band."""

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


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold of one class, or of all (`class_name` empty), and what it would bring beside the deployed one.

    `value` is None where no threshold keeps the promise, and `because` says why. `low` to `high` is the band in which
    it moves when the sample changes. `pooled` tells that the class has too few objects for its own. Recall and
    precision at `value`, and its `cost` an image, are cross-fitted: no image was scored by a threshold it helped to
    choose. `*_deployed` are at the deployed threshold.
    """

    class_name: str = ""
    objects: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    pooled: bool = False
    recall: Rate = NOTHING
    precision: Rate = NOTHING
    cost: float | None = None
    recall_deployed: Rate = NOTHING
    precision_deployed: Rate = NOTHING
    cost_deployed: float | None = None
    because: str = ""


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """The recommendations for one aim; `deployed` is the confidence that was evaluated.

    `optimism` is how much better the aim looks at the recommended threshold on the images it was chosen on than on
    images it was not chosen on: what other tools report as if it were gained.
    """

    aim: Aim
    deployed: float
    overall: Recommendation
    classes: tuple[Recommendation, ...] = ()
    optimism: float | None = None
