"""A small COCO dataset on disk, clean as it is built, to be bent one fault at a time."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

WIDTH, HEIGHT = 160, 120
CLASSES = ("bolt", "nut")


def picture(seed: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Colour patches with a little grain, as unlike another seed's as two photographs."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 216, (6, 8, 3), dtype=np.uint8)
    fine = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    one, two = (cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) for part in (coarse, fine))
    grain = rng.integers(0, 13, (HEIGHT, WIDTH, 1), dtype=np.uint8)
    return cv2.subtract(cv2.addWeighted(one, 0.7, two, 0.3, 0), np.repeat(grain, 3, axis=2))


class Parts:
    """Splits of pictures, each with four boxes; `save` writes them, `root` is where."""

    def __init__(self, root: Path, **counts: int) -> None:
        self.root = root
        self.said: dict[str, dict[str, list[dict[str, Any]]]] = {}
        seed = 0
        for split, count in counts.items():
            (root / split).mkdir(parents=True)
            self.said[split] = {"images": [], "annotations": []}
            for index in range(count):
                self.add(split, f"{split}{index:03d}.png", picture(seed))
                seed += 1
        self.save()

    def add(self, split: str, name: str, pixels: np.ndarray[Any, Any], **tags: str) -> None:
        cv2.imwrite(str(self.root / split / name), pixels)
        images, boxes = self.said[split]["images"], self.said[split]["annotations"]
        identity = len(images) + 1
        images.append({"id": identity, "file_name": name, "width": WIDTH, "height": HEIGHT, **tags})
        for index in range(4):
            box = [5 + 38 * index, 10 + index, 36, 40]
            boxes.append(
                {"id": len(boxes) + 1, "image_id": identity, "category_id": 1 + index % 2, "bbox": box, "area": 1440}
            )

    def boxes(self, split: str, image: int) -> list[dict[str, Any]]:
        return [one for one in self.said[split]["annotations"] if one["image_id"] == image]

    def save(self) -> Path:
        (self.root / "annotations").mkdir(exist_ok=True)
        categories = [{"id": row, "name": name} for row, name in enumerate(CLASSES, start=1)]
        for split, said in self.said.items():
            text = json.dumps({**said, "categories": categories})
            (self.root / "annotations" / f"{split}.json").write_text(text)
        return self.root
