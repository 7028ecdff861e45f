"""Causes: consequences are told of them, states are not touched."""

import msgspec

from asking import ask
from readiness.causes import causes
from readiness.finding import Accepted, Finding
from specimens import class_result, evaluation, rate

BAD = evaluation(
    misplaced=rate(500, 600),
    classes=(class_result(recall=rate(40, 350), precision=rate(40, 350)), class_result("nut")),
)
CODES = ("boxes-misplaced", "class-recall-below-floor", "class-precision-below-floor", "evaluation-empty")


def found() -> list[Finding]:
    return [one for code in CODES for one in ask(code, evaluation=BAD)]


def test_recall_and_precision_follow_from_misplaced_boxes() -> None:
    assert causes(found()) == {
        "class-recall-below-floor": "boxes-misplaced",
        "class-precision-below-floor": "boxes-misplaced",
    }


def test_a_cause_that_is_clear_or_accepted_explains_nothing() -> None:
    assert causes(one for one in found() if one.code != "boxes-misplaced") == {}
    accepted = Accepted(reason="known", by="ann", until="2027-01-01T00:00:00Z")
    waived = [
        msgspec.structs.replace(one, waived=accepted) if one.code == "boxes-misplaced" else one for one in found()
    ]
    assert causes(waived) == {}


def test_a_chain_leads_to_its_first_cause() -> None:
    (empty,) = ask("evaluation-empty", evaluation=evaluation(objects=0))
    chain = [msgspec.structs.replace(empty, code=code) for code in ("truth-crowds-only", "evaluation-empty")]
    unmeasured = msgspec.structs.replace(empty, code="critical-unmeasured")
    assert causes([*chain, unmeasured]) == {
        "evaluation-empty": "truth-crowds-only",
        "critical-unmeasured": "truth-crowds-only",
    }
