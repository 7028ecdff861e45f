"""All objects of a dataset version as flat arrays, built once and shared by every finder that reads boxes."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness_coordinator.formats.labelled import Annotation, Labelled, area
from readiness_coordinator.scan.view import View

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

_NO_BOX = (np.nan,) * 4


class Objects(NamedTuple):
    """n objects of m pictures, in the order of the pictures.

    `picture` (n,) indexes labelled.pictures, `row` (n,) the classes, `first` (m + 1,) says where each picture's objects
    begin. `box` (n, 4) is x y w h in pixels, NaN where the file gives none; `area` (n,) in square pixels as labelled
    where the box allows it, else the box's, and `area_said` (n,) what is labelled, NaN where nothing is; `mask_px` (n,)
    is what a mask's run-length code counts, NaN where there is none. `crowd`, `oriented` and `masked` (n,) bool are
    what the file says of the shape; `region` (n,) bool are all pixels of a class in a mask, whose box nobody drew.
    `frame` (m, 2) is width and height of the decoded image, else as the label file says, NaN where neither is known.
    """

    labelled: Labelled
    picture: Indices
    row: Indices
    first: Indices
    box: Floats
    area: Floats
    area_said: Floats
    mask_px: Floats
    crowd: Mask
    oriented: Mask
    masked: Mask
    region: Mask
    frame: Floats

    def annotation(self, index: int) -> Annotation:
        """Give the object that stands at `index` of the arrays."""
        picture = int(self.picture[index])
        return self.labelled.pictures[picture].annotations[index - int(self.first[picture])]

    def single(self) -> Mask:
        """Mark the objects (n,) whose box is drawn around one object: neither crowd nor region."""
        return ~(self.crowd | self.region)

    def sizes(self) -> Floats:
        """Give width and height (n, 2) of each object's frame, NaN where unknown."""
        return self.frame[self.picture]

    def cover(self) -> Floats:
        """Give the share (n,) of its frame that each box covers within it, NaN where either is unknown."""
        low = np.clip(self.box[:, :2], 0, None)
        high = np.minimum(self.box[:, :2] + self.box[:, 2:], self.sizes())
        inside: Floats = np.prod(np.clip(high - low, 0, None), axis=1) / np.prod(self.sizes(), axis=1)
        return inside


def table(labelled: Labelled, views: Mapping[str, View]) -> Objects:
    """Lay out the objects of a dataset; an image that was not looked at counts with the size its label file says."""
    pictures = labelled.pictures
    counts = np.fromiter((len(one.annotations) for one in pictures), dtype=np.intp, count=len(pictures))
    total = int(counts.sum())
    each = list(chain.from_iterable(one.annotations for one in pictures))
    boxes = chain.from_iterable(one.box or _NO_BOX for one in each)
    frames = chain.from_iterable(_frame(one.width, one.height, views.get(one.name)) for one in pictures)
    return Objects(
        labelled=labelled,
        picture=np.repeat(np.arange(len(pictures)), counts),
        row=np.fromiter((one.row for one in each), dtype=np.intp, count=total),
        first=np.concatenate([[0], np.cumsum(counts)]),
        box=np.fromiter(boxes, dtype=np.float64, count=4 * total).reshape(-1, 4),
        area=np.fromiter((area(one) for one in each), dtype=np.float64, count=total),
        area_said=_numbers((one.area for one in each), total),
        mask_px=_numbers((one.mask_px for one in each), total),
        crowd=np.fromiter((one.crowd for one in each), dtype=np.bool_, count=total),
        oriented=np.fromiter((one.shape == "oriented" for one in each), dtype=np.bool_, count=total),
        masked=np.fromiter((one.shape == "mask" for one in each), dtype=np.bool_, count=total),
        region=np.repeat([one.mask is not None for one in pictures], counts).astype(np.bool_),
        frame=np.fromiter(frames, dtype=np.float64, count=2 * len(pictures)).reshape(-1, 2),
    )


def _numbers(values: Iterable[float | None], count: int) -> Floats:
    return np.fromiter((np.nan if value is None else value for value in values), dtype=np.float64, count=count)


def _frame(width: int | None, height: int | None, view: View | None) -> tuple[float, float]:
    if view is not None and view.width:
        return view.width, view.height
    return (width, height) if width and height else (np.nan, np.nan)
