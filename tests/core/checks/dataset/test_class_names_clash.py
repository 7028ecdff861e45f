"""The check for class names that clash."""

from readiness.checks.dataset import class_names_clash as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="'bolt' and 'bolts': one is the other's plural", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"class-names-clash": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"class-names-clash": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 clashing name: told apart only by case, separators, a plural or a slip of the pen: "
        "train/a.jpg: 'bolt' and 'bolts': one is the other's plural"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"class-names-clash": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
