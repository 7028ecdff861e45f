"""The check for classes without any object where models are judged."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import class_absent_in_split as check
from readiness.evidence.dataset import ClassCount, Split
from specimens import dataset, policy


def counted(**tests: int):
    classes = (ClassCount(name=k, objects={"train": 9, "test": n}, images={"test": n}) for k, n in tests.items())
    return dataset(classes=tuple(classes))


def test_clear_with_one_object_each():
    assert check.judge(counted(bolt=1, nut=1), policy()).kind == "clear"


def test_found_once_for_each_absent_class():
    answers = check.judge(counted(bolt=1, nut=0, gear=0), policy())
    assert [(one.kind, one.subject.name) for one in answers] == [("found", "nut"), ("found", "gear")]
    assert answers[0].because == "no 'nut' in 'test', 9 elsewhere"
    assert answers[0].step.quota == 14


def test_clear_of_a_declared_class_that_is_nowhere():
    ghost = ClassCount(name="ghost", objects={}, images={})
    assert check.judge(dataset(classes=(*dataset().classes, ghost)), policy()).kind == "clear"


def test_clear_without_a_split_as_inapplicable():
    train = Split(name="train", images=9, labelled=9, unlabelled=0, annotations=9)
    assert check.judge(dataset(splits=(train,)), policy()).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "class-absent-in-split")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert finding.unknown == "missing"
