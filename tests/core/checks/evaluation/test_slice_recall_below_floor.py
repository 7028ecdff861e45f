"""slice-recall-below-floor: weak slices are found, thin ones never read as clear."""

import specimens
from asking import ask, ask_one
from readiness import verdict
from readiness.evidence.bounded import Rate
from specimens import evaluation, rate, slice_result

CODE = "slice-recall-below-floor"


def thin(hits: int, n: int) -> dict[str, object]:
    return {"evaluation": evaluation(slices=(slice_result(class_name="clip", objects=n, recall=rate(hits, n)),))}


def test_clear_when_the_lower_bound_is_exactly_the_floor() -> None:
    edge = Rate(hits=80, n=100, n_effective=100.0, lower=0.7, upper=0.9)
    assert ask_one(CODE, evaluation=evaluation(slices=(slice_result(recall=edge),))).outcome == "clear"


def test_found_names_class_and_slice() -> None:
    bad = slice_result(class_name="clip", objects=40, recall=rate(12, 40), missed_images=("dark.jpg",))
    finding = ask_one(CODE, evaluation=evaluation(slices=(bad,)))
    assert finding.outcome == "found"
    assert (
        finding.because == "12 of 40 objects in 'clip, light=dark' were found, recall: 0.18 to 0.44, the floor is 0.7"
    )
    assert finding.images == ("dark.jpg",)


def test_found_even_in_a_thin_slice_when_the_bound_says_so() -> None:
    assert ask_one(CODE, **thin(0, 8)).outcome == "found"


def test_unknown_where_enough_objects_do_not_settle_it() -> None:
    assert ask_one(CODE, **thin(16, 20)).unknown == "undecided"


def test_a_thin_slice_is_neither_clear_nor_open() -> None:
    finding = ask_one(CODE, **thin(8, 8))
    assert finding.outcome == "inapplicable"
    assert finding.because == "'clip, light=dark' holds 8 objects, 20 are needed to judge a slice"


def test_unknown_for_a_thin_slice_that_is_critical_and_it_blocks() -> None:
    policy = specimens.policy(critical=("clip, light=dark",))
    finding = ask_one(CODE, **thin(8, 8), policy=policy)
    assert finding.unknown == "undecided"
    assert verdict.effect(finding, specimens.dossier(policy=policy)) == "blocked"


def test_unknown_without_evaluation() -> None:
    assert ask(CODE, evaluation=None)[0].unknown == "missing"
