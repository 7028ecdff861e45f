"""Aims and thresholds as they are asked for: on the command line, in a policy, in a query."""

import argparse
from typing import Any

import pytest

import truths
from readiness import policy, strict
from readiness.evidence.threshold import Aim
from readiness_coordinator.evaluate import aims, simulator
from readiness_coordinator.evaluate.simulator import Prepared


def prepared() -> Prepared:
    box, images = (0.0, 0.0, 30.0, 30.0), [f"{i}.jpg" for i in range(6)]
    truth = truths.labelled([[(i % 2, box, False)] for i in range(6)], ("bolt", "nut", "washer"))
    said = truths.columns([(image, i % 2, box, 0.3 + i / 10) for i, image in enumerate(images)])
    return simulator.prepare(truths.case(truth, said, 0.5), predictions="sha256:p", dataset="sha256:d")


def read(*words: str, default: Aim | None = None) -> Aim:
    parser = argparse.ArgumentParser()
    aims.arguments(parser)
    return aims.of_arguments(parser.parse_args(words), default or Aim())


def test_what_is_not_said_is_the_policys() -> None:
    dear = Aim(kind="cost", cost_missed=5)
    assert read() == Aim()
    assert read(default=dear) == dear
    assert read("--cost-false", "2", default=dear) == Aim(kind="cost", cost_missed=5, cost_false=2)
    assert read("--aim", "recall", "--target", "0.9", default=dear) == Aim(kind="recall", target=0.9)


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        (["--aim", "recall"], "target", "a promised recall needs one"),
        (["--target", "0.9"], "target", "only for a promised recall or precision; the aim is f1"),
        (["--aim", "precision", "--target", "1"], "target", "between 0 and 1, both excluded"),
        (["--aim", "recall", "--target", "nan"], "target", "between 0 and 1"),
        (["--aim", "cost", "--cost-missed", "0"], "cost_missed", "above 0 and finite"),
        (["--aim", "cost", "--cost-false", "inf"], "cost_false", "above 0 and finite"),
        (["--cost-missed", "3"], "cost_missed", "only for the aim cost; the aim is f1"),
    ],
)
def test_a_bad_aim_names_its_argument(words: list[str], field: str, said: str) -> None:
    with pytest.raises(aims.BadAsked, match=said) as bad:
        read(*words)
    assert bad.value.field == field


def test_a_query_may_ask_for_an_aim_that_is_none() -> None:
    with pytest.raises(aims.BadAsked, match="one of f1, cost, recall, precision"):
        aims.aim(Aim(), "best")


def test_a_policy_has_an_aim() -> None:
    text = 'name = "n"\ntitle = "t"\n[evaluation.aim]\nkind = "recall"\n'
    assert policy.parse(text + "target = 0.9", "p.toml").evaluation.aim == Aim(kind="recall", target=0.9)
    with pytest.raises(strict.BadFile, match=r"p\.toml: in 'evaluation\.aim' 'target' is missing"):
        policy.parse(text, "p.toml")


def test_a_query_is_answered_with_counts_and_a_curve() -> None:
    ready = prepared()
    body = aims.answer(ready, confidence=0.4, classes=["nut=0.7"], curve="*", aim=Aim())
    assert [one["threshold"] for one in body["classes"]] == [0.4, 0.7, 0.4]
    assert body["overall"]["threshold"] is None
    assert body["predictions"] == "sha256:p"
    assert len(body["curve"]["recall"]) == len(body["curve"]["threshold"]) > 1
    assert "curve" not in aims.answer(ready, aim=Aim())
    assert aims.answer(ready, aim=Aim())["overall"]["threshold"] == 0.5


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"confidence": 1.2}, "confidence"),
        ({"confidence": float("nan")}, "confidence"),
        ({"classes": ["gear=0.4"]}, "class"),
        ({"classes": ["nut"]}, "class"),
        ({"classes": ["nut=high"]}, "class"),
        ({"classes": ["nut=0.4", "nut=0.5"]}, "class"),
        ({"curve": "gear"}, "curve"),
    ],
)
def test_a_bad_query_names_its_field(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(aims.BadAsked) as bad:
        aims.answer(prepared(), aim=Aim(), **asked)
    assert bad.value.field == field
