"""COCO results: a JSON list of answers with image id, category id, score, and a box, a mask or both."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from readiness import canonical
from readiness.exits import Stop
from readiness_coordinator.evaluate.columns import ClassRows, Columns
from readiness_coordinator.formats import Labelled
from readiness_coordinator.reports import BROKEN_JSON


class _Result(msgspec.Struct, gc=False):
    image_id: int | str
    category_id: int
    score: float
    bbox: tuple[float, float, float, float] | None = None
    segmentation: Any = None


_NO_BOX = (0.0, 0.0, 0.0, 0.0)


def read(path: Path, data: bytes, labelled: Labelled) -> Columns:
    try:
        results = msgspec.json.decode(data, type=list[_Result])
    except BROKEN_JSON as error:
        wanted = "a JSON list of {image_id, category_id, bbox or segmentation, score}"
        raise Stop(f"{path}: not COCO results ({error}); expected {wanted}") from None
    classes = ClassRows({str(name): row for row, name in enumerate(labelled.category_ids)})
    row_of = {name: classes[str(name)] for name in dict.fromkeys(result.category_id for result in results)}
    outlines = [result.segmentation for result in results if result.segmentation]
    if outlines and len(outlines) < len(results):
        raise Stop(f"{path}: {len(outlines)} of {len(results)} answers have a segmentation; all need one, or none")
    bare = next((i for i, result in enumerate(results, 1) if result.bbox is None and not result.segmentation), None)
    if bare is not None:
        raise Stop(f"{path}: prediction {bare} (image {results[bare - 1].image_id}) has neither bbox nor segmentation")
    return Columns(
        images=[str(result.image_id) for result in results],
        rows=np.array([row_of[result.category_id] for result in results], dtype=np.intp),
        boxes=np.array([result.bbox or _NO_BOX for result in results], dtype=np.float64).reshape(-1, 4),
        scores=np.array([result.score for result in results], dtype=np.float64),
        digest=canonical.digest_bytes(data),
        unknown=classes.unknown,
        outlines=outlines,
        boxed=all(result.bbox is not None for result in results),
    )
