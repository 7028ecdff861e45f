"""What a search over many slices found weak: slices in words, held to a false discovery rate and a second half."""

from typing import Literal

import msgspec

from readiness.evidence.bounded import Rate


class Condition(msgspec.Struct, frozen=True):
    """One part of a slice's description, such as light = dark."""

    dimension: str
    value: str


class WeakSlice(msgspec.Struct, frozen=True, kw_only=True):
    """A slice that is found worse than the rest of its class (of all classes where `class_name` is empty).

    `words` says it for people: "bolt, dark images, below 32 px". `recall` is over all its objects, `rest` over those
    of the class outside it; `q` is the adjusted p value of the half in which it was found, `confirmed` the recall in
    the other one.
    As it was sought among many, the bounds of `recall` are a little too low a view of it; those of `confirmed` are not.
    """

    words: str
    class_name: str = ""
    conditions: tuple[Condition, ...] = ()
    images: int
    objects: int
    recall: Rate
    rest: Rate
    q: float
    confirmed: Rate
    missed_images: tuple[str, ...] = ()


class SliceScan(msgspec.Struct, frozen=True, kw_only=True):
    """The search itself: how many slices were `tested`, at which false discovery `level`, from which size and effect.

    Slices of one condition are held to the level after Benjamini & Hochberg ("BH"), and so are those of two, which
    overlap strongly, after Benjamini & Yekutieli ("BY"); `method` names the stricter of what was used. `least_objects`
    holds for each half, `least_effect` is the recall below the rest's. What is weak was confirmed in the other half,
    so that the chance of any false one is 5 % at most. `dimensions` are those searched.
    """

    tested: int
    level: float
    method: Literal["BH", "BY"]
    least_objects: int
    least_effect: float
    dimensions: tuple[str, ...] = ()
    weak: tuple[WeakSlice, ...] = ()
