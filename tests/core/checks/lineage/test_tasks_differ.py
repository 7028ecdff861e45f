"""tasks-differ: model, dataset and evaluation are of one task."""

from asking import ask, ask_one
from specimens import dataset, evaluation

CODE = "tasks-differ"


def test_clear_where_all_three_agree() -> None:
    assert [finding.outcome for finding in ask(CODE)] == ["clear", "clear"]


def test_found_for_each_that_differs() -> None:
    findings = ask(CODE, dataset=dataset(task="classification"), evaluation=evaluation(task="segmentation"))
    assert [finding.outcome for finding in findings] == ["found", "found"]
    assert findings[0].because == "the dataset is of classification, the model's card says detection"


def test_unknown_without_a_model() -> None:
    assert ask_one(CODE, model=None).unknown == "missing"
