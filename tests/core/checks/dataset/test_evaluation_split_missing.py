"""The check for a dataset without a split to judge on."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import evaluation_split_missing as check
from readiness.evidence.dataset import Split
from specimens import dataset, policy


def split(name: str, labelled: int):
    return Split(name=name, images=50, labelled=labelled, unlabelled=50 - labelled, annotations=labelled)


def test_clear_with_one_labelled_test_image():
    answer = check.judge(dataset(splits=(split("train", 50), split("test", 1))), policy())
    assert (answer.kind, answer.because) == ("clear", "'test' has 1 labelled image")


def test_clear_with_val_when_test_has_no_labels():
    assert check.judge(dataset(splits=(split("test", 0), split("val", 5))), policy()).kind == "clear"


def test_found_without_labels_outside_training():
    answer = check.judge(dataset(splits=(split("test", 0), split("train", 50))), policy())
    assert answer.kind == "found"
    assert answer.because == (
        "none of test, val, valid, validation has labelled images; "
        "splits: test (0 labelled images), train (50 labelled images)"
    )


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "evaluation-split-missing")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert finding.unknown == "missing"
