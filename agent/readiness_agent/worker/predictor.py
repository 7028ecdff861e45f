"""Runs a model over images in a worker and writes its answers: COCO results, a CSV of classes, or index masks."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image as Picture

from readiness.evidence.benchmark import Placement
from readiness.evidence.model import Model
from readiness.measures.corruptions import corrupt
from readiness.measures.decode import BadImage, pixels
from readiness_agent.answers import Answer, Boxes, Mask, Scores
from readiness_agent.inference.session import Inference, open_called, open_inference
from readiness_agent.runtimes import CallFailed, Unrunnable, is_url
from readiness_agent.worker.jobs import Describe, Described, Image, Load, Predict, Predicted

Report = Callable[[int, int], None]
Answered = Iterator[tuple[Image, Answer]]


def load(what: Load) -> tuple[Inference, Model]:
    """Open what a job names, a file or an endpoint; raises Unrunnable."""
    if is_url(what.path):
        return open_called(
            what.path, what.card, timeout_s=what.timeout_s, retries=what.retries, header_file=what.header_file
        )
    return open_inference(
        Path(what.path), what.card, threads=what.threads, provider=what.provider, runtime=what.runtime
    )


def describe(job: Describe) -> Described:
    """Load the model and run it on a blank input, so that what only fails when run fails here, and see who ran it."""
    inference, model = load(job.load)
    width, height = model.card.input.size
    blank = np.zeros((height, width, 3), dtype=np.uint8)
    inference.answer(blank, 1.0)
    runtime = inference.runtime
    placement = runtime.placement(inference.prepare(blank)[0])
    return Described(
        model=model,
        runtime_version=runtime.version,
        provider=runtime.provider,
        fell_back=runtime.fell_back or _nothing_ran(placement),
        placement=placement,
    )


def _nothing_ran(placement: Placement | None) -> str:
    """Say that a provider which is there was given no operator: what the session says of itself does not show it."""
    if placement is None or placement.on_provider:
        return ""
    return f"{placement.provider} was asked and runs none of the {placement.operators} operators"


def predict(job: Predict, report: Report) -> Predicted:
    """Answer every image that can be read, in order, and write the answers; raises Unrunnable."""
    inference, model = load(job.load)
    unreadable: list[str] = []
    writers = {"detection": _boxes, "classification": _scores, "segmentation": _masks}
    writers[model.card.task](job, model, _answers(job, inference, unreadable, report))
    return Predicted(model=model, images=len(job.images), unreadable=tuple(unreadable))


def _answers(job: Predict, inference: Inference, unreadable: list[str], report: Report) -> Answered:
    for done, image in enumerate(job.images):
        report(done, len(job.images))
        try:
            frame = pixels(Path(image.file).read_bytes())
        except (BadImage, OSError) as error:
            unreadable.append(f"{image.file}: {error}")
            continue
        if (corruption := job.corruption) is not None:
            frame = corrupt(frame, corruption.name, corruption.severity)
        try:
            answer = inference.answer(frame, job.floor)
        except CallFailed as failed:
            unreadable.append(f"{image.file}: {failed}")
            continue
        yield image, answer


def _boxes(job: Predict, model: Model, answered: Answered) -> None:
    """Write a COCO results array; coordinates to 0.01 pixel, scores to 0.00001."""
    results: list[dict[str, Any]] = []
    for image, answer in answered:
        assert isinstance(answer, Boxes)
        for box, score, row in zip(answer.xywh[: job.most], answer.scores, answer.rows, strict=False):
            result = {"image_id": image.id, "category_id": _category(job, model, int(row))}
            results.append(result | {"bbox": [round(float(x), 2) for x in box], "score": round(float(score), 5)})
    Path(job.out).write_text(json.dumps(results), encoding="utf-8")


def _category(job: Predict, model: Model, row: int) -> int:
    if not job.category_ids:
        return row
    if not 0 <= row < len(job.category_ids):
        raise Unrunnable(
            f"{model.name}: it answers class row {row}, category_ids has {len(job.category_ids)}; "
            "give one id per row of the model's head"
        )
    return job.category_ids[row]


def _scores(job: Predict, model: Model, answered: Answered) -> None:
    """Write one line per image: its id, the best class, and every class's score."""
    names = model.card.classes
    with Path(job.out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "prediction", *(f"score_{name}" for name in names)])
        for image, answer in answered:
            assert isinstance(answer, Scores)
            best = int(answer.values.argmax())
            name = names[best] if best < len(names) else f"row {best}"
            writer.writerow([image.id, name, *(f"{score:.6f}" for score in answer.values[: len(names)])])


def _masks(job: Predict, model: Model, answered: Answered) -> None:  # noqa: ARG001 - the writers' signature
    """Write one mask of class rows per image, named after its id where that is a path, else after its file."""
    taken: dict[Path, str] = {}
    for image, answer in answered:
        assert isinstance(answer, Mask)
        place = Path(job.out, _place(image))
        if place in taken:
            raise Unrunnable(f"{image.file} and {taken[place]} would both be '{place.name}'; give paths as ids")
        taken[place] = image.file
        place.parent.mkdir(parents=True, exist_ok=True)
        Picture.fromarray(answer.rows).save(place)


def _place(image: Image) -> PurePosixPath:
    named = PurePosixPath(str(image.id))
    inside = len(named.parts) > 1 and not named.is_absolute() and ".." not in named.parts
    return (named if inside else PurePosixPath(Path(image.file).name)).with_suffix(".png")
