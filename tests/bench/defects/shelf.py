"""The shelf of mutators: what each plants, into which clean sets, under which code, and what else follows from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.defects.drafts import Draft, Shot

SETS = (
    ("detection", "coco"),
    ("detection", "yolo"),
    ("segmentation", "coco"),
    ("segmentation", "yolo"),
    ("segmentation", "masks"),
    ("classification", "folder"),
)
# One more form of the clean sets, which no mutator bends.
CLEAN = (*SETS, ("detection", "voc"))


@dataclass
class Spot:
    """One planted defect: a listed item must name all of its images, classes and splits and say all of `words`."""

    shots: Sequence[Shot] = ()
    classes: Sequence[str] = ()
    splits: Sequence[str] = ()
    words: Sequence[str] = ()


Plant = Callable[[Draft, np.random.Generator], Iterable[Spot]]


@dataclass(frozen=True)
class Mutator:
    """One way of bending a clean set.

    `follows` are the codes that rightly speak up as well, each with its reason. `asked` are options of the scan.
    `whole` is set where the finding is of the whole dataset, so that its listing names more than was planted.
    """

    name: str
    code: str
    plant: Plant
    on: tuple[tuple[str, str], ...]
    follows: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    whole: bool = False


MUTATORS: dict[str, Mutator] = {}


def plants(
    code: str,
    *on: str,
    follows: dict[str, str] | None = None,
    asked: dict[str, Any] | None = None,
    whole: bool = False,
) -> Callable[[Plant], Plant]:
    """Put a function on the shelf; `on` names its clean sets as task/kind, those of one task, or one kind."""

    def put(plant: Plant) -> Plant:
        name = plant.__name__
        assert name not in MUTATORS, f"two mutators are called {name}"
        sets = tuple(one for one in SETS if any(word in {"/".join(one), *one} for word in on))
        assert sets, f"{name} bends none of the clean sets"
        MUTATORS[name] = Mutator(name, code, plant, sets, follows or {}, asked or {}, whole)
        return plant

    return put
