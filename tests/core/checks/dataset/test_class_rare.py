"""The check for classes with too few objects to judge them on."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import class_rare as check
from readiness.evidence.dataset import ClassCount, Split
from readiness.measures.intervals import clopper_pearson
from specimens import dataset, policy


def counted(test: int, **more: dict[str, int]):
    return dataset(classes=(ClassCount(name="bolt", objects={"train": 900, "test": test}, images={"test": 9}, **more),))


def test_clear_at_the_count_that_can_show_the_floor():
    (answer,) = check.judge(counted(14), policy())
    assert answer.kind == "clear"
    assert clopper_pearson(14, 14)[0] >= 0.8 > clopper_pearson(13, 13)[0]


def test_found_below_it_with_the_rest_as_quota():
    (answer,) = check.judge(counted(13), policy())
    assert answer.kind == "found"
    assert answer.because == "13 objects of 'bolt' in 'test', 14 needed to show that 80% of them are found (recall)"
    assert (answer.subject.name, answer.step.kind, answer.step.quota) == ("bolt", "collect", 1)


def test_found_when_crowds_make_up_the_number():
    (answer,) = check.judge(counted(14, crowds={"test": 1}), policy())
    assert (answer.kind, answer.measure.measured) == ("found", 13)


def test_found_when_copies_make_up_the_number():
    (answer,) = check.judge(counted(40, distinct={"test": 10}, effective={"test": 8.0}), policy())
    assert (answer.kind, answer.measure.measured, answer.step.quota) == ("found", 10, 8)
    assert "10 objects of 'bolt' in 'test' (40 with those in copies of one picture), 14 needed" in answer.because


def test_unknown_when_enough_are_clustered_in_too_few_recordings():
    (answer,) = check.judge(counted(40, distinct={"test": 40}, effective={"test": 7.0}), policy())
    assert (answer.kind, answer.unknown, answer.step.quota) == ("unknown", "undecided", 40)
    assert answer.because.endswith("together in few images or recordings, they may count as 7.0")


def test_clear_of_classes_that_another_check_reports_absent():
    assert check.judge(counted(0), policy()).kind == "inapplicable"


def test_clear_without_a_split_as_inapplicable():
    train = Split(name="train", images=9, labelled=9, unlabelled=0, annotations=9)
    assert check.judge(dataset(splits=(train,)), policy()).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "class-rare")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.effect) == ("unknown", None)
    assert finding.unknown == "missing"
