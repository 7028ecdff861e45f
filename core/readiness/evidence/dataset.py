"""What a scan measured of one immutable dataset version; a listing that is None was not measured."""

import msgspec

from readiness.evidence.model import Task

LISTED = 1000


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One affected image or group of images; `detail` says where in it, `classes` which labels are concerned."""

    images: tuple[str, ...]
    detail: str = ""
    classes: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """All items of one kind: their full count, and the first LISTED of them in name order."""

    total: int = 0
    items: tuple[Item, ...] = ()

    def images(self, most: int = 20) -> tuple[str, ...]:
        return tuple(dict.fromkeys(image for item in self.items for image in item.images))[:most]


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One split: its images, those with at least one object, those without a label file, its objects."""

    name: str
    images: int
    labelled: int
    unlabelled: int
    annotations: int


class ClassCount(msgspec.Struct, frozen=True, kw_only=True):
    """Objects of one class per split, and in how many images per split they stand."""

    name: str
    objects: dict[str, int]
    images: dict[str, int]


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
    """One dataset version, named by the digest over its images and labels, and everything a scan counted in it."""

    digest: str
    name: str
    task: Task
    format: str
    observed_at: str
    images: int
    annotations: int
    splits: tuple[Split, ...]
    classes: tuple[ClassCount, ...]
    slices: tuple[SliceCount, ...] = ()
    statistics: tuple[ImageStatistics, ...] = ()
    crowds: int = 0
    unreadable_images: Listing | None = None
    unusable_annotations: Listing | None = None
    broken_paths: Listing | None = None
    degenerate_boxes: Listing | None = None
    boxes_outside: Listing | None = None
    duplicate_boxes: Listing | None = None
    small_objects: Listing | None = None
    few_labels: Listing | None = None
    unlabelled_images: Listing | None = None
    grey_images: Listing | None = None
    duplicate_images: Listing | None = None
    shared_images: Listing | None = None
    shared_sources: Listing | None = None
    shared_recordings: Listing | None = None
    conflicting_labels: Listing | None = None
    tool_version: str = ""

    def split(self, name: str) -> Split | None:
        return next((split for split in self.splits if split.name == name), None)
