"""class-overlap-below-floor: IoU of pixels, bounded over images, against the floor of policy or class."""

import msgspec

import specimens
from asking import ask
from readiness.evidence.bounded import NOTHING, Rate
from readiness.policy import ClassFloor, EvaluationDemand
from specimens import class_result, evaluation, rate

CODE = "class-overlap-below-floor"


def pixels(overlap: Rate, **changes: object) -> dict[str, object]:
    one = class_result(overlap=overlap, **changes)
    return {"evaluation": evaluation(task="segmentation", judged="pixel", classes=(one,))}


def test_clear_when_the_lower_bound_reaches_the_floor() -> None:
    edge = Rate(hits=600, n=1000, n_effective=80.0, lower=0.5, upper=0.7)
    assert [f.outcome for f in ask(CODE, **pixels(edge))] == ["clear"]


def test_found_names_the_worst_images_of_both_kinds() -> None:
    weak = pixels(rate(10, 60), missed_images=("a.jpg", "b.jpg"), false_images=("b.jpg", "c.jpg"))
    (finding,) = ask(CODE, **weak)
    assert finding.outcome == "found"
    assert finding.images == ("a.jpg", "b.jpg", "c.jpg")
    assert finding.because.startswith("10 of 60 pixels that truth or answer give to 'bolt' are in both, IoU: ")


def test_found_against_the_floor_of_the_class() -> None:
    policy = specimens.policy(evaluation=EvaluationDemand(classes={"bolt": ClassFloor(overlap=0.9)}))
    fair = rate(70, 100)
    assert ask(CODE, **pixels(fair))[0].outcome == "clear"
    assert ask(CODE, **pixels(fair), policy=policy)[0].outcome == "found"


def test_unknown_asks_for_images_and_not_for_pixels() -> None:
    open_ = Rate(hits=60_000, n=100_000, n_effective=10.0, lower=0.3, upper=0.85)
    (finding,) = ask(CODE, **pixels(open_, images=20))
    assert (finding.outcome, finding.unknown) == ("unknown", "undecided")
    assert finding.action is not None
    assert finding.action.quota == open_.needed(0.5, 20)
    assert finding.action.quota < 1000
    assert finding.because.endswith(f"; {finding.action.quota} more images at this rate would settle it")


def test_unknown_where_nothing_was_measured_of_a_class_that_is_there() -> None:
    assert [f.unknown for f in ask(CODE, **pixels(NOTHING))] == ["missing"]
    assert [f.unknown for f in ask(CODE, evaluation=None)] == ["missing"]


def test_clear_is_not_said_of_boxes() -> None:
    assert [f.outcome for f in ask(CODE)] == ["inapplicable"]
    nothing = msgspec.structs.replace(evaluation(judged="pixel"), classes=(class_result(objects=0),))
    assert [f.outcome for f in ask(CODE, evaluation=nothing)] == ["inapplicable"]


def test_found_for_recall_speaks_of_pixels_and_collects_images() -> None:
    thin = Rate(hits=85_000, n=100_000, n_effective=10.0, lower=0.55, upper=0.96)
    (finding,) = ask("class-recall-below-floor", **pixels(rate(5, 6), recall=thin, images=12))
    assert "85000 of 100000 pixels of 'bolt' were found" in finding.because
    assert finding.action is not None
    assert finding.action.quota == thin.needed(0.8, 12)
    (said,) = ask("class-precision-below-floor", **pixels(rate(5, 6), precision=thin, images=12))
    assert "pixels answered 'bolt' are right" in said.because


def test_clear_slices_of_pixels_are_thin_by_their_images() -> None:
    thin = Rate(hits=85_000, n=100_000, n_effective=10.0, lower=0.55, upper=0.96)
    few = specimens.slice_result(images=12, objects=100_000, recall=thin)
    result = evaluation(task="segmentation", judged="pixel", slices=(few,))
    (finding,) = ask("slice-recall-below-floor", evaluation=result)
    assert (finding.outcome, finding.because) == (
        "inapplicable",
        "'light=dark' holds 12 images, 20 are needed to judge a slice",
    )
