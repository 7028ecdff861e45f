"""Images that show little, or look unlike the rest: dark, bright, blurred, empty, of an odd size or shape, grey."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from readiness.evidence.dataset import Listing
from readiness.measures.image import Look
from readiness_coordinator import slices
from readiness_coordinator.scan.finders.images import STRAYS, told
from readiness_coordinator.scan.listing import of_pictures
from readiness_coordinator.scan.seen import Seen
from readiness_coordinator.scan.view import View

# CleanVision 0.3.7's limits: 99th and 5th percentile of perceived brightness, shorter over longer side, bits per pixel
# summed over the channels (log2(3) of its 3 bits tell the channels apart), quartile distances of the size.
DARK, BRIGHT, ASPECT, ENTROPY, FENCE = 0.32, 0.95, 0.35, 3.0 - math.log2(3), 3.0
# Of 1,150 real photographs, soft ones and microscope images among them, none is under 0.045; blurred with a standard
# deviation of 1/128 of the longer side and more (4 px of 512) all 140 tried were under 0.03.
DETAIL = 0.03
# A detector's least side: Ultralytics refuses images under 10 px.
LEAST_SIDE = 10
# Sizes within this factor of the usual one are no oddity, however equal the others are.
_FACTOR = 1.5
# Fewer images than this have no usual look to differ from.
_ENOUGH = 20
_HALF_BRIGHT, _STEP, _TUKEY = 0.5, 0.15, 1.5


def find(seen: Seen) -> dict[str, Listing]:
    """List what is seen to be wrong with images; nothing where none could be decoded."""
    viewed = [(picture, seen.views[picture.name]) for picture in seen.labelled.pictures if picture.name in seen.views]
    looks = {picture.name: view.look for picture, view in viewed if view.look is not None}
    viewed = [(picture, view) for picture, view in viewed if picture.name in looks]
    if not viewed:
        return {}
    usual = _usual([view for _, view in viewed], list(looks.values()))

    def by_look(say: Callable[[Look], str]) -> Listing:
        return told(viewed, lambda picture, _: say(looks[picture.name]))

    def by_size(say: Callable[[View], str]) -> Listing:
        return told(viewed, lambda _, view: say(view))

    grey = [picture for picture, _ in viewed if looks[picture.name].is_grey]
    return {
        "image-dark": by_look(usual.dark),
        "image-bright": by_look(usual.bright),
        "image-blurry": by_look(_blurry),
        "image-low-information": by_look(_empty),
        "image-size-odd": by_size(usual.size),
        "image-aspect-odd": by_size(_aspect),
        "image-grey-among-colour": of_pictures(grey if len(grey) <= STRAYS * len(viewed) else ()),
    }


class Usual(NamedTuple):
    """The limits of one dataset: mean luma and shadows beyond which an image is odd, and its sizes."""

    luma: float
    shadow: float
    low_side: float
    side: float
    high_side: float

    def dark(self, look: Look) -> str:
        """Tell of a dark image, and of one far darker than the rest, for a dark frame may hold a bright window."""
        if look.highlight < DARK:
            return f"99 % of it is under {look.highlight:.0%} of full brightness"
        if look.luma < min(self.luma, slices.DARK):
            return f"mean luma {look.luma:.0f} of 255, far below the other images"
        return ""

    def bright(self, look: Look) -> str:
        if look.shadow > BRIGHT:
            return f"95 % of it is over {look.shadow:.0%} of full brightness"
        # However dark the other images are, an even grey without anything white in it is not over-exposed.
        if look.shadow > max(self.shadow, _HALF_BRIGHT) and look.highlight > BRIGHT:
            return f"95 % of it is over {look.shadow:.0%} of full brightness, far above the other images"
        return ""

    def size(self, view: View) -> str:
        side = math.sqrt(view.width * view.height)
        if min(view.width, view.height) < LEAST_SIDE:
            return f"{view.width}x{view.height} pixels"
        if self.low_side <= side <= self.high_side or max(side / self.side, self.side / side) <= _FACTOR:
            return ""
        return f"{view.width}x{view.height} pixels, usual are about {self.side:.0f} a side"


def _usual(views: list[View], looks: list[Look]) -> Usual:
    sides = np.sqrt([float(view.width) * view.height for view in views])
    low, middle, high = np.quantile(sides, (0.25, 0.5, 0.75)).tolist()
    reach = FENCE * (high - low)
    luma, shadow = -math.inf, math.inf
    if len(looks) >= _ENOUGH:
        dim, light = np.quantile([look.luma for look in looks], (0.25, 0.75))
        luma = float(dim - _TUKEY * (light - dim))
        dim, half, light = np.quantile([look.shadow for look in looks], (0.25, 0.5, 0.75))
        shadow = float(max(light + FENCE * (light - dim), half + _STEP))
    return Usual(luma, shadow, low - reach, middle, high + reach)


def _blurry(look: Look) -> str:
    # Of a dark image rounding has taken the detail.
    if look.highlight < DARK or look.detail >= DETAIL:
        return ""
    return f"shrunk four times it loses nothing, fine detail {look.detail:.1%}"


def _empty(look: Look) -> str:
    return f"{look.entropy:.2f} bits a channel" if look.entropy < ENTROPY else ""


def _aspect(view: View) -> str:
    share = min(view.width, view.height) / max(view.width, view.height)
    return f"{view.width}x{view.height} pixels" if share < ASPECT else ""
