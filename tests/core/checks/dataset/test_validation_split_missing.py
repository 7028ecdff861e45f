"""The check for a single held-out split."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import validation_split_missing as check
from readiness.evidence.dataset import Split
from specimens import dataset, policy


def splits(**labelled: int) -> tuple[Split, ...]:
    return tuple(
        Split(name=name, images=9, labelled=count, unlabelled=0, annotations=count) for name, count in labelled.items()
    )


def test_clear_with_validation_and_test():
    assert check.judge(dataset(), policy()).kind == "clear"


def test_found_with_one_of_them_and_with_an_empty_other():
    for given in (splits(train=9, test=9), splits(train=9, val=9), splits(train=9, val=0, test=9)):
        assert check.judge(dataset(splits=given), policy()).kind == "found"


def test_clear_without_a_training_or_a_held_out_split_as_inapplicable():
    for given in (splits(test=9), splits(train=9), splits(all=9)):
        assert check.judge(dataset(splits=given), policy()).kind == "inapplicable"


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "validation-split-missing")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
