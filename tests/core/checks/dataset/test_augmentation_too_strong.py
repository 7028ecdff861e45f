"""The check for copies altered beyond what pictures show."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import augmentation_too_strong as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset


def test_clear_when_none_is_listed():
    assert check.judge(dataset()).kind == "clear"


def test_found_with_the_copies_named():
    listed = Listing(total=1, items=(Item(images=("a.rf.1.jpg", "a.rf.2.jpg"), detail="said"),), images_total=2)
    answer = check.judge(dataset(listings={"augmentation-too-strong": listed}))
    assert (answer.kind, answer.images, answer.measure.measured) == ("found", ("a.rf.1.jpg", "a.rf.2.jpg"), 1)
    assert answer.because.endswith("a.rf.1.jpg = a.rf.2.jpg: said")


def test_unknown_when_it_was_not_measured():
    answer = check.judge(dataset(listings={"augmentation-too-strong": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "augmentation-too-strong")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
