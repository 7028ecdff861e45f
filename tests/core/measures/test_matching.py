"""Matching against pycocotools: per detection on random and adversarial boxes, in sums on the reference sets."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from readiness.measures import matching

boxes = st.tuples(*[st.integers(0, 6)] * 2, *[st.integers(1, 6)] * 2)
detection = st.tuples(boxes, st.sampled_from([0.1, 0.5, 0.5, 0.9]), st.integers(0, 1), st.integers(0, 1))
thing = st.tuples(boxes, st.booleans(), st.integers(0, 1), st.integers(0, 1))


def oracle(detections: list[Any], objects: list[Any], overlap: float) -> tuple[np.ndarray, np.ndarray]:
    """Let pycocotools match one IoU: for each detection the object's index or -1, and whether it is ignored."""
    truth, answers = COCO(), None
    with contextlib.redirect_stdout(io.StringIO()):
        truth.dataset = {
            "images": [{"id": 1}, {"id": 2}],
            "categories": [{"id": 1}, {"id": 2}],
            "annotations": [
                {
                    "id": i + 1,
                    "image_id": image + 1,
                    "category_id": row + 1,
                    "bbox": list(map(float, box)),
                    "area": float(box[2] * box[3]),
                    "iscrowd": int(crowd),
                }
                for i, (box, crowd, image, row) in enumerate(objects)
            ],
        }
        truth.createIndex()
        answers = truth.loadRes(
            [
                {"image_id": image + 1, "category_id": row + 1, "bbox": list(map(float, box)), "score": score}
                for box, score, image, row in detections
            ]
        )
        judged = COCOeval(truth, answers, "bbox")
        judged.params.iouThrs = np.array([overlap])
        judged.params.areaRng = [[0, 1e10]]
        judged.evaluate()
    matched = np.full(len(detections), -1)
    ignored = np.zeros(len(detections), dtype=bool)
    for one in judged.evalImgs:
        if one is None:
            continue
        for place, name in enumerate(one["dtIds"]):
            ignored[name - 1] = bool(one["dtIgnore"][0, place])
            if not ignored[name - 1]:
                matched[name - 1] = int(one["dtMatches"][0, place]) - 1
    return matched, ignored


def ours(detections: list[Any], objects: list[Any], overlap: float) -> matching.Matched:
    return matching.match(*laid(detections, objects), overlap)


def laid(detections: list[Any], objects: list[Any]) -> tuple[matching.Found, matching.Truth]:
    found = matching.Found(
        boxes=np.array([d[0] for d in detections], dtype=float).reshape(-1, 4),
        scores=np.array([d[1] for d in detections], dtype=float),
        groups=np.array([d[2] * 2 + d[3] for d in detections], dtype=np.intp),
    )
    truth = matching.Truth(
        boxes=np.array([o[0] for o in objects], dtype=float).reshape(-1, 4),
        groups=np.array([o[2] * 2 + o[3] for o in objects], dtype=np.intp),
        crowd=np.array([o[1] for o in objects], dtype=bool),
    )
    return found, truth


@settings(max_examples=150, deadline=None)
@given(
    st.lists(detection, min_size=1, max_size=12), st.lists(thing, max_size=8), st.sampled_from([0.1, 0.5, 0.75, 1.0])
)
def test_every_detection_is_matched_as_by_pycocotools(detections: list[Any], objects: list[Any], overlap: float):
    matched, ignored = oracle(detections, objects, overlap)
    answer = ours(detections, objects, overlap)
    assert answer.objects.tolist() == matched.tolist()
    assert answer.ignored.tolist() == ignored.tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(detection, max_size=12), st.lists(thing, max_size=8))
def test_all_overlaps_at_once_are_each_alone(detections: list[Any], objects: list[Any]):
    found, truth = laid(detections, objects)
    overlaps = np.array([0.1, 0.5, 0.75, 1.0])
    every = matching.assign_each(matching.near(found, truth, 0.1), found.scores, truth.crowd, overlaps)
    for level, overlap in enumerate(overlaps.tolist()):
        alone = matching.match(found, truth, overlap)
        assert every.objects[level].tolist() == alone.objects.tolist()
        assert every.ignored[level].tolist() == alone.ignored.tolist()


def test_a_long_chain_of_second_choices():
    """Each answer likes best what a better one takes, down the whole row."""
    many = 300
    x = np.arange(many, dtype=float)
    truth = matching.Truth(np.stack([x * 4, x * 0, x * 0 + 6, x * 0 + 2], 1), np.zeros(many, np.intp), x < 0)
    found = matching.Found(truth.boxes + np.array([2.2, 0, 0, 0]), 1 - x / many, np.zeros(many, np.intp))
    answer = matching.match(found, truth, 0.1)
    free, wanted = set(range(many)), []
    pairs = matching.near(found, truth, 0.1)
    for one in range(many):
        mine = [(o, t) for f, t, o in zip(*map(list, pairs), strict=True) if f == one and t in free]
        wanted.append(max(mine)[1] if mine else -1)
        free.discard(wanted[-1])
    assert answer.objects.tolist() == wanted


def test_blocks_give_the_same_as_one_piece(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(3)
    found = matching.Found(rng.uniform(0, 50, (400, 4)), rng.uniform(size=400), rng.integers(0, 3, 400))
    truth = matching.Truth(rng.uniform(0, 50, (90, 4)), rng.integers(0, 3, 90), rng.uniform(size=90) < 0.1)
    whole = matching.match(found, truth, 0.3)
    monkeypatch.setattr(matching, "_BLOCK", 64)
    parts = matching.match(found, truth, 0.3)
    assert (whole.objects >= 0).sum() > 20
    assert parts.objects.tolist() == whole.objects.tolist()


def test_touching_counts_taken_objects_and_leaves_crowds_out():
    found = matching.Found(np.array([[0.0, 0, 4, 4], [20, 20, 4, 4]]), np.array([0.9, 0.8]), np.array([0, 0]))
    truth = matching.Truth(np.array([[0.0, 0, 4, 4], [20, 20, 4, 4]]), np.array([0, 0]), np.array([False, True]))
    assert matching.touching(found, truth, 0.5).tolist() == [True, False]


def test_nothing_against_nothing():
    empty = np.zeros((0, 4))
    none = np.zeros(0, dtype=np.intp)
    answer = matching.match(
        matching.Found(empty, np.zeros(0), none), matching.Truth(empty, none, np.zeros(0, dtype=bool)), 0.5
    )
    assert answer.objects.size == 0


SETS = [
    ("coco_mini_cc/gt.json", "coco_mini_cc/pred_fastestdet_onnx.json", (180, 692, 359)),
    ("coco_mini_cc/gt.json", "coco_mini_cc/pred_ssd_mobilenet_v1_quant_tflite.json", (139, 305, 400)),
    ("coco_mini_cc/gt.json", "coco_mini_cc/pred_yolox_nano_dynamic_range_tflite.json", (170, 81, 369)),
    ("coco_mini_cc/gt.json", "coco_mini_cc/pred_yolox_nano_float16_tflite.json", (172, 80, 367)),
    ("coco_mini_cc/gt.json", "coco_mini_cc/pred_yolox_nano_int8_tflite.json", (55, 483, 484)),
    ("coco_mini_cc/gt.json", "coco_mini_cc/pred_yolox_nano_onnx.json", (171, 80, 368)),
    ("robot_home/gt_coco.json", "robot_home/dt_coco.json", (231, 166, 455)),
]


@pytest.mark.parametrize(("truth", "predictions", "want"), SETS, ids=[one[1] for one in SETS])
def test_counts_of_the_reference_sets(
    shared_data: Path, truth: str, predictions: str, want: tuple[int, int, int]
) -> None:
    """The counts stand in reference.json beside the sets: score 0.3 or more, IoU 0.5, matched by COCOeval."""
    labels = json.loads((shared_data / "eval" / truth).read_text())
    answers = [p for p in json.loads((shared_data / "eval" / predictions).read_text()) if p["score"] >= 0.3]
    names = [*labels["annotations"], *answers]
    groups = {key: i for i, key in enumerate(sorted({(a["image_id"], a["category_id"]) for a in names}))}

    def of(rows: list[dict[str, Any]]) -> np.ndarray:
        return np.array([groups[a["image_id"], a["category_id"]] for a in rows], dtype=np.intp)

    crowd = np.array([bool(a.get("iscrowd")) for a in labels["annotations"]])
    answer = matching.match(
        matching.Found(np.array([a["bbox"] for a in answers]), np.array([a["score"] for a in answers]), of(answers)),
        matching.Truth(
            np.array([a["bbox"] for a in labels["annotations"]], dtype=float), of(labels["annotations"]), crowd
        ),
        0.5,
    )
    hits = int((answer.objects >= 0).sum())
    assert (hits, len(answers) - hits - int(answer.ignored.sum()), int((~crowd).sum()) - hits) == want
