"""class-recall-below-floor: the lower bound against the floor, per class."""

import pytest

import specimens
from asking import ask
from readiness.bounds import needed
from readiness.evidence.bounded import Rate
from readiness.policy import ClassFloor, EvaluationDemand
from specimens import class_result, evaluation, rate

CODE = "class-recall-below-floor"


def recall(hits: int, n: int) -> dict[str, object]:
    return {"evaluation": evaluation(classes=(class_result(objects=n, recall=rate(hits, n)),))}


def test_clear_when_the_lower_bound_is_exactly_the_floor() -> None:
    edge = Rate(hits=85, n=100, n_effective=100.0, lower=0.8, upper=0.9)
    assert [f.outcome for f in ask(CODE, evaluation=evaluation(classes=(class_result(recall=edge),)))] == ["clear"]
    # 14 of 14 is the least perfect sample whose bound passes 0.8 (0.05 ** (1 / 14) = 0.807).
    assert ask(CODE, **recall(14, 14))[0].outcome == "clear"
    assert ask(CODE, **recall(13, 13))[0].outcome == "unknown"


def test_found_for_the_weak_class_alone() -> None:
    weak = class_result("clip", objects=80, recall=rate(50, 80), missed_images=("a.jpg", "b.jpg"))
    good, bad = ask(CODE, evaluation=evaluation(classes=(class_result("bolt"), weak)))
    assert (good.outcome, bad.outcome) == ("clear", "found")
    assert bad.subject is not None
    assert bad.subject.name == "clip"
    assert bad.because == "50 of 80 objects of 'clip' were found, recall: 0.53 to 0.72, the floor is 0.8"
    assert bad.images == ("a.jpg", "b.jpg")
    assert bad.action is not None
    assert bad.action.kind == "retrain"


def test_found_against_the_floor_of_the_class() -> None:
    policy = specimens.policy(evaluation=EvaluationDemand(classes={"bolt": ClassFloor(recall=0.99)}))
    result = evaluation(classes=(class_result("bolt", recall=rate(300, 350)), class_result("nut")))
    assert [f.outcome for f in ask(CODE, evaluation=result, policy=policy)] == ["found", "clear"]


def test_unknown_says_how_many_more_objects_settle_it() -> None:
    open_ = Rate(hits=19, n=20, n_effective=20.0, lower=0.78, upper=0.99)
    (finding,) = ask(CODE, evaluation=evaluation(classes=(class_result(recall=open_),)))
    assert (finding.outcome, finding.unknown) == ("unknown", "undecided")
    assert finding.action is not None
    assert finding.action.kind == "collect"
    assert finding.action.quota == needed(19, 20, 0.8)
    assert finding.because.endswith(f"; {finding.action.quota} more at this rate would settle it")


def test_unknown_counts_clustered_objects_at_their_worth() -> None:
    clustered = Rate(hits=38, n=40, n_effective=20.0, lower=0.78, upper=0.99)
    (finding,) = ask(CODE, evaluation=evaluation(classes=(class_result(recall=clustered),)))
    assert finding.action is not None
    assert finding.action.quota == 2 * (needed(19, 20, 0.8) or 0)


def test_unknown_at_a_rate_that_never_reaches_the_floor_asks_for_no_objects() -> None:
    (finding,) = ask(CODE, **recall(7, 10))
    assert finding.unknown == "undecided"
    assert finding.action is not None
    assert (finding.action.kind, finding.action.quota) == ("retrain", None)


@pytest.mark.parametrize(("changes", "why"), [({"evaluation": None}, "missing")])
def test_unknown_without_evaluation(changes: dict[str, object], why: str) -> None:
    assert [f.unknown for f in ask(CODE, **changes)] == [why]


def test_a_split_without_objects_is_no_pass() -> None:
    empty = evaluation(classes=(class_result(objects=0),))
    assert [f.outcome for f in ask(CODE, evaluation=empty)] == ["inapplicable"]
