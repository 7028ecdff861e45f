"""COCO results: a JSON list of answers with image id, category id, box and score."""

from pathlib import Path

import msgspec
import numpy as np

from readiness import canonical
from readiness.exits import Stop
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.formats import Labelled
from readiness_coordinator.reports import BROKEN_JSON


class _Result(msgspec.Struct):
    image_id: int | str
    category_id: int
    bbox: tuple[float, float, float, float]
    score: float


def read(path: Path, data: bytes, labelled: Labelled) -> Columns:
    try:
        results = msgspec.json.decode(data, type=list[_Result])
    except BROKEN_JSON as error:
        wanted = "a JSON list of {image_id, category_id, bbox, score}"
        raise Stop(f"{path}: not COCO results ({error}); expected {wanted}") from None
    row_of = {name: row for row, name in enumerate(labelled.category_ids)}
    return Columns(
        images=[str(result.image_id) for result in results],
        rows=np.array([row_of.get(result.category_id, -1) for result in results], dtype=np.intp),
        boxes=np.array([result.bbox for result in results], dtype=np.float64).reshape(-1, 4),
        scores=np.array([result.score for result in results], dtype=np.float64),
        digest=canonical.digest_bytes(data),
    )
