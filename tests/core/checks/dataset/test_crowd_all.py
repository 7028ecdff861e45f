"""The check for classes whose every object is a crowd."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import crowd_all as check
from readiness.evidence.dataset import ClassCount
from specimens import dataset


def counted(objects: int, crowds: int):
    one = ClassCount(name="bolt", objects={"test": objects}, images={"test": 4}, crowds={"test": crowds})
    return dataset(classes=(one,), crowds=crowds)


def test_clear_with_one_single_object():
    assert check.judge(counted(objects=5, crowds=4)).kind == "clear"


def test_clear_of_a_class_without_objects():
    assert check.judge(counted(objects=0, crowds=0)).kind == "clear"


def test_found_when_all_are_crowds():
    (answer,) = check.judge(counted(objects=5, crowds=5))
    assert answer.kind == "found"
    assert answer.because == "all 5 objects of 'bolt' are crowds"


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification")).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "crowd-all")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert finding.unknown == "missing"


def test_found_once_when_the_whole_dataset_is_crowds():
    classes = tuple(
        ClassCount(name=name, objects={"test": 5}, images={"test": 4}, crowds={"test": 5}) for name in ("bolt", "nut")
    )
    answer = check.judge(dataset(classes=classes, crowds=10, annotations=10))
    assert (answer.kind, answer.subject.kind) == ("found", "dataset")
    assert answer.because == "all 10 objects of the dataset are crowds"
