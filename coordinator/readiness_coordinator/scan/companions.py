"""Images that lack what always comes in numbers with what they hold: labelled for one class and not for another."""

import numpy as np
from scipy.sparse import coo_array

from readiness_coordinator.scan.objects import Indices, Objects

# Of the images with one class, so many hold the other too, in numbers that none falls short of by chance.
_ALWAYS = 0.9
_ENOUGH = 20
_FENCE = 2.2
# The interquartile range of square roots of Poisson counts: no narrower one is believed.
_SPREAD = 0.67
# A picture of more classes than this says nothing of which come together, and costs their number squared.
_MOST = 1000


def companionless(objects: Objects) -> dict[int, str]:
    """Name pictures by index that hold one class and not one object of another that always comes in numbers with it.

    None of the other class must be an outlier among those images: below the lower quartile less 2.2 interquartile
    ranges of the square roots of its counts, as images with few labels are told. One that always comes alone is none.
    """
    counts = _table(objects)
    held = (counts > 0).astype(np.int64)
    together = (held.T @ held).tocoo()
    images = held.sum(axis=0)
    first, second = together.coords
    usual = (together.data >= _ALWAYS * images[first]) & (together.data < images[first]) & (images[first] >= _ENOUGH)
    found: dict[int, str] = {}
    columns = counts.tocsc()
    for one, other in sorted(zip(first[usual].tolist(), second[usual].tolist(), strict=True)):
        pictures = columns.indices[columns.indptr[one] : columns.indptr[one + 1]]
        lonely, middle = _lonely(pictures, columns[:, [other]].toarray()[pictures, 0])
        names = objects.labelled.classes
        for picture in lonely.tolist():
            found.setdefault(picture, f"no {names[other]} beside {names[one]}, usual are {middle}")
    return found


def _table(objects: Objects) -> coo_array:
    """Count the objects of each class per picture, (m, classes), sparse; pictures of very many classes are left out."""
    shape = (objects.first.size - 1, len(objects.labelled.classes))
    ones = np.ones(objects.row.size, dtype=np.int64)
    counts = coo_array((ones, (objects.picture, objects.row)), shape=shape).tocsr()
    crowded = np.diff(counts.indptr) > _MOST
    return counts.multiply(~crowded[:, None]).tocsr() if crowded.any() else counts


def _lonely(pictures: Indices, counts: Indices) -> tuple[Indices, int]:
    low, middle, high = np.quantile(np.sqrt(counts), (0.25, 0.5, 0.75))
    none: Indices = pictures[counts == 0] if low > _FENCE * max(high - low, _SPREAD) else pictures[:0]
    return none, int(np.round(middle**2))
