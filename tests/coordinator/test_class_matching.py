"""Matching the card's classes with the dataset's: by name, by order, or not at all."""

import pytest

from readiness.exits import Stop
from readiness_coordinator.evaluate import class_matching
from truths import labelled


def test_by_name_whatever_the_order() -> None:
    truth = labelled([], ("bolt", "nut"), category_ids=(7, 3))
    matched = class_matching.match(("nut", "bolt"), truth)
    assert matched == ("name", (1, 0))
    assert class_matching.category_ids(matched, truth) == (3, 7)


def test_by_name_where_one_side_knows_more() -> None:
    truth = labelled([], ("bolt", "nut"), category_ids=(1, 5))
    matched = class_matching.match(("washer", "nut", "bolt"), truth)
    assert matched == ("name", (None, 1, 0))
    assert class_matching.category_ids(matched, truth) == (6, 5, 1)
    assert class_matching.match(("nut",), truth) == ("name", (1,))


def test_by_order_of_ids_where_the_rest_stands_in_place() -> None:
    truth = labelled([], ("tv", "person", "car"), category_ids=(72, 1, 3))
    card = ("person", "automobile", "tvmonitor")
    truth_in_order = labelled([], ("person", "car", "tv"), category_ids=(1, 3, 72))
    for one in (truth, truth_in_order):
        matched = class_matching.match(card, one)
        assert matched.by == "order"
        assert class_matching.category_ids(matched, one) == (1, 3, 72)
        assert class_matching.card_names(matched, card, one) == {"car": "automobile", "tv": "tvmonitor"}


@pytest.mark.parametrize(
    "card",
    [
        ("dog", "cat", "motorbike"),  # as many, but two known names stand elsewhere: order would swap them
        ("cat", "dog", "car", "motorbike"),
        ("a", "b", "c"),
    ],
)
def test_a_guess_is_refused_with_both_names(card: tuple[str, ...]) -> None:
    with pytest.raises(Stop, match=r"do not match: '.*' is only in the card, '.*' only in the dataset"):
        class_matching.match(card, labelled([], ("cat", "dog", "motorcycle")))
