"""Signs that a split has been fitted to: against another split, without leaked images, by how often it was used."""

from typing import Literal

import msgspec

from readiness.evidence.bounded import Rate


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A rate here and there, and the 95 % interval of here less there.

    `against` is another split, or this one without the images that also stand in the training split; `there` has no
    trial, and the interval says nothing, where every image does.
    """

    against: Literal["split", "unleaked"]
    name: str
    here: Rate
    there: Rate
    difference: float
    lower: float
    upper: float


class Overfit(msgspec.Struct, frozen=True, kw_only=True):
    """`leaked_images` of this split stand in the training split too; `uses` counts evaluations of this split so far.

    `other` names the split compared with. `lift` is how far above its true recall the best of that many equally good
    models is to be expected by chance alone, at most, on a split of this size. Each is None where it was not looked
    for.
    """

    gaps: tuple[Gap, ...] = ()
    leaked_images: int | None = None
    leaked_examples: tuple[str, ...] = ()
    uses: int | None = None
    other: str = ""
    lift: float | None = None
