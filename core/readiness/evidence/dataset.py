"""What a scan measured of one immutable dataset version; a listing that is absent was not measured."""

from collections.abc import Iterable

import msgspec

from readiness.evidence.model import Task
from readiness.waiver import Waiver

LISTED = 1000


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One affected image or group of images; `detail` says where in it, `classes` which labels are concerned."""

    images: tuple[str, ...]
    detail: str = ""
    classes: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """All items of one kind: their full count, the first LISTED of them in name order, and all images affected."""

    total: int = 0
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
    """Objects of one class per split, in how many images they stand, and how many are crowds, which no score counts."""

    name: str
    objects: dict[str, int]
    images: dict[str, int]
    crowds: dict[str, int] = {}

    def scored(self, split: str) -> int:
        """Give the objects of a split that an evaluation counts: all but crowds."""
        return self.objects.get(split, 0) - self.crowds.get(split, 0)


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


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """One dataset version, named by the digest over its images and labels, and everything a scan counted in it.

    `viewed` counts the images that were looked at, all of them unless the scan was cut short. `listings` holds, by
    the reason code that asks for it, everything that may be wrong. `accepted` are the findings of the baseline that
    the scan was given, `predictions` the digest of those that were held against the labels.
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
    crowds: int = 0
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
