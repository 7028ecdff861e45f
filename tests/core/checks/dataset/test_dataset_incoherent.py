"""dataset-incoherent: the counts of a scan add up."""

from typing import Any

import pytest

from asking import ask_one
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

CODE = "dataset-incoherent"


def test_clear_for_a_real_scan() -> None:
    assert ask_one(CODE).outcome == "clear"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"images": 1501}, "the splits hold 1,500 images, all in all there are 1,501"),
        ({"annotations": -1}, "the splits hold 4,000 labels, all in all there are -1"),
        ({"classes": ()}, "4,000 labels of no class"),
        (
            {"listings": {"box-duplicate": Listing(total=0, items=(Item(images=("a.jpg",)),))}},
            "the listing of box-duplicate counts 0 and holds 1",
        ),
        ({"listings": {"box-duplicate": Listing(total=-1)}}, "the listing of box-duplicate counts -1 and holds 0"),
        ({"viewed": 1501}, "looked at 1,501 of 1,500 images"),
    ],
)
def test_found_for_what_cannot_be(changes: dict[str, Any], said: str) -> None:
    finding = ask_one(CODE, dataset=dataset(**changes))
    assert finding.outcome == "found"
    assert said in finding.because


def test_unknown_without_a_scan() -> None:
    assert ask_one(CODE, dataset=None).unknown == "missing"
