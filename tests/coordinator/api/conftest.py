"""A small COCO dataset on disk under the allowed root, and predictions for its test split."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from readiness_coordinator.settings import Settings

PER_SPLIT = 12


class Lying:
    """Files under the allowed root: `dataset` with splits train and test, `predictions` for test.

    Every image holds a bolt, answered with score 0.9, and a nut, answered with score 0.45.
    """

    def __init__(self, root: Path) -> None:
        self.dataset, self.predictions = root / "parts", root / "predictions.json"
        results: list[dict[str, Any]] = []
        for split, first in (("train", 0), ("test", PER_SPLIT)):
            self._write(split, range(first, first + PER_SPLIT))
        for image in range(PER_SPLIT, 2 * PER_SPLIT):
            results += [
                {"image_id": image, "category_id": 1, "bbox": [4, 5, 20, 20], "score": 0.9},
                {"image_id": image, "category_id": 2, "bbox": [40, 30, 18, 16], "score": 0.45},
            ]
        self.predictions.write_text(json.dumps(results))

    def _write(self, split: str, numbers: range) -> None:
        images, boxes = [], []
        (self.dataset / split).mkdir(parents=True)
        for number in numbers:
            pixels = np.random.default_rng(number).integers(0, 255, (64, 80, 3), dtype=np.uint8)
            cv2.imwrite(str(self.dataset / split / f"{number}.png"), pixels)
            images.append({"id": number, "file_name": f"{number}.png", "width": 80, "height": 64})
            for category, box in ((1, [4, 5, 20, 20]), (2, [40, 30, 18, 16])):
                area = box[2] * box[3]
                boxes.append({"id": len(boxes) + 1, "image_id": number, "category_id": category, "bbox": box})
                boxes[-1] |= {"area": area, "iscrowd": 0}
        said = {"images": images, "annotations": boxes}
        said["categories"] = [{"id": 1, "name": "bolt"}, {"id": 2, "name": "nut"}]
        (self.dataset / "annotations").mkdir(exist_ok=True)
        (self.dataset / "annotations" / f"instances_{split}.json").write_text(json.dumps(said))


@pytest.fixture
def lying(settings: Settings) -> Lying:
    return Lying(settings.roots[0])
