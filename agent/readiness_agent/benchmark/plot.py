"""One plot as points on scales of 0 to 100, for a template to draw: lines, bands, dots, limits and their ticks."""

import math
from collections.abc import Sequence

import msgspec

Points = Sequence[tuple[float, float]]

MOST_POINTS = 600
_TICKS = 5
_NARROWEST = 1e-6  # of the values: what differs by less is one value but for rounding
_EVEN_STEPS = (1.0, 2.0, 5.0, 10.0)
_DECADES = (1.0, 2.0, 3.0, 5.0, 7.0)


class Tick(msgspec.Struct, frozen=True):
    at: float
    said: str


class Line(msgspec.Struct, frozen=True):
    """SVG points of one line; `look` is its class: `one`, `two` (dashed) or `three`."""

    points: str
    look: str


class Limit(msgspec.Struct, frozen=True):
    """A dashed line across the plot, with its words; `upright` where it marks a value of the x axis."""

    at: float
    said: str
    upright: bool


class Dot(msgspec.Struct, frozen=True):
    """A point with its label; `look` is a state's shape, `interval` the ends of its bounds on the y axis."""

    x: float
    y: float
    said: str
    look: str
    interval: tuple[float, float] | None = None


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """A plot to be drawn; `told` is the sentence that it shows, `title` and `unit` name its y axis, `across` its x."""

    title: str
    told: str
    across: str
    xs: tuple[Tick, ...]
    ys: tuple[Tick, ...]
    lines: tuple[Line, ...] = ()
    bands: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    dots: tuple[Dot, ...] = ()
    steps: tuple[float, ...] = ()
    key: tuple[tuple[str, str], ...] = ()


class Scale(msgspec.Struct, frozen=True):
    """Maps values onto 0 to 100; with `log` both ends are above 0."""

    low: float
    high: float
    log: bool = False

    def at(self, value: float) -> float:
        low, high, here = self.low, self.high, value
        if self.log:
            low, high, here = math.log(low), math.log(high), math.log(max(value, 1e-9))
        return round(100 * (here - low) / (high - low), 2) if high > low else 50.0

    def ticks(self) -> tuple[Tick, ...]:
        steps = self._decades() if self.log else self._even()
        return tuple(Tick(self.at(value), f"{value:,.10g}") for value in steps)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    def _even(self) -> list[float]:
        step = _round_step((self.high - self.low) / _TICKS)
        first = math.ceil(self.low / step - 1e-9)
        return [round(step * k, 10) for k in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def _decades(self) -> list[float]:
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        return [mark * 10.0**power for power in powers for mark in _DECADES if self.holds(mark * 10.0**power)]


def from_zero(values: Sequence[float]) -> Scale:
    """Give a scale from 0 to a little over the highest value."""
    return Scale(0.0, 1.08 * max(values, default=0.0) or 1.0)


def around(values: Sequence[float]) -> Scale:
    """Give a scale that just holds the values; for lines and dots, which need no zero."""
    low, high = min(values), max(values)
    wide = high - low > _NARROWEST * max(abs(low), abs(high))
    pad = 0.06 * (high - low) if wide else 0.1 * abs(high) or 1.0
    return Scale(max(0.0, low - pad) if low >= 0 else low - pad, high + pad)


def line(points: Points, x: Scale, y: Scale, look: str = "one") -> Line:
    return Line(" ".join(f"{x.at(a):g},{100 - y.at(b):g}" for a, b in thinned(points)), look)


def band(low: Points, high: Points, x: Scale, y: Scale) -> str:
    """Give the outline between two lines of the same length."""
    return line([*thinned(low), *reversed(thinned(high))], x, y).points


def thinned(points: Points) -> list[tuple[float, float]]:
    """Keep every n-th point and the last, so that no line has more than 600."""
    step = max(1, math.ceil(len(points) / MOST_POINTS))
    return list(points) if step == 1 else [*points[::step], points[-1]]


def _round_step(step: float) -> float:
    """Give the next step above that people count in: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(mark * power for mark in _EVEN_STEPS if mark * power >= step - 1e-12)
