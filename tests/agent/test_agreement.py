"""Agreement with the incumbent: what is broken is named, be it boxes, classes, or nothing."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specimens
from asking import ask_one
from readiness.evidence.benchmark import Agreement
from readiness.evidence.model import Model
from readiness_agent import answers_file
from readiness_agent.answers import Answer, Boxes, Mask, Scores
from readiness_agent.benchmark.agreement import agree
from readiness_agent.inference import cards
from readiness_agent.inference.session import open_inference
from readiness_agent.worker.tally import tally

CARDS = Path(__file__).resolve().parents[1] / "cards"


def named(*names: str, task: str = "detection") -> Model:
    card = msgspec.structs.replace(specimens.card(), classes=names, task=task)  # type: ignore[arg-type]
    return specimens.model(card=card)


def boxes(*rows: tuple[float, float, float, float, float, int]) -> Boxes:
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    return Boxes(xywh=table[:, :4], scores=table[:, 4], rows=table[:, 5].astype(np.intp))


def compared(
    folder: Path,
    first: Iterable[Answer | None],
    second: Iterable[Answer | None],
    ours: Model | None = None,
    theirs: Model | None = None,
) -> Agreement | None:
    paths = folder / "incumbent", folder / "candidate"
    for path, answers in zip(paths, (first, second), strict=True):
        answers_file.write(path, list(answers))
    ours = ours or named("bolt", "nut")
    return agree(ours, paths[0], theirs or ours, paths[1])


def shares(said: Agreement | None) -> list[tuple[int, int] | None]:
    assert said is not None
    return [None if one is None else (one.hits, one.n) for one in (said.classes, said.places, said.both)]


FIRST = boxes((0, 0, 10, 10, 0.9, 0), (50, 50, 20, 20, 0.8, 1))


@settings(max_examples=20, deadline=None)
@given(
    frames=st.lists(
        st.lists(st.tuples(*[st.floats(0, 99)] * 2, *[st.floats(1, 50)] * 2, st.floats(0, 1), st.integers(0, 1))),
        max_size=5,
    )
)
def test_a_model_agrees_with_itself(
    tmp_path_factory: pytest.TempPathFactory, frames: list[list[tuple[float, float, float, float, float, int]]]
) -> None:
    answers = [boxes(*rows) for rows in frames]
    total = sum(len(one.rows) for one in answers)
    said = compared(tmp_path_factory.mktemp("same"), answers, answers)
    assert shares(said) == [(total, total)] * 3


def test_boxes_elsewhere_leave_the_classes_alone(tmp_path: Path) -> None:
    said = compared(tmp_path, [FIRST], [boxes((3, 3, 2, 2, 0.9, 0), (60, 60, 3, 3, 0.7, 1))])
    assert shares(said) == [(2, 2), (0, 2), (0, 2)]
    assert said is not None
    assert said.iou == pytest.approx((4 / 100 + 9 / 400) / 2, abs=1e-4)
    assert said.score_shift == pytest.approx(-0.05, abs=1e-4)


def test_classes_swapped_leave_the_places_alone(tmp_path: Path) -> None:
    alone = boxes((0, 0, 10, 10, 0.9, 0))
    swapped = [boxes((0, 0, 10, 10, 0.9, 1))]
    assert shares(compared(tmp_path, [alone], swapped)) == [(0, 1), (1, 1), (0, 1)]
    both = [boxes((0, 0, 10, 10, 0.9, 1), (50, 50, 20, 20, 0.8, 0))]
    assert shares(compared(tmp_path, [FIRST], both)) == [(2, 2), (2, 2), (0, 2)]


def test_a_box_is_paired_once_and_the_best_score_chooses_first(tmp_path: Path) -> None:
    twice = boxes((0, 0, 10, 10, 0.9, 0), (1, 0, 10, 10, 0.8, 0))
    assert shares(compared(tmp_path, [twice], [boxes((0, 0, 10, 10, 0.9, 0))])) == [(2, 2), (1, 2), (1, 2)]


def test_classes_are_matched_by_name_and_others_do_not_count(tmp_path: Path) -> None:
    theirs = named("washer", "nut", "bolt")
    second = [boxes((0, 0, 10, 10, 0.9, 2), (50, 50, 20, 20, 0.8, 1))]
    assert shares(compared(tmp_path, [FIRST], second, theirs=theirs)) == [(2, 2)] * 3
    fewer = named("nut")
    assert shares(compared(tmp_path, [FIRST], [boxes((50, 50, 20, 20, 0.8, 0))], theirs=fewer)) == [(1, 1)] * 3
    stray = [boxes((0, 0, 10, 10, 0.9, 7), (50, 50, 20, 20, 0.8, 1))]
    assert shares(compared(tmp_path, [FIRST], stray)) == [(1, 2), (2, 2), (1, 2)]


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    assert compared(tmp_path, [FIRST], [FIRST], theirs=named("car", "van")) is None
    assert compared(tmp_path, [FIRST], [FIRST], theirs=named("bolt", "nut", task="classification")) is None
    said = compared(tmp_path, [FIRST, None, boxes()], [FIRST, FIRST, FIRST])
    assert said is not None
    assert (said.frames, shares(said)) == (2, [(2, 2)] * 3)


def test_bounds_take_each_frame_as_a_cluster(tmp_path: Path) -> None:
    many = boxes(*[(20 * at, 0, 10, 10, 0.9, 0) for at in range(10)])
    said = compared(tmp_path, [many] * 10, [boxes()] * 5 + [many] * 5)
    assert said is not None
    assert said.classes.n == 100
    assert said.classes.n_effective <= 10


def test_the_best_classes_of_a_classifier(tmp_path: Path) -> None:
    model = named("bolt", "nut", task="classification")
    first = [Scores(values=np.array(one)) for one in ([0.9, 0.1], [0.2, 0.8], [0.6, 0.4])]
    second = [Scores(values=np.array(one)) for one in ([0.7, 0.3], [0.9, 0.1], [0.55, 0.45])]
    said = compared(tmp_path, first, second, model)
    assert shares(said) == [(2, 3), None, None]
    assert said is not None
    assert said.score_shift == pytest.approx(-0.125, abs=1e-4)


def test_pixels_of_masks_without_the_background(tmp_path: Path) -> None:
    model = named("background", "bolt", "nut", task="segmentation")
    first, moved, other = (np.zeros((4, 8), dtype=np.uint8) for _ in range(3))
    first[:, :4], moved[:, 2:6], other[:, :4] = 1, 1, 2
    assert shares(compared(tmp_path, [Mask(rows=first)], [Mask(rows=first)], model)) == [(16, 16)] * 3
    assert shares(compared(tmp_path, [Mask(rows=first)], [Mask(rows=moved)], model)) == [(16, 16), (8, 16), (8, 16)]
    assert shares(compared(tmp_path, [Mask(rows=first)], [Mask(rows=other)], model)) == [(0, 16), (16, 16), (0, 16)]


def judged(agreement: Agreement | None, model: Model) -> dict[str, str]:
    codes = ("boxes-differ-from-incumbent", "classes-differ-from-incumbent")
    record = specimens.benchmark(agreement=agreement)
    return {code: ask_one(code, benchmark=record, model=model).outcome for code in codes}


@pytest.mark.parametrize(
    ("incumbent", "candidate", "frames", "boxes_say", "classes_say"),
    [
        ("onnx/yolox_nano.onnx", "tflite/yolox_nano_int8_quantize.tflite", "frames/one-by", "found", "clear"),
        ("onnx/yolox_nano.onnx", "tflite/yolox_nano_float16_quantize.tflite", "frames/one-by", "clear", "clear"),
        (
            "derived/mobilenet_v1_0.25_224_float.onnx",
            "derived/mobilenet_v1_0.25_224_int8_qdq.onnx",
            "datasets/trashnet",
            "inapplicable",
            "found",
        ),
        (
            "derived/mobilenet_v1_0.25_224_float.onnx",
            "tflite/mobilenet_v1_0.25_224_float.tflite",
            "frames/one-by",
            "inapplicable",
            "clear",
        ),
    ],
)
def test_real_conversions(
    shared_data: Path,
    tmp_path: Path,
    incumbent: str,
    candidate: str,
    frames: str,
    boxes_say: str,
    classes_say: str,
) -> None:
    files = sorted(shared_data.glob(f"{frames}*/**/*.jpg"))[:168]
    models = []
    for at, name in enumerate((incumbent, candidate)):
        path = shared_data / "models" / name
        inference, model = open_inference(path, cards.read(CARDS / f"{path.stem}.card.toml"))
        tally(inference, files, tmp_path / str(at))
        models.append(model)
    agreement = agree(models[0], tmp_path / "0", models[1], tmp_path / "1")
    assert list(judged(agreement, models[1]).values()) == [boxes_say, classes_say]
