"""The check for splits too small for what they are there for, or larger than the training split."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import split_ratio_odd as check
from readiness.evidence.dataset import ClassCount, Split
from specimens import dataset, policy


def counted(*test: int):
    classes = (
        ClassCount(name=f"c{i}", objects={"train": 90, "test": n}, images={"test": n}) for i, n in enumerate(test)
    )
    return dataset(classes=tuple(classes), splits=(split("train", 200), split("test", 20)))


def split(name: str, images: int) -> Split:
    return Split(name=name, images=images, labelled=images, unlabelled=0, annotations=images)


def test_clear_when_the_typical_class_can_be_shown_though_one_is_rare():
    assert [one.kind for one in check.judge(counted(14, 14, 2), policy())] == ["clear"]


def test_found_when_the_typical_class_cannot():
    (answer,) = check.judge(counted(14, 7, 2), policy())
    assert (answer.kind, answer.measure.measured, answer.step.quota) == ("found", 0.5, 20)


def test_found_when_larger_than_the_training_split():
    (answer,) = check.judge(dataset(splits=(split("train", 10), split("test", 90))), policy())
    assert (answer.kind, answer.because) == ("found", "'test' holds 90 images, the training split 10")


def test_clear_without_a_split_to_judge_on_as_inapplicable():
    assert check.judge(dataset(splits=(split("train", 10),)), policy()).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "split-ratio-odd")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
