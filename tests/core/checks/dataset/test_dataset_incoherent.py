"""dataset-incoherent: the counts of a scan add up, and whatever was cut out of it or bent in it is told."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from asking import ask_one
from readiness.checks.dataset import dataset_incoherent as check
from readiness.evidence.dataset import LISTED, Dataset, Item, Listing, TinyCount
from specimens import dataset

CODE = "dataset-incoherent"
ONE = Item(images=("a.jpg",))
ODD = "split 'zz', which there is not"


def of_class(**changes: Any) -> dict[str, Any]:
    """Bend the first class of the clean scan."""
    first, *rest = dataset().classes
    return {"classes": (msgspec.structs.replace(first, **changes), *rest)}


def of_split(**changes: Any) -> dict[str, Any]:
    """Bend the last split, of 300 images and 700 labels."""
    *rest, last = dataset().splits
    return {"splits": (*rest, msgspec.structs.replace(last, **changes))}


def listing(code: str, total: int, *items: Item, images_total: int | None = None) -> dict[str, Any]:
    images = len({image for item in items for image in item.images}) if images_total is None else images_total
    return {"listings": {code: Listing(total=total, items=items, images_total=images)}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"viewed": 1400, "drifts": ()},
        {"drifts": None},
        {"drifts": (), **listing("image-unreadable", 1, ONE)},
        listing("objects-small", 40, ONE),
        listing("box-duplicate", LISTED + 1, *[ONE] * LISTED),
        {"task": "segmentation", "tiny": (), **listing("mask-values-stray", 0)},
        {"predictions": "sha256:1", **listing("label-suspect-box", 0)},
    ],
)
def test_clear_for_a_real_scan(changes: dict[str, Any]) -> None:
    assert ask_one(CODE, dataset=dataset(**changes)).because == "its counts fit together"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"images": 1501}, "the splits hold 1,500 images, all in all there are 1,501"),
        ({"annotations": -1}, "the splits hold 4,000 labels, all in all there are -1"),
        ({"classes": ()}, "4,000 labels of no class"),
        ({"crowds": 3}, "the classes hold 0 crowds, all in all there are 3"),
        ({"viewed": 1501}, "looked at 1,501 of 1,500 images"),
        ({"splits": dataset().splits * 2}, "split 'train' stands 2 times"),
        (of_split(unlabelled=-1), "a count of split 'test' is below 0"),
        (of_split(labelled=0), "split 'test' has 700 labels in 0 of 300 images"),
        (of_split(labelled=301), "split 'test' has 700 labels in 301 of 300 images"),
        (of_split(unlabelled=301), "301 of 300 images of split 'test' are unlabelled"),
        (of_split(name="zz"), "class 'bolt' has counts of a split 'test', which there is not"),
        ({"classes": dataset().classes[1:]}, "the classes hold 350 objects of 'test', which has 700 labels"),
        (of_class(name="zz"), "2,000 objects of 'bolt' were sized, 0 are labelled"),
    ],
)
def test_found_where_the_splits_do_not_add_up(changes: dict[str, Any], said: str) -> None:
    assert said in found(changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"objects": {"train": 1400, "val": 250}},
        {"objects": {"train": 1400, "val": 250, "test": 349}},
        {"images": {"train": 900, "val": 180}},
        {"images": {"train": 900, "val": 180, "test": 351}},
        {"crowds": {"test": 351}},
        {"distinct": {}},
        {"distinct": {"train": 1400, "val": 250, "test": 351}},
        {"sources": {"train": 900, "val": 180, "test": 251}},
        {"effective": {"train": 1260.0, "val": 231.0}},
        {"effective": {"train": 1260.0, "val": 231.0, "test": 324.1}},
        {"effective": {"train": 1260.0, "val": 231.0, "test": 0.0}},
        {"distinct": {}, "sources": {}, "effective": {}},
    ],
)
def test_found_where_the_counts_of_a_class_do_not_fit(changes: dict[str, Any]) -> None:
    assert "do not fit together" in found(of_class(**changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (listing("box-duplicate", 0, ONE), "the listing of box-duplicate counts 0 and holds 1"),
        (listing("box-duplicate", -1), "the listing of box-duplicate counts -1 and holds 0"),
        (listing("box-duplicate", 2, ONE), "the listing of box-duplicate counts 2 and lacks some of the first 2"),
        (listing("box-duplicate", 5000, ONE), "counts 5,000 and lacks some of the first 1,000"),
        (listing("objects-small", 2, images_total=1), "counts 1 and lacks some of the first 1"),
        (listing("image-dark", 1, ONE, images_total=0), "names more images than the 0 that it counts"),
        (listing("image-dark", 1501, *[ONE] * LISTED), "counts 1,501 of 1,500"),
        (listing("box-duplicate", 4001, *[ONE] * LISTED), "counts 4,001 of 4,000"),
        (listing("image-dark", 1, Item(images=("a.jpg",), splits=("zz",))), ODD),
        (listing("box-duplicate", 1, Item(images=("a.jpg",), classes=("zz",))), "names a class 'zz'"),
        (listing("image-unlabelled", 1, ONE), "1 image are listed as unlabelled, and the splits count 0"),
        (listing("class-never-labelled", 1, Item(images=())), "and 0 have no object"),
        (listing("label-suspect-box", 0), "labels were held against predictions, and there were none"),
        (listing("mask-values-stray", 0), "masks were looked at, and the task has none"),
        ({"task": "classification"}, "a classifier's data has boxes"),
        ({"tiny": dataset().tiny[1:]}, "2,000 objects were not sized, 0 have no size"),
        ({"tiny": (TinyCount(name="bolt", objects=1, under=(0,)),)}, "do not fall as the input grows"),
        ({"tiny": (msgspec.structs.replace(dataset().tiny[0], objects=2001),)}, "2,001 objects of 'bolt' were sized"),
        ({"drifts": ()}, "'train' and 'test' were not compared by colourfulness"),
        ({"drifts": dataset().drifts[1:]}, "'train' and 'val' were not compared by luma"),
        (
            {"drifts": (msgspec.structs.replace(dataset().drifts[0], upper=0.01), *dataset().drifts[1:])},
            "a difference of 0.05 between train and val cannot be",
        ),
    ],
)
def test_found_where_listings_and_comparisons_do_not_fit(changes: dict[str, Any], said: str) -> None:
    assert said in found(changes)


def test_found_says_the_first_few() -> None:
    assert found({**of_split(name="zz"), "images": 1, "annotations": 1}).count(";") == 4


def found(changes: dict[str, Any]) -> str:
    finding = ask_one(CODE, dataset=dataset(**changes))
    assert finding.outcome == "found"
    return finding.because


def cuts(record: Any) -> Iterator[Any]:
    """Give a record anew for everything that can be taken out of it: a key of a count, an entry of a list."""
    if isinstance(record, dict):
        for key, value in record.items():
            yield {name: one for name, one in record.items() if name != key}
            yield from ({**record, key: cut} for cut in cuts(value))
    elif isinstance(record, list):
        for at, value in enumerate(record):
            before, after = record[:at], record[at + 1 :]
            yield before + after
            yield from ([*before, cut, *after] for cut in cuts(value))


@pytest.mark.parametrize(("part", "least"), [("splits", 15), ("classes", 40), ("drifts", 100), ("tiny", 30)])
def test_found_or_refused_is_whatever_was_cut_out_of_what_is_counted(part: str, least: int) -> None:
    whole = msgspec.json.decode(msgspec.json.encode(dataset(**listing("box-duplicate", 1, ONE))))
    same, bent = msgspec.convert(whole, Dataset), list(cuts(whole[part]))
    told = 0
    for one in bent:
        try:
            read = msgspec.convert({**whole, part: one}, Dataset)
        except msgspec.ValidationError:
            told += 1
            continue
        # Crowds that are not spoken of are none, and here there are none.
        told += check.judge(read).kind == "found" or read == same
    assert told == len(bent) > least


@pytest.mark.parametrize("code", sorted(dataset().listings))
def test_a_listing_without_its_total_is_refused(code: str) -> None:
    whole = msgspec.to_builtins(dataset())
    whole["listings"][code] = {}
    with pytest.raises(msgspec.ValidationError, match="required field `total`"):
        msgspec.convert(whole, Dataset)


def test_unknown_without_a_scan() -> None:
    assert ask_one(CODE, dataset=None).unknown == "missing"
