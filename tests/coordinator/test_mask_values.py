"""Masks of head rows in the dataset's own values: by name, background, and classes that it lacks."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from readiness.exits import Stop
from readiness_coordinator.evaluate import mask_values
from readiness_coordinator.formats.labelled import MaskMeaning
from truths import labelled

PARTS = {"classes": ("bolt", "nut"), "task": "segmentation", "category_ids": (4, 9)}


def test_rows_take_the_values_of_their_names() -> None:
    truth = labelled([], masks=MaskMeaning(by_value={0: 2, 4: 0, 9: 1}), **PARTS)
    matched, values = mask_values.match(("background", "nut", "clip", "bolt"), truth)
    assert matched.rows == (1, None, 0)
    assert values == (0, 9, 1, 4), "clip gets a value that means nothing in the truth"


def test_background_of_a_truth_without_one_means_nothing() -> None:
    truth = labelled([], masks=MaskMeaning(by_value={1: 0, 2: 1}), **PARTS | {"category_ids": (1, 2)})
    assert mask_values.match(("bg", "bolt", "nut"), truth)[1] == (3, 1, 2)


def test_classes_that_do_not_match_and_nameless_colours_stop() -> None:
    truth = labelled([], masks=MaskMeaning(by_value={0: 2, 4: 0, 9: 1}), **PARTS)
    with pytest.raises(Stop, match="do not match"):
        mask_values.match(("background", "nut", "clip"), truth)
    painted = labelled([], masks=MaskMeaning(), **PARTS | {"category_ids": (1 << 20, 9)})
    with pytest.raises(Stop, match="in colours without names"):
        mask_values.match(("bolt", "nut"), painted)


def test_masks_are_written_below_the_same_names(tmp_path: Path) -> None:
    (tmp_path / "rows/test").mkdir(parents=True)
    Image.fromarray(np.array([[0, 1], [2, 2]], dtype=np.uint8)).save(tmp_path / "rows/test/a.png")
    mask_values.write(tmp_path / "rows", tmp_path / "out", (0, 9, 300), "m")
    with Image.open(tmp_path / "out/test/a.png") as image:
        assert np.asarray(image).tolist() == [[0, 9], [300, 300]]
    with pytest.raises(Stop, match="m answers class row 2, its card lists 2 classes"):
        mask_values.write(tmp_path / "rows", tmp_path / "again", (0, 9), "m")
    mask_values.require_empty(tmp_path / "absent")
    with pytest.raises(Stop, match="exists already"):
        mask_values.require_empty(tmp_path / "out")
