"""The check for classes that come in other shares in one split than in another."""

import specimens
from readiness import catalogue
from readiness.checks.dataset import class_mix_drifts_between_splits as check
from readiness.evidence.dataset import Drift
from specimens import dataset, policy


def drifted(effect: float, band: float, measure: str = "classes") -> Drift:
    bounds = {"lower": max(0.0, effect - band), "upper": min(1.0, effect + band)}
    return Drift(measure=measure, splits=("train", "test"), effect=effect, n=(80.0, 40.0), **bounds)


def test_clear_within_the_limit_by_its_upper_bound():
    (answer,) = check.judge(dataset(drifts=(drifted(0.05, 0.05),)), policy())
    assert answer.kind == "clear"


def test_clear_as_inapplicable_while_the_bounds_leave_it_open():
    (answer,) = check.judge(dataset(drifts=(drifted(0.4, 0.3),)), policy())
    assert (answer.kind, answer.because.endswith("too little to tell")) == ("inapplicable", True)
    assert check.judge(dataset(drifts=(drifted(0.9, 0.1, "weight"),)), policy()).kind == "inapplicable"


def test_found_where_the_lower_bound_passes_the_limit():
    (answer,) = check.judge(dataset(drifts=(drifted(0.6, 0.2),)), policy())
    assert (answer.kind, answer.subject.name) == ("found", "train + test")
    assert (answer.measure.measured, answer.measure.limit, answer.measure.n_effective) == (0.6, 0.15, 40.0)
    assert answer.because == "train against test: classes: 0.60 apart (0.40 to 0.80); 0.15 of 1 is allowed"


def test_unknown_where_splits_were_not_compared():
    answer = check.judge(dataset(drifts=None), policy())
    assert (answer.kind, answer.unknown) == ("unknown", "missing")


def test_unknown_without_a_scan():
    asked = next(one for one in catalogue.load() if one.code == "class-mix-drifts-between-splits")
    (finding,) = catalogue.ask(asked, specimens.dossier(dataset=None))
    assert (finding.outcome, finding.unknown) == ("unknown", "missing")
