"""Why other tools give other numbers on the same answers: each convention's figure, step by step from COCO's AP50."""

import msgspec


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One convention changed: the figure once it is, and how much it moved; what did not matter here moved 0."""

    what: str
    figure: float
    change: float


class Convention(msgspec.Struct, frozen=True, kw_only=True):
    """What one tool says of these answers; the changes of its `turns` add up from COCO's AP50 to its own `ap50`.

    `ap` is its mean over IoU 0.5 to 0.95, None where the tool gives none. Precision and recall are the means over
    classes that the tool prints, at the `confidence` at which it takes them.
    """

    tool: str
    ap50: float
    ap: float | None = None
    turns: tuple[Turn, ...] = ()
    precision: float | None = None
    recall: float | None = None
    confidence: float | None = None


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """COCO's figures on one split, and those of other tools on the very same answers; notes tell what is not redone."""

    split: str
    ap50: float
    ap: float | None
    conventions: tuple[Convention, ...]
    notes: tuple[str, ...] = ()
