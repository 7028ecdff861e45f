"""The check for splits without images or labels."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import split_empty as check
from readiness.evidence.dataset import Item, Listing, Split
from specimens import dataset


def split(name: str, images: int, labels: int) -> Split:
    return Split(name=name, images=images, labelled=labels, unlabelled=0, annotations=labels)


def test_clear_when_each_split_holds_labels():
    assert {one.kind for one in check.judge(dataset())} == {"clear"}


def test_found_without_images_and_without_labels():
    answers = check.judge(dataset(splits=(split("train", 9, 9), split("val", 0, 0), split("test", 5, 0))))
    assert [(one.kind, one.subject.name) for one in answers] == [
        ("clear", "train"),
        ("found", "val"),
        ("found", "test"),
    ]
    assert answers[2].because == "'test' holds 5 images and 0 labels"


def test_found_says_that_all_images_are_those_of_another_split():
    shared = Listing(total=1, items=(Item(images=("a.jpg",), splits=("train", "val")),), images_total=1)
    given = (split("train", 9, 9), split("val", 0, 0))
    answers = check.judge(dataset(splits=given, listings={"images-shared-across-splits": shared}))
    assert [one.kind for one in answers] == ["clear", "found"]
    assert answers[1].because == "all images of 'val' are listed in 'train' too, which leaves it none of its own"


def test_clear_of_images_that_no_split_was_given_to():
    assert check.judge(dataset(splits=(split("unassigned", 5, 0),))).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "split-empty")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
