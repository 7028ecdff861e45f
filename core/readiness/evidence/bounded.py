"""Numbers that carry their bounds: a rate over counted trials, a quantile over timed samples."""

import math

import msgspec

from readiness import bounds


class Rate(msgspec.Struct, frozen=True):
    """A share of counted trials with one-sided bounds (Clopper-Pearson on the effective sample size).

    `n_effective` is n divided by the design effect: objects cluster in images, images in recordings.
    """

    hits: int
    n: int
    n_effective: float
    lower: float
    upper: float
    confidence: float = 0.95

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    def needed(self, floor: float, brought: int | None = None) -> int | None:
        """Count the further trials, clustered as these are, that would lift the lower bound to `floor` at this rate.

        With `brought`, the number of images (or whatever is collected) that the trials are from, count such.

        None where no number of them would, or none was made yet.
        """
        if self.value is None or self.n_effective <= 0:
            return None
        more = bounds.needed(self.value * self.n_effective, self.n_effective, floor, self.confidence)
        return None if more is None else math.ceil(more * (self.n if brought is None else brought) / self.n_effective)


class Quantile(msgspec.Struct, frozen=True):
    """An order statistic with one-sided bounds; value and upper are null under the sample floor."""

    value: float | None
    lower: float | None
    upper: float | None
    n_effective: float


NOTHING = Rate(hits=0, n=0, n_effective=0.0, lower=0.0, upper=1.0)
