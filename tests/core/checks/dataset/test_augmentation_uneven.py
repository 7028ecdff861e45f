"""The check for classes augmented by different factors."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import augmentation_uneven as check
from readiness.evidence.dataset import ClassCount
from specimens import dataset, policy


def counted(**classes: tuple[int, int]):
    """A training split of classes with so many images of so many pictures."""
    return dataset(
        classes=tuple(
            ClassCount(name=name, objects={"train": images}, images={"train": images}, sources={"train": sources})
            for name, (images, sources) in classes.items()
        )
    )


def test_clear_when_all_are_augmented_alike():
    assert check.judge(counted(bolt=(300, 100), nut=(60, 21)), policy()).kind == "clear"


def test_found_when_one_has_many_times_the_copies():
    (answer,) = check.judge(counted(bolt=(100, 100), nut=(100, 25)), policy())
    assert (answer.kind, answer.subject.name, answer.measure.measured) == ("found", "nut", 4.0)
    assert answer.because == "4.0 images per picture of 'nut', 1.0 of 'bolt'"


def test_clear_as_inapplicable_where_few_images_are_no_rate():
    assert check.judge(counted(bolt=(100, 100), nut=(9, 1)), policy()).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "augmentation-uneven")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
