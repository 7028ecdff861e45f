"""The check for classes with many times the objects of others."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import class_imbalance as check
from readiness.evidence.dataset import ClassCount
from specimens import dataset, policy


def counted(**objects: int):
    return dataset(classes=tuple(ClassCount(name=k, objects={"train": n}, images={}) for k, n in objects.items()))


def test_clear_at_the_ratio_allowed():
    assert check.judge(counted(bolt=200, nut=10), policy()).kind == "clear"


def test_clear_of_a_declared_class_without_any_object():
    assert check.judge(counted(bolt=200, nut=10, ghost=0), policy()).kind == "clear"


def test_found_above_it():
    answer = check.judge(counted(bolt=201, nut=10), policy())
    assert answer.kind == "found"
    assert answer.because == "201 'bolt' to 10 'nut', 20.1 to 1, 20 allowed"


def test_clear_of_one_class_as_inapplicable():
    assert check.judge(counted(bolt=201), policy()).kind == "inapplicable"


def test_unknown_with_a_stale_scan():
    asked = next(one for one in catalogue.load() if one.code == "class-imbalance")
    old = specimens.dossier(dataset=dataset(observed_at="2020-01-01T00:00:00Z"))
    assert [one.unknown for one in catalogue.ask(asked, old)] == ["stale"]
