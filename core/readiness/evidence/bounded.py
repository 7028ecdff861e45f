"""Numbers that carry their bounds: a rate over counted trials, a quantile over timed samples."""

import msgspec


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


class Quantile(msgspec.Struct, frozen=True):
    """An order statistic with one-sided bounds; all null where the effective sample is under the floor."""

    value: float | None
    lower: float | None
    upper: float | None
    n_effective: float


NOTHING = Rate(hits=0, n=0, n_effective=0.0, lower=0.0, upper=1.0)
