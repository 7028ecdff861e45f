"""Which class of the dataset each row of a model's head means: by name, or by order where only the spelling differs."""

from collections.abc import Sequence
from typing import NamedTuple

from readiness.exits import Stop
from readiness_coordinator.formats import Labelled


class ClassMatch(NamedTuple):
    """`rows` gives the dataset's class row for each row of the head, None for a class that the dataset lacks."""

    by: str
    rows: tuple[int | None, ...]


def match(card: Sequence[str], labelled: Labelled) -> ClassMatch:
    """Match the card's classes with the dataset's.

    By name when one side holds all names of the other. Else by order of category ids when both hold as many classes
    and every name that both know stands at the same place: then the rest differs in spelling alone, as COCO's
    `motorcycle` and VOC's `motorbike`. Raises Stop in every other case, for a guess here would rename answers.
    """
    row_of = {name: row for row, name in enumerate(labelled.classes)}
    if set(card) <= set(row_of) or set(row_of) <= set(card):
        return ClassMatch("name", tuple(row_of.get(name) for name in card))
    ids = labelled.category_ids
    order = sorted(range(len(ids)), key=lambda row: ids[row])
    in_place = all(row_of.get(name, row) == row for name, row in zip(card, order, strict=False))
    if len(card) == len(order) and in_place and set(card) & set(row_of):
        return ClassMatch("order", tuple(order))
    stray = next(name for name in card if name not in row_of)
    lacking = next(name for name in labelled.classes if name not in card)
    raise Stop(
        f"the card's {len(card)} classes and the dataset's {len(order)} do not match: '{stray}' is only in the card,"
        f" '{lacking}' only in the dataset; spell the card's classes as the dataset does"
    )


def category_ids(matched: ClassMatch, labelled: Labelled) -> tuple[int, ...]:
    """Give the category id to write for each row of the head; a class that the dataset lacks gets one above all."""
    spare = max(labelled.category_ids, default=0) + 1
    return tuple(labelled.category_ids[row] if row is not None else spare + i for i, row in enumerate(matched.rows))


def card_names(matched: ClassMatch, card: Sequence[str], labelled: Labelled) -> dict[str, str]:
    """Give the card's name of each dataset class where it is another one."""
    pairs = ((labelled.classes[row], name) for row, name in zip(matched.rows, card, strict=True) if row is not None)
    return {mine: name for mine, name in pairs if mine != name}
