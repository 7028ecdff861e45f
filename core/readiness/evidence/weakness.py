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
    of the class outside it; `q` is the adjusted p value of the search half, `confirmed` the recall in the other half.
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

    `method` is Benjamini-Hochberg, or Benjamini-Yekutieli where slices overlap. `dimensions` are those searched.
    """

    tested: int
    level: float
    method: Literal["BH", "BY"]
    least_objects: int
    least_effect: float
    dimensions: tuple[str, ...] = ()
    weak: tuple[WeakSlice, ...] = ()
