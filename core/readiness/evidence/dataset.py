"""What a scan measured of one immutable dataset version; a listing that is absent was not measured."""

from collections.abc import Iterable

import msgspec

from readiness.evidence.model import Task
from readiness.waiver import Waiver

LISTED = 1000
# The splits of which every two are compared, and the measures of images in which they always are.
COMPARED = ("train", "val", "test")
LOOKS = ("luma", "spread", "sharpness", "colourfulness", "image size")
INPUT_SIZES = (160, 192, 224, 256, 320, 416, 480, 512, 640, 800, 960, 1024, 1280, 1536)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One affected image or group of images; `detail` says where in it, `classes` which labels are concerned.

    `boxes` are x y width height in pixels of the first image, for a picture of what is meant.
    """

    images: tuple[str, ...]
    detail: str = ""
    classes: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    boxes: tuple[tuple[float, float, float, float], ...] = ()


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """All items of one kind: their full count, the first LISTED of them in name order, and all images affected.

    The count has no default: a listing that lost it does not read as an empty one.
    """

    total: int
    items: tuple[Item, ...] = ()
    images_total: int = 0

    def images(self, most: int | None = 20) -> tuple[str, ...]:
        return tuple(dict.fromkeys(image for item in self.items for image in item.images))[:most]


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One split: its images, those with at least one object, those without a label file, its objects."""

    name: str
    images: int
    labelled: int
    unlabelled: int
    annotations: int


class ClassCount(msgspec.Struct, frozen=True, kw_only=True):
    """Objects of one class per split, in how many images they stand, and how many are crowds, which no score counts.

    `distinct` counts the scored objects with those in copies of one picture once, `sources` the pictures that hold
    them; `effective` is what the distinct ones are worth as independent trials, as objects cluster in images and
    images in recordings (design effect 1 + (b - 1) 0.2, Kish 1965; b: mean size of an object's cluster).
    """

    name: str
    objects: dict[str, int]
    images: dict[str, int]
    crowds: dict[str, int] = {}
    distinct: dict[str, int] = {}
    sources: dict[str, int] = {}
    effective: dict[str, float] = {}

    def scored(self, split: str) -> int:
        """Give the objects of a split that an evaluation counts: all but crowds."""
        return self.objects.get(split, 0) - self.crowds.get(split, 0)

    def once(self, split: str) -> int:
        """Give the scored objects of a split with those in copies counted once; all where copies were not told."""
        return self.distinct.get(split, self.scored(split))

    def worth(self, split: str) -> float:
        """Give the effective objects of a split; all that are counted once where that was not measured."""
        return self.effective.get(split, float(self.once(split)))


class TinyCount(msgspec.Struct, frozen=True, kw_only=True):
    """Objects of one class in frames of known size, and how many are tiny at each of INPUT_SIZES.

    Tiny is a shorter side under 8 pixels once the frame's longer side is shrunk, or grown, to the input size.
    """

    name: str
    objects: int
    under: tuple[int, ...]


class ImageStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Quantiles 5, 25, 50, 75, 95 % of one image measure over the readable images."""

    name: str
    unit: str
    quantiles: tuple[float, ...]


class SliceCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many images and objects one slice holds, such as `light=dark`."""

    dimension: str
    value: str
    images: int
    objects: int


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """How far one measure differs between two splits: an effect of 0 to 1 with one-sided bounds.

    `measure` is `classes` (Cramer's V), or what a Kolmogorov-Smirnov distance is of; `n` are the effective sizes.
    """

    measure: str
    splits: tuple[str, str]
    effect: float
    lower: float
    upper: float
    n: tuple[float, float]


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """One dataset version, named by the digest over its images and labels, and everything a scan counted in it.

    `viewed` counts the images that were looked at, all of them unless the scan was cut short. `listings` holds, by
    the reason code that asks for it, everything that may be wrong. `drifts` is None where splits were not
    compared. `accepted` are the findings of the baseline that the scan was given, `predictions` the digest of those
    that were held against the labels.
    """

    digest: str
    name: str
    task: Task
    format: str
    observed_at: str
    images: int
    viewed: int
    annotations: int
    splits: tuple[Split, ...]
    classes: tuple[ClassCount, ...]
    slices: tuple[SliceCount, ...] = ()
    statistics: tuple[ImageStatistics, ...] = ()
    drifts: tuple[Drift, ...] | None = None
    crowds: int = 0
    tiny: tuple[TinyCount, ...] = ()
    listings: dict[str, Listing] = {}
    accepted: tuple[Waiver, ...] = ()
    predictions: str = ""
    tool_version: str = ""

    def listed(self, code: str) -> Listing | None:
        """Give what was listed for a reason code; None where that was not measured."""
        return self.listings.get(code)

    def split(self, name: str) -> Split | None:
        return next((split for split in self.splits if split.name == name), None)

    def evaluation_split(self, names: Iterable[str]) -> Split | None:
        """Give the first of `names` that holds labelled images: where a model of this data is judged."""
        named = (self.split(name) for name in names)
        return next((split for split in named if split is not None and split.labelled > 0), None)
