"""Predictions on the server to evidence; where they lie is kept, so that another threshold can be asked for."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from readiness import canonical
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.exits import Stop
from readiness.policy import Policy
from readiness_coordinator import formats
from readiness_coordinator.evaluate import model as evaluated_model
from readiness_coordinator.evaluate import run_record
from readiness_coordinator.evaluate.from_files import evaluate_files
from readiness_coordinator.formats import door
from readiness_coordinator.store import evidence
from readiness_coordinator.store.database import Store


class Changed(Exception):
    """Files are no longer what their evidence says; the message is one line that says what to do."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Where the predictions of a model and the truth behind them lie, and which contents they had."""

    predictions: str
    truth: str
    split: str | None
    dataset: str
    digest: str = ""


def judge(
    model: Model, kept: Kept, *, confidence: float, iou: float, policy: Policy, at: str, roots: Sequence[Path]
) -> Evaluation:
    """Evaluate kept predictions. What it reads must lie in `roots`, links and all.

    Raises Stop or formats.Unreadable on unusable files, Changed on other content.
    """
    try:
        with door.only(roots):
            return _judged(model, kept, confidence=confidence, iou=iou, policy=policy, at=at)
    except door.Outside as error:
        raise formats.Unreadable(str(error)) from None


def _judged(model: Model, kept: Kept, *, confidence: float, iou: float, policy: Policy, at: str) -> Evaluation:
    labelled = formats.open_dataset(Path(kept.truth))
    if formats.digest(labelled) != kept.dataset:
        raise Changed(f"{kept.truth} has changed since it was scanned; scan it as a new version")
    path = Path(kept.predictions)
    record = run_record.read(path)
    evaluated_model.known(record.model, model.digest, None)
    made = evaluate_files(
        path,
        record,
        labelled,
        model_digest=model.digest,
        dataset_digest=kept.dataset,
        split=kept.split,
        confidence=confidence,
        iou=iou,
        policy=policy,
        now=at,
    )
    if kept.digest and made.predictions != kept.digest:
        raise Changed(f"{kept.predictions} has changed since it was evaluated; evaluate it again")
    return made


def remember(folder: Path, kept: Kept, evaluation: Evaluation) -> None:
    """Note where the predictions of an evaluation lie, whole or not at all."""
    place = _place(folder, evaluation)
    place.parent.mkdir(parents=True, exist_ok=True)
    known = msgspec.structs.replace(kept, digest=evaluation.predictions, split=evaluation.split)
    half = place.with_suffix(".part")
    half.write_bytes(canonical.encode(known))
    half.replace(place)


def at_threshold(
    store: Store,
    folder: Path,
    model: Model,
    newest: Evaluation,
    *,
    confidence: float | None,
    iou: float | None,
    policy: Policy,
    roots: Sequence[Path],
) -> Evaluation | None:
    """Give an evaluation like `newest` at another threshold: one that was made, else one made from kept predictions.

    It is as old as `newest`: the same answers, counted otherwise. It is not stored: only who decides may do that.
    None when it cannot be had; a decision then says what is missing. Raises nothing that the files cause.
    """
    confidence = newest.confidence if confidence is None else confidence
    iou = newest.iou if iou is None else iou
    with store.read() as c:
        known = evidence.latest_evaluation(c, model.digest, newest.dataset, confidence)
    for made in (newest, known):
        if made is not None and (made.confidence, made.iou, made.predictions) == (confidence, iou, newest.predictions):
            return made
    if (kept := _recall(folder, newest)) is None:
        return None
    try:
        return judge(model, kept, confidence=confidence, iou=iou, policy=policy, at=newest.observed_at, roots=roots)
    except (Stop, formats.Unreadable, Changed):
        return None


def _recall(folder: Path, evaluation: Evaluation) -> Kept | None:
    try:
        return msgspec.json.decode(_place(folder, evaluation).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None


def _place(folder: Path, evaluation: Evaluation) -> Path:
    of = [evaluation.predictions, evaluation.dataset, evaluation.split]
    return folder / "predictions" / f"{canonical.digest(of).removeprefix('sha256:')}.json"
