"""slice-weak: weak slices that a search found are told one by one, and no search never reads as none."""

from typing import Any

import msgspec

import specimens
from asking import ask, ask_one
from readiness import verdict
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.weakness import Condition, WeakSlice

CODE = "slice-weak"
WEAK = WeakSlice(
    words="bolt, dark images, below 32 px",
    class_name="bolt",
    conditions=(Condition("light", "dark"), Condition("size", "small")),
    images=70,
    objects=120,
    recall=specimens.rate(60, 120),
    rest=specimens.rate(850, 1000),
    q=0.001,
    confirmed=specimens.rate(31, 60),
    missed_images=("7.jpg",),
)


def scanned(**changes: Any) -> Evaluation:
    return specimens.evaluation(slice_scan=specimens.slice_scan(**changes))


def test_clear_when_the_search_found_none() -> None:
    finding = ask_one(CODE, evaluation=scanned())
    assert finding.outcome == "clear"
    assert finding.because == "none of 300 slices was found worse than the rest of its class by 0.1 of recall or more"


def test_found_says_the_slice_in_words_with_both_shares() -> None:
    finding = ask_one(CODE, evaluation=scanned(weak=(WEAK,)))
    assert finding.outcome == "found"
    assert finding.because == (
        "60 of 120 objects in 'bolt, dark images, below 32 px' were found, 50 % against 85 % of the rest;"
        " of the half of the images that was not searched for it, 31 of 60"
    )
    assert finding.subject is not None
    assert (finding.subject.kind, finding.subject.name) == ("slice", WEAK.words)
    assert (finding.measured, finding.limit, finding.n) == (0.5, 0.85, 120)
    assert finding.images == ("7.jpg",)
    assert finding.action is not None
    assert finding.action.kind == "retrain"


def test_found_gives_a_finding_for_each_and_asks_for_a_person() -> None:
    other = msgspec.structs.replace(WEAK, words="below 32 px", class_name="")
    evaluation = scanned(weak=(WEAK, other))
    findings = ask(CODE, evaluation=evaluation)
    assert [one.subject.name for one in findings if one.subject] == [WEAK.words, "below 32 px"]
    assert {verdict.effect(one, specimens.dossier(evaluation=evaluation)) for one in findings} == {"warning"}


def test_unknown_when_no_search_was_made() -> None:
    assert ask_one(CODE, evaluation=specimens.evaluation(slice_scan=None)).unknown == "missing"


def test_inapplicable_to_pixels() -> None:
    finding = ask_one(CODE, evaluation=specimens.evaluation(judged="pixel", slice_scan=None))
    assert finding.outcome == "inapplicable"


def test_inapplicable_when_no_slice_holds_enough() -> None:
    finding = ask_one(CODE, evaluation=scanned(tested=0))
    assert finding.outcome == "inapplicable"
    assert finding.because == "no slice holds the 20 objects in each half of the images that a search needs"
