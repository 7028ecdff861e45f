"""The check for few images."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import dataset_small as check
from specimens import dataset, policy


def test_clear_at_the_count_wanted():
    assert check.judge(dataset(images=100), policy()).kind == "clear"


def test_found_below_it_with_the_rest_as_quota():
    answer = check.judge(dataset(images=99), policy())
    assert answer.kind == "found"
    assert answer.because == "99 images, 100 wanted"
    assert answer.step.quota == 1


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "dataset-small")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
