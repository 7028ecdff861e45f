"""Models on the same truth: what each figure became, with its interval, as better, worse or cannot tell."""

from typing import Literal

import msgspec

Answer = Literal["better", "worse", "cannot tell"]
Part = Literal["overall", "class", "slice"]
Figure = Literal["recall", "precision", "accuracy", "ap"]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of the incumbent (`before`) and of its challenger (`after`), and after less before.

    `name` is the class or the slice, empty overall. `ap` is the average precision at the overlap of the evaluation.
    `lower` to `upper` is the 95 % interval of this one difference. `q` is the false discovery level, over all
    differences asked about at once, from which this one counts; the answer stands on it, so that among many
    differences an interval without 0 alone says nothing. `n` counts the objects, or the incumbent's answers for
    precision. `needed` is how many more of them would settle the difference at the size seen here, None where none
    would. `images` got worse (an object found before and missed now, or more false answers), worst first,
    `images_total` of them.
    """

    part: Part
    name: str
    figure: Figure
    before: float
    after: float
    difference: float
    lower: float
    upper: float
    q: float
    answer: Answer
    n: int
    clusters: int
    needed: int | None = None
    images: tuple[str, ...] = ()
    images_total: int = 0


class Versus(msgspec.Struct, frozen=True, kw_only=True):
    """One challenger beside the incumbent; `differences` are ordered: worse first, then better, then cannot tell.

    `confidence` are the thresholds of incumbent and challenger. `unasked` counts classes and slices with too few
    objects to be compared.
    """

    challenger: str
    confidence: tuple[float, float]
    answer: Answer
    differences: tuple[Difference, ...]
    unasked: int = 0

    @property
    def regressions(self) -> tuple[Difference, ...]:
        return tuple(one for one in self.differences if one.answer == "worse")


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Every challenger beside the one incumbent, on one split; `level` is the false discovery level of the answers."""

    incumbent: str
    split: str
    images: int
    objects: int
    level: float
    versus: tuple[Versus, ...]


def answer(difference: float, q: float, level: float) -> Answer:
    """Answer for a figure where higher is better."""
    if q > level or difference == 0:
        return "cannot tell"
    return "better" if difference > 0 else "worse"


def together(overall: tuple[Answer, ...]) -> Answer:
    """Answer for a whole model by its overall figures: what got worse is named before what got better."""
    if "worse" in overall:
        return "worse"
    return "better" if "better" in overall else "cannot tell"
