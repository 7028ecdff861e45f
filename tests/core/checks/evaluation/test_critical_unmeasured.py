"""critical-unmeasured: what the policy calls critical must have been measured under that name."""

from asking import ask, ask_one
from specimens import class_result, evaluation, policy

CODE = "critical-unmeasured"


def test_clear_for_a_class_and_a_slice_that_were_measured() -> None:
    findings = ask(CODE, policy=policy(critical=("bolt", "light=dark")))
    assert [finding.outcome for finding in findings] == ["clear", "clear"]


def test_clear_of_names_where_every_class_is_critical() -> None:
    assert ask_one(CODE, policy=policy(critical=("*",))).outcome == "inapplicable"


def test_found_for_a_name_that_nothing_bears() -> None:
    finding = ask_one(CODE, policy=policy(critical=("botl",)))
    assert finding.outcome == "found"
    assert finding.because == "the policy calls 'botl' critical, the evaluation measured nothing of that name"


def test_found_for_a_class_without_an_object() -> None:
    empty = evaluation(classes=(class_result("bolt", objects=0), class_result("nut")))
    assert ask_one(CODE, policy=policy(critical=("bolt",)), evaluation=empty).outcome == "found"


def test_unknown_without_an_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
