"""Risk: the worst finding of the worst kind, in the band of the state it causes; never an average."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import catalogue, risk, verdict
from readiness.finding import Finding, Severity, Subject
from readiness.verdict import STATES
from specimens import class_result, dossier, evaluation, rate

CODES = ("class-recall-below-floor", "slice-weak", "predictions-cut", "truth-contradicts-itself", "threshold-unstable")
CHECKS = [check for check in catalogue.load() if check.family in {"evaluation", "lineage"}]

bounds = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda ends: (min(ends), max(ends)))
findings = st.builds(
    Finding,
    code=st.sampled_from(CODES),
    severity=st.sampled_from(Severity),
    outcome=st.sampled_from(("found", "unknown", "clear", "inapplicable")),
    title=st.just("A problem."),
    because=st.sampled_from(("it is so", "it is so too")),
    subject=st.none() | st.builds(Subject, st.just("class"), st.sampled_from(("bolt", "nut"))),
    limit=st.none() | st.floats(0.1, 0.9),
    interval=st.none() | bounds,
    effect=st.none() | st.sampled_from(STATES),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(findings, max_size=8), findings, st.randoms(use_true_random=False))
def test_it_is_the_maximum_of_its_parts_in_any_order(some: list[Finding], one: Finding, dice: random.Random) -> None:
    whole = risk.score([*some, one])
    assert whole >= risk.score(some)
    assert whole == max(risk.score(some), risk.of(one))
    assert 0 <= whole <= 100
    mixed = [*some, one]
    dice.shuffle(mixed)
    assert risk.risks(mixed) == risk.risks([*some, one])
    assert max((each.score for each in risk.risks(mixed)), default=0) == whole


@settings(max_examples=100, deadline=None)
@given(findings)
def test_a_finding_lies_in_the_band_of_its_effect(one: Finding) -> None:
    if one.outcome != "inapplicable":
        low, high = risk.BANDS[next(state for state in STATES if state == (one.effect or "ready"))]
        assert low <= risk.of(one) <= high


def test_the_bands_are_those_of_the_verdict() -> None:
    assert {state: (100 - high, 100 - low) for state, (low, high) in verdict._BANDS.items()} == risk.BANDS


def reached(**changes: object) -> tuple[Finding, ...]:
    answers = verdict.reach(dossier(model=None, evaluation=evaluation(**changes)), CHECKS, partial=True).findings
    return tuple(one for one in answers if one.unknown != "missing")


def test_a_good_model_stays_under_the_first_band() -> None:
    assert risk.score(reached()) <= 20


def test_the_farther_under_the_floor_the_higher_in_the_band() -> None:
    scores = [
        risk.score(reached(classes=(class_result(recall=rate(hits, 350)), class_result("nut"))))
        for hits in (240, 150, 10)
    ]
    assert scores == sorted(scores)
    assert 46 <= scores[0] < scores[-1] <= 60


def test_nine_good_classes_hide_no_bad_one() -> None:
    bad = class_result("nut", recall=rate(10, 350))
    many = (*(class_result(f"c{i}") for i in range(9)), bad)
    answers = reached(classes=many, objects=3500)
    assert risk.score(answers) == risk.score(reached(classes=(bad,)))
    (worst, *_) = risk.risks(answers)
    assert (worst.name, worst.subject) == ("weak class", Subject("class", "nut"))
    assert worst.codes[0] == "class-recall-below-floor"


def test_every_code_of_the_family_has_a_kind() -> None:
    assert {check.code for check in CHECKS if risk._name(check.code) == "evaluation"} == set()
