"""What a scan has seen, laid out for the finders: labels, a view of each image, which images are copies, options."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from readiness.evidence.dataset import Listing
from readiness.measures.suspects import Answers
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.objects import Objects, table
from readiness_coordinator.scan.view import Print, View


class Options(NamedTuple):
    """What the user said about this scan.

    `input_px` is the longer side of a frame as the target's model is given it; `group` finds, in an image's name, the
    name of what it was taken from (its first group, or the whole match). `answers` are a model's, read from the
    predictions of that digest, to be held against the labels.
    """

    input_px: int | None = None
    group: re.Pattern[str] | None = None
    answers: Answers | None = None
    predictions: str = ""


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
    """Images, by name and in name order, that are copies of one picture; `equal` when all have the same pixels.

    `copies` are as many pairs as join all images, one fewer than there are.
    """

    images: tuple[str, ...]
    equal: bool
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True)
class Seen:
    """The input of every finder.

    `views` holds the images looked at so far, by name; `prints` what stands on disk of each, by its file's digest.
    `groups` is None while no image could be compared; `limits` says in words which were not compared with which.
    """

    labelled: Labelled
    views: Mapping[str, View]
    prints: Mapping[str, Print]
    groups: tuple[Group, ...] | None
    options: Options = PLAIN
    limits: tuple[str, ...] = ()

    @cached_property
    def objects(self) -> Objects:
        """Lay out all objects as flat arrays, once for all finders."""
        return table(self.labelled, self.views)


Finder = Callable[[Seen], dict[str, Listing]]
