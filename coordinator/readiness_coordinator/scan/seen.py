"""What a scan has seen, laid out for the finders: labels, a view of each image, which images are copies, options."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from readiness.evidence.dataset import Listing
from readiness.measures.suspects import Answers
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.view import Print, View


class Options(NamedTuple):
    """What the user said about this scan.

    `input_px` is the longer side of a frame as the target's model is given it; `group` finds, in an image's name, the
    name of what it was taken from (its first group, or the whole match).
    """

    input_px: int | None = None
    group: re.Pattern[str] | None = None


PLAIN = Options()


class Copy(NamedTuple):
    """Two images, by name, that show the same: `second` turned by `hashes.orient(…, orientation)` looks like `first`.

    `part` is set where one shows a part of the other, or shows it tilted.
    """

    first: str
    second: str
    orientation: int = 0
    part: bool = False


class Group(NamedTuple):
    """Images, by name and in name order, that are copies of one picture; `equal` when all have the same pixels."""

    images: tuple[str, ...]
    equal: bool
    copies: tuple[Copy, ...] = ()


class Seen(NamedTuple):
    """The input of every finder.

    `views` holds the images looked at so far, by name; `prints` what stands on disk of each, by its file's digest.
    `groups` is None while no image could be compared.
    """

    labelled: Labelled
    views: Mapping[str, View]
    prints: Mapping[str, Print]
    groups: tuple[Group, ...] | None
    options: Options = PLAIN
    answers: Answers | None = None


Finder = Callable[[Seen], dict[str, Listing]]
