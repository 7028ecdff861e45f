"""The check for classes whose share of the training split is copies."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import class_balanced_by_copies as check
from readiness.evidence.dataset import ClassCount
from specimens import dataset, policy


def counted(**classes: tuple[int, int]):
    """A training split of classes with so many objects, so many of them distinct."""
    return dataset(
        classes=tuple(
            ClassCount(name=name, objects={"train": objects}, images={"train": objects}, distinct={"train": distinct})
            for name, (objects, distinct) in classes.items()
        )
    )


def test_clear_when_all_are_augmented_alike():
    assert check.judge(counted(bolt=(300, 100), nut=(30, 10)), policy()).kind == "clear"


def test_clear_of_a_frequent_class_with_copies():
    assert check.judge(counted(bolt=(900, 300), nut=(100, 100)), policy()).kind == "clear"


def test_found_when_a_rare_class_was_copied_until_it_looked_balanced():
    (answer,) = check.judge(counted(bolt=(100, 100), nut=(100, 10)), policy())
    assert (answer.kind, answer.subject.name) == ("found", "nut")
    assert answer.because.startswith("100 objects of 'nut' are 50% of all; without copies they are 10 and 9%")


def test_clear_with_one_class_as_inapplicable():
    assert check.judge(counted(bolt=(100, 10)), policy()).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "class-balanced-by-copies")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
