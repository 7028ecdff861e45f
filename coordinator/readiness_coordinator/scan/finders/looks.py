"""Images that show little, or look unlike the rest: dark, bright, blurred, empty, of an odd size or shape, grey."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from readiness.evidence.dataset import Listing
from readiness.measures.image import LEAST_SPREAD, Look
from readiness_coordinator import slices
from readiness_coordinator.scan.finders.images import STRAYS, cut_short, told
from readiness_coordinator.scan.listing import of_pictures
from readiness_coordinator.scan.seen import Seen
from readiness_coordinator.scan.view import View

# CleanVision 0.3.7's limits: 99th and 5th percentile of perceived brightness, shorter over longer side, bits per pixel
# summed over the channels (log2(3) of its 3 bits tell the channels apart), quartile distances of the size.
DARK, BRIGHT, ASPECT, ENTROPY, FENCE = 0.32, 0.95, 0.35, 3.0 - math.log2(3), 3.0
# Of 1,150 real photographs, soft ones and microscope images among them, none is under 0.045; blurred with a standard
# deviation of 1/128 of the longer side and more (4 px of 512) all 140 tried were under 0.03.
DETAIL = 0.03
# Of 1,800 sharp crops of these photographs up to 1.9 % were under that at 32 px a side, at 48 px 0.8 % at the most; of
# crops blurred by 1/32 of the side 12 to 73 % at 32 px, 96 % and more at 48 px: in smaller ones nothing is told.
SHARP_SIDE = 48
# A detector's least side: Ultralytics refuses images under 10 px.
LEAST_SIDE = 10
# Sizes within this factor of the usual one are no oddity, however equal the others are.
_FACTOR = 1.5
# Fewer images than this have no usual look to differ from.
_ENOUGH = 20
_HALF_BRIGHT, _STEP, _TUKEY = 0.5, 0.15, 1.5
# Far darker than the rest is at most half as light as the middle one.
_HALF = 0.5
# Of few colours among the rest is who has a quarter of the usual bits.
_FEW = 0.25
_WHITE = 255


def find(seen: Seen) -> dict[str, Listing]:
    """List what is seen to be wrong with images; nothing where none could be decoded."""
    viewed = [(picture, seen.views[picture.name]) for picture in seen.labelled.pictures if picture.name in seen.views]
    looks = {picture.name: view.look for picture, view in viewed if view.look is not None}
    viewed = [(picture, view) for picture, view in viewed if picture.name in looks]
    if not viewed:
        return {}
    usual = _usual([view for _, view in viewed], list(looks.values()))
    # Of what a reader leaves of 16 bits, the reader's cut would be told and not the picture's light.
    whole = [(picture, view) for picture, view in viewed if not cut_short(view)]

    def by_look(say: Callable[[Look], str]) -> Listing:
        return told(whole, lambda picture, _: say(looks[picture.name]))

    def by_size(say: Callable[[View], str]) -> Listing:
        return told(viewed, lambda _, view: say(view))

    grey = [picture for picture, _ in viewed if looks[picture.name].is_grey]
    return {
        "image-dark": by_look(usual.dark),
        "image-bright": by_look(usual.bright),
        "image-blurry": told(whole, lambda picture, view: _blurry(looks[picture.name], view)),
        "image-low-information": by_look(usual.empty),
        "image-size-odd": by_size(usual.size),
        "image-aspect-odd": by_size(_aspect),
        "image-grey-among-colour": of_pictures(grey if len(grey) <= STRAYS * len(viewed) else ()),
    }


class Usual(NamedTuple):
    """The limits of one dataset: light, shadows and bits beyond which an image is odd, its ground, and its sizes.

    `black` and `white` tell that its pictures stand on such a ground, as digits, sprites, stained cells and scanned
    pages do: there an image is dark or bright that shows nothing, and not one that shows little.
    """

    luma: float
    shadow: float
    entropy: float
    black: bool
    white: bool
    low_side: float
    side: float
    high_side: float

    def dark(self, look: Look) -> str:
        """Tell of a dark image, and of one far darker than the rest, for a dark frame may hold a bright window."""
        if self.black and look.spread > max(look.luma, LEAST_SPREAD):
            return ""
        if look.highlight < DARK:
            return f"99 % of it is under {look.highlight:.0%} of full brightness"
        if look.luma < min(self.luma, slices.DARK):
            return f"mean luma {look.luma:.0f} of 255, far below the other images"
        return ""

    def bright(self, look: Look) -> str:
        if self.white and look.spread > max(_WHITE - look.luma, LEAST_SPREAD):
            return ""
        if look.shadow > BRIGHT:
            return f"95 % of it is over {look.shadow:.0%} of full brightness"
        # However dark the other images are, an even grey without anything white in it is not over-exposed.
        if look.shadow > max(self.shadow, _HALF_BRIGHT) and look.highlight > BRIGHT:
            return f"95 % of it is over {look.shadow:.0%} of full brightness, far above the other images"
        return ""

    def empty(self, look: Look) -> str:
        """Tell of few different colours, which are no fault of pages and drawings as long as there is contrast."""
        if look.entropy >= ENTROPY or (look.spread >= LEAST_SPREAD and look.entropy >= self.entropy):
            return ""
        return f"{look.entropy:.2f} bits a channel"

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
    luma, shadow, entropy, black, white = -math.inf, math.inf, ENTROPY, False, False
    if len(looks) >= _ENOUGH:
        dim, usual, light = np.quantile([look.luma for look in looks], (0.25, 0.5, 0.75)).tolist()
        luma = min(dim - _TUKEY * (light - dim), _HALF * usual)
        highlight = float(np.median([look.highlight for look in looks]))
        black, white = usual < slices.DARK and highlight > _HALF_BRIGHT, usual > _WHITE - slices.DARK
        dim, half, light = np.quantile([look.shadow for look in looks], (0.25, 0.5, 0.75))
        shadow = float(max(light + FENCE * (light - dim), half + _STEP))
        entropy = _FEW * float(np.median([look.entropy for look in looks]))
    return Usual(luma, shadow, entropy, black, white, low - reach, middle, high + reach)


def _blurry(look: Look, view: View) -> str:
    # Of a dark image rounding has taken the detail.
    if look.highlight < DARK or look.detail >= DETAIL or min(view.width, view.height) < SHARP_SIDE:
        return ""
    return f"shrunk four times it loses nothing, fine detail {look.detail:.1%}"


def _aspect(view: View) -> str:
    share = min(view.width, view.height) / max(view.width, view.height)
    return f"{view.width}x{view.height} pixels" if share < ASPECT else ""
