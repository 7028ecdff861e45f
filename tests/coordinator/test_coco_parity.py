"""Boxes and masks against pycocotools, from files to figures: all twelve, each class, each match, to 1e-9."""

import contextlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from readiness.exits import Stop
from readiness_coordinator import formats
from readiness_coordinator.evaluate import (
    ap_bounds,
    coco_metrics,
    ground_truth,
    judged_shape,
    outcomes,
    prediction_files,
    predictions,
)
from readiness_coordinator.evaluate.coco_metrics import CocoMetrics
from readiness_coordinator.evaluate.judged_shape import Shape, Shaped
from readiness_coordinator.formats import Labelled

TIGHT = 1e-9
COUNTED = 1e10  # pycocotools leaves larger objects out of every figure
CLOSE = 1e-5  # the resampled figures are of single precision
NAMES = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large")
RECALLS = ("ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large")


class Ours(NamedTuple):
    labelled: Labelled
    shaped: Shaped
    figures: CocoMetrics


def ours(truth: Path, said: Path, shape: Shape | None = None) -> Ours:
    labelled = formats.open_dataset(truth)
    placed = predictions.place(prediction_files.read(said, labelled), labelled, "all")
    shaped = judged_shape.settle("detection", ground_truth.of(placed.pictures, labelled), placed, shape)
    return Ours(labelled, shaped, coco_metrics.measure(shaped.truth, shaped.predictions, labelled.classes))


def theirs(truth: dict[str, Any], said: list[dict[str, Any]], shape: Shape) -> COCOeval:
    """Let pycocotools evaluate; masks as run lengths, with a box beside them where the file has one."""
    table = COCO()
    with contextlib.redirect_stdout(io.StringIO()):
        table.dataset = truth
        table.createIndex()
        sizes = {image["id"]: (image["height"], image["width"]) for image in truth["images"]}
        kept = [
            {name: one[name] for name in ("image_id", "category_id", "score")}
            | ({"bbox": one["bbox"]} if "bbox" in one else {})
            | ({"segmentation": runs(one, *sizes[one["image_id"]])} if shape == "mask" else {})
            for one in said
        ]
        judged = COCOeval(table, table.loadRes(kept), "bbox" if shape == "box" else "segm")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return judged


def runs(one: dict[str, Any], height: int, width: int) -> dict[str, Any]:
    """Give a mask in the only form that pycocotools takes without a box beside it."""
    said = one["segmentation"]
    if isinstance(said, list):
        return mask.merge(mask.frPyObjects(said, height, width))
    return mask.frPyObjects(said, height, width) if isinstance(said["counts"], list) else said


def _mean(values: np.ndarray) -> float | None:
    there = values[values > -1]
    return float(there.mean()) if there.size else None


def same_figures(one: Ours, judged: COCOeval) -> None:
    for name, value in zip((*NAMES, *RECALLS), judged.stats.tolist(), strict=True):
        mine = one.figures.metrics[name]
        assert (-1.0 if mine is None else mine) == pytest.approx(value, abs=TIGHT), name
    precision, recall = judged.eval["precision"], judged.eval["recall"]
    ids = judged.params.catIds
    for row, identity in enumerate(one.labelled.category_ids):
        at = ids.index(identity)
        wanted = (
            _mean(precision[:, :, at, 0, 2]),
            _mean(precision[0, :, at, 0, 2]),
            _mean(precision[5, :, at, 0, 2]),
            _mean(recall[:, at, 0, 2]),
        )
        figures = one.figures
        mine = (figures.ap[row], figures.ap50[row], figures.ap75[row], figures.ar100[row])
        assert mine == pytest.approx(wanted, abs=TIGHT), one.labelled.classes[row]


def same_matches(one: Ours, said: Sequence[dict[str, Any]], judged: COCOeval) -> None:
    """Hold our matches at IoU 0.5 against COCOeval's, answer by answer, those beyond its 100 aside."""
    truth, placed = one.shaped.truth, one.shaped.predictions
    matched = outcomes.matches("detection", truth, placed, 0.5, outcomes.close("detection", truth, placed, 0.5))
    known = set(one.labelled.category_ids)
    place = {at: i for i, at in enumerate(at for at, answer in enumerate(said) if answer["category_id"] in known)}
    things = [thing.id for picture in placed.pictures for thing in picture.annotations]
    for cell in judged.evalImgs[: len(judged.params.catIds) * len(judged.params.imgIds) * 4]:
        if cell is None or cell["aRng"] != judged.params.areaRng[0]:
            continue
        for at, answer in enumerate(cell["dtIds"]):
            mine, to = place[answer - 1], int(cell["dtMatches"][0, at])
            if to and not cell["dtIgnore"][0, at]:
                assert things[matched.objects[mine]] == str(to)
            else:
                assert matched.objects[mine] == -1
            assert bool(matched.ignored[mine]) == bool(to and cell["dtIgnore"][0, at])


PAIRS: list[tuple[str, str, Shape | None]] = [
    *(
        ("coco_mini_cc/gt.json", f"coco_mini_cc/pred_{model}.json", None)
        for model in (
            "fastestdet_onnx",
            "ssd_mobilenet_v1_quant_tflite",
            "yolox_nano_dynamic_range_tflite",
            "yolox_nano_float16_tflite",
            "yolox_nano_int8_tflite",
            "yolox_nano_onnx",
        )
    ),
    ("robot_home/gt_coco.json", "robot_home/dt_coco.json", None),
    *(
        ("robot_home/gt_coco_common.json", f"robot_home/pred_{model}.json", None)
        for model in ("fastestdet_onnx", "ssd_mobilenet_v1_quant_tflite", "yolox_nano_onnx")
    ),
    (
        "pairs/cocoapi/instances_val2014_100.json",
        "pairs/cocoapi/instances_val2014_fakebbox100_results.json",
        None,
    ),
    (
        "pairs/cocoapi/instances_val2014_100.json",
        "pairs/cocoapi/instances_val2014_fakesegm100_results.json",
        None,
    ),
    ("pairs/faster_coco_eval/gt_dataset.json", "pairs/faster_coco_eval/dt_dataset.json", None),
    ("pairs/faster_coco_eval/gt_dataset.json", "pairs/faster_coco_eval/dt_dataset.json", "box"),
    ("pairs/sahi/dataset.json", "pairs/sahi/result.json", "box"),
    ("pairs/hotcoco/gt.json", "pairs/hotcoco/dt.json", None),
    ("pairs/hotcoco/edge_gt.json", "pairs/hotcoco/edge_dt.json", None),
]


@pytest.mark.parametrize(("truth", "said", "shape"), PAIRS, ids=[f"{said}-{shape}" for _, said, shape in PAIRS])
def test_every_pair_as_pycocotools(shared_data: Path, truth: str, said: str, shape: Shape | None) -> None:
    folder = shared_data / "eval"
    one = ours(folder / truth, folder / said, shape)
    answers = json.loads((folder / said).read_text())
    judged = theirs(json.loads((folder / truth).read_text()), answers, one.shaped.shape)
    same_figures(one, judged)


def test_an_object_of_id_0_can_be_matched(shared_data: Path) -> None:
    """pycocotools notes a match by the object's id and reads 0 as none; with ids from 1 it says what we say."""
    folder = shared_data / "eval/pairs/hotcoco"
    one = ours(folder / "zero_gt.json", folder / "zero_dt.json")
    truth, said = (json.loads((folder / name).read_text()) for name in ("zero_gt.json", "zero_dt.json"))
    assert theirs(truth, said, "box").stats[0] == pytest.approx(0.442244, abs=1e-6)
    for thing in truth["annotations"]:
        thing["id"] += 1
    same_figures(one, theirs(truth, said, "box"))


def test_ids_that_are_numbers_here_and_texts_there_are_the_same(shared_data: Path) -> None:
    """pycocotools refuses this pair, for the truth says "2299" and the answers 2299."""
    folder = shared_data / "eval/pairs/faster_coco_eval"
    one = ours(folder / "gt_ignore_test.json", folder / "dt_ignore_test.json")
    truth, said = (json.loads((folder / f"{name}_ignore_test.json").read_text()) for name in ("gt", "dt"))
    for entry in (*truth["annotations"], *said):
        entry["image_id"] = int(entry["image_id"])
    for image in truth["images"]:
        image["id"] = int(image["id"])
    for thing in truth["annotations"]:
        thing.pop("ignore", None)
    same_figures(one, theirs(truth, said, "box"))


def test_a_bad_truth_is_told_of(shared_data: Path) -> None:
    labelled = formats.open_dataset(shared_data / "eval/pairs/hotcoco/healthcheck_bad.json")
    told = " ".join(f"{fault.where} {fault.what}" for fault in labelled.faults)
    for wrong in ("image 999 is not listed", "category 999 is not listed", "this id was given before"):
        assert wrong in told


def test_answers_of_other_sizes_than_their_image_are_refused(tmp_path: Path) -> None:
    truth, said = case(0)
    said[0]["segmentation"] = {"size": [3, 3], "counts": [0, 9]}
    (tmp_path / "gt.json").write_text(json.dumps(truth))
    (tmp_path / "dt.json").write_text(json.dumps(said))
    with pytest.raises(Stop, match=r"is of size \[3, 3\], its image is 400 high and 400 wide"):
        ours(tmp_path / "gt.json", tmp_path / "dt.json")
    said[0]["segmentation"] = [[0.0, 0.0, 1e9, 0.0, 1e9, 1e9]]
    (tmp_path / "dt.json").write_text(json.dumps(said))
    with pytest.raises(Stop, match="polygon"):
        ours(tmp_path / "gt.json", tmp_path / "dt.json")


def test_masks_asked_for_and_not_there_are_refused(shared_data: Path) -> None:
    folder = shared_data / "eval/pairs/hotcoco"
    with pytest.raises(Stop, match="the predictions have no segmentation"):
        ours(folder / "gt.json", folder / "dt.json", "mask")


def test_what_the_figures_leave_out_stands_beside(tmp_path: Path) -> None:
    truth, said = case(2)
    (tmp_path / "gt.json").write_text(json.dumps(truth))
    lone = truth["categories"][0]["id"]
    only = [one for one in truth["annotations"] if one["category_id"] == lone]
    truth["annotations"] = [{**one, "iscrowd": 0} for one in only]
    truth["categories"].append({"id": 77, "name": "absent"})
    image = only[0]["image_id"]
    said = [{"image_id": image, "category_id": lone, "bbox": only[0]["bbox"], "score": 0.5}] * 103
    said += [{"image_id": image, "category_id": 77, "bbox": [0.0, 0.0, 9.0, 9.0], "score": 0.9}]
    (tmp_path / "gt.json").write_text(json.dumps(truth))
    (tmp_path / "dt.json").write_text(json.dumps(said))
    figures = ours(tmp_path / "gt.json", tmp_path / "dt.json").figures
    assert figures.caveats == ("AP leaves out answers beyond the first 100 of a class and image: 3",)
    assert figures.metrics["ap_absent_zero"] == pytest.approx((figures.metrics["ap"] or 0) / 2)


def test_the_published_masks_are_judged_as_masks(shared_data: Path) -> None:
    folder = shared_data / "eval/pairs/cocoapi"
    one = ours(folder / "instances_val2014_100.json", folder / "instances_val2014_fakesegm100_results.json")
    assert one.shaped.shape == "mask"
    assert one.figures.metrics["ap"] == pytest.approx(0.319545, abs=1e-6)
    assert one.shaped.truth.unboxed == 0


def case(seed: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Draw a truth and answers that are awkward in several ways at once."""
    rng = np.random.default_rng(seed)
    images, classes = int(rng.integers(1, 7)), int(rng.integers(1, 5))
    names: list[Any] = rng.permutation(np.arange(0, 40 * images, 17))[:images].tolist()
    if seed % 5 == 1:
        names = [f"img-{name}" for name in names]
    ids = (rng.permutation(30)[:classes] + 1).tolist()
    side, unit = (64, 4) if seed % 3 else (400, 1)
    scale = 1e4 if seed % 11 == 3 else 1.0
    grain = 1.0 if seed % 2 else 0.1
    masks = seed % 4 == 0
    if masks:
        scale, grain = 1.0, 1.0

    def box() -> list[float]:
        x, y, w, h = (int(v) * unit for v in rng.integers(0, side // unit // 2, 4))
        w, h = (max(w, unit), max(h, unit)) if masks or rng.uniform() > 0.03 else (w, 0)
        return [float(round(v * grain * scale, 3)) for v in (x, y, w, h)]

    things = []
    for i in range(int(rng.integers(1, 25))):
        drawn = box()
        things.append(
            {
                "id": i + 1,
                "image_id": names[int(rng.integers(0, max(images - 1, 1)))],
                "category_id": ids[int(rng.integers(0, max(classes - 1, 1)))],
                "bbox": drawn,
                "area": drawn[2] * drawn[3],
                "iscrowd": int(rng.uniform() < (1.0 if seed % 23 == 5 else 0.15)),
            }
            | ({"segmentation": _drawn(drawn, side, rng)} if masks else {})
        )
    said = []
    many = 130 if seed % 13 == 2 else int(rng.integers(1, 40))
    for _ in range(many):
        about = things[int(rng.integers(0, len(things)))]
        near = [max(v + float(rng.integers(-1, 2)) * unit * grain * scale, 0.0) for v in about["bbox"]]
        if masks:
            near[2:] = [max(v, 1.0) for v in near[2:]]
        drawn = near if rng.uniform() < 0.7 else box()
        drawn = list(about["bbox"]) if rng.uniform() < 0.1 else drawn
        said.append(
            {
                "image_id": about["image_id"] if rng.uniform() < 0.9 else names[int(rng.integers(0, images))],
                "category_id": about["category_id"] if rng.uniform() < 0.8 else ids[int(rng.integers(0, classes))],
                "bbox": drawn,
                "score": float(rng.choice([0.0, 0.25, 0.5, 0.5, 0.75, 1.0])),
            }
            | ({"segmentation": _drawn(drawn, side, rng)} if masks else {})
        )
    said += [dict(one) for one in said[:3]]
    if seed % 4 == 3:
        said.append({**said[0], "category_id": 99})
    truth = {
        "images": [{"id": n, "file_name": f"{n}.jpg", "width": side, "height": side} for n in names],
        "categories": [{"id": identity, "name": f"class {identity}"} for identity in ids],
        "annotations": things,
    }
    return truth, said


def _drawn(box: list[float], side: int, rng: np.random.Generator) -> Any:
    """Draw a mask: a polygon, two of them, or run lengths."""
    x, y, w, h = box
    ring = [x, y, x + w, y, x + w, y + h, x, y + h]
    kind = int(rng.integers(0, 3))
    if kind == 0:
        return [ring]
    if kind == 1:
        return [ring, [x, y, x + w / 2, y + h, x, y + h]]
    filled = np.zeros((side, side), dtype=np.uint8)
    filled[int(y) : int(y + h), int(x) : int(x + w)] = 1
    flat = filled.T.ravel()
    edges = np.flatnonzero(np.diff(flat, prepend=0, append=-1))
    return {"size": [side, side], "counts": np.diff(edges, prepend=0).tolist()}


@pytest.mark.parametrize("block", range(8))
def test_awkward_cases_as_pycocotools(tmp_path: Path, block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        truth, said = case(seed)
        (tmp_path / "gt.json").write_text(json.dumps(truth))
        (tmp_path / "dt.json").write_text(json.dumps(said))
        shape: Shape = "mask" if seed % 4 == 0 else "box"
        one = ours(tmp_path / "gt.json", tmp_path / "dt.json")
        assert one.shaped.shape == shape
        judged = theirs(truth, said, shape)
        try:
            same_figures(one, judged)
            if max(thing["area"] for thing in truth["annotations"]) < COUNTED:
                same_matches(one, said, judged)
        except AssertionError as error:
            raise AssertionError(f"case {seed}: {error}") from error


def test_the_bounded_value_is_the_same_ap(tmp_path: Path) -> None:
    """What is resampled is what is stated, crowds, ties and the limit of 100 answers included."""
    for seed in (2, 4, 15, 28, 41):
        truth, said = case(seed)
        (tmp_path / "gt.json").write_text(json.dumps(truth))
        (tmp_path / "dt.json").write_text(json.dumps(said))
        one = ours(tmp_path / "gt.json", tmp_path / "dt.json")
        pairs = outcomes.close("detection", one.shaped.truth, one.shaped.predictions, 0.5)
        plain = ap_bounds.unweighted(one.shaped.truth, one.shaped.predictions, len(one.labelled.classes), pairs)
        wanted = [np.nan if ap is None else ap for ap in one.figures.ap]
        assert plain.tolist() == pytest.approx(wanted, abs=CLOSE, nan_ok=True)


def test_order_changes_no_figure(tmp_path: Path) -> None:
    """Neither that of images, with or without objects, nor that of answers of distinct scores."""
    rng = np.random.default_rng(5)
    truth, said = case(7)
    truth["images"].append({"id": 9999, "file_name": "empty.jpg", "width": 64, "height": 64})
    for place, one in enumerate(said):
        one["score"] = (place + 1) / (len(said) + 1)
    figures = []
    for _ in range(4):
        (tmp_path / "gt.json").write_text(json.dumps(truth))
        (tmp_path / "dt.json").write_text(json.dumps(said))
        figures.append(ours(tmp_path / "gt.json", tmp_path / "dt.json").figures.metrics)
        for part in (truth["images"], truth["annotations"], said):
            rng.shuffle(part)
    assert figures[0] == figures[1] == figures[2] == figures[3]


def test_polygons_of_yolo_are_the_masks_of_coco(tmp_path: Path) -> None:
    """One truth in both formats gives the same masks, and with the same answers the same figures."""
    ring = [10.0, 10.0, 50.0, 10.0, 50.0, 40.0, 10.0, 40.0, 6.0, 25.0]
    for folder in ("images/test", "labels/test"):
        (tmp_path / "yolo" / folder).mkdir(parents=True)
    Image.new("RGB", (64, 80)).save(tmp_path / "yolo/images/test/a.png")
    shares = " ".join(str(v / (80 if i % 2 else 64)) for i, v in enumerate(ring))
    (tmp_path / "yolo/labels/test/a.txt").write_text(f"0 {shares}\n")
    (tmp_path / "yolo/data.yaml").write_text("path: .\ntest: images/test\nnames: [bolt]\n")
    image = {"id": 1, "file_name": "a.png", "width": 64, "height": 80}
    thing = {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "segmentation": [ring], "bbox": [6, 10, 44, 30]}
    coco = {"images": [image], "categories": [{"id": 1, "name": "bolt"}], "annotations": [thing]}
    (tmp_path / "gt.json").write_text(json.dumps(coco))
    shifted = [v + 3 for v in ring]
    masks = []
    for truth, name, category in ((tmp_path / "yolo", "a", 0), (tmp_path / "gt.json", 1, 1)):
        said = [{"image_id": name, "category_id": category, "segmentation": [shifted], "score": 0.9}]
        (tmp_path / "dt.json").write_text(json.dumps(said))
        one = ours(truth, tmp_path / "dt.json")
        assert one.shaped.shape == "mask"
        masks.append((one.shaped.truth.outlines, one.shaped.predictions.boxes.tolist(), one.figures.ap))
    assert masks[0] == masks[1]
    assert (masks[0][2][0] or 0) > 0.3
