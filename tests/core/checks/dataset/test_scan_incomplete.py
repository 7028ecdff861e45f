"""The check for a scan that was cut short."""

from readiness import catalogue
from readiness.checks.dataset import scan_incomplete as check
from specimens import dataset, dossier

(ITSELF,) = (one for one in catalogue.load() if one.code == "scan-incomplete")


def test_clear_when_every_image_was_looked_at():
    assert check.judge(dataset(images=1500, viewed=1500)).kind == "clear"


def test_found_from_one_image_left_out():
    answer = check.judge(dataset(images=1500, viewed=1499))
    assert (answer.kind, answer.measure.measured, answer.measure.limit) == ("found", 1499, 1500)
    assert answer.because == "looked at 1,499 of 1,500 images"


def test_unknown_without_a_scan():
    (finding,) = catalogue.ask(ITSELF, dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
