"""The check for labels that a model's predictions contradict: missing."""

from readiness.checks.dataset import label_suspect_missing as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

CODE = "label-suspect-missing"
ITEM = Item(images=("train/a.jpg",), detail="the model sees bolt at 5,5 (20x20) with 0.93", classes=("bolt",))
ONE = Listing(total=1, items=(ITEM,), images_total=1)


def test_clear_when_nothing_is_contradicted():
    answer = check.judge(dataset(predictions="sha256:1", listings={CODE: Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_clear_without_predictions_as_inapplicable():
    assert check.judge(dataset(listings={CODE: ONE})).kind == "inapplicable"


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(predictions="sha256:1", task="classification")).kind == "inapplicable"


def test_found_from_the_first_one():
    answer = check.judge(dataset(predictions="sha256:1", listings={CODE: ONE}))
    assert (answer.kind, answer.images) == ("found", ("train/a.jpg",))
    assert (
        answer.because == "1 suspected gap: a sure answer stands where nothing is labelled: train/a.jpg: " + ITEM.detail
    )


def test_unknown_when_not_measured():
    answer = check.judge(dataset(predictions="sha256:1", listings={CODE: None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
