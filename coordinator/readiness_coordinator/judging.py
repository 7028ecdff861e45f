"""Predictions on the server to evidence; where they lie is kept, so that another threshold can be asked for."""

import contextlib
import tempfile
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
from readiness_coordinator.evaluate import run_record, simulator
from readiness_coordinator.evaluate.from_files import Evaluated, How, Uses, evaluate_files
from readiness_coordinator.evaluate.simulator import Prepared
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


def judge(model: Model, kept: Kept, how: How, *, at: str, roots: Sequence[Path], uses: Uses | None = None) -> Evaluated:
    """Evaluate kept predictions. What it reads must lie in `roots`, links and all; `uses` as in `evaluate_files`.

    Raises Stop or formats.Unreadable on unusable files, Changed on other content.
    """
    try:
        with door.only(roots):
            return _judged(model, kept, how, at, uses)
    except door.Outside as error:
        raise formats.Unreadable(str(error)) from None


def _judged(model: Model, kept: Kept, how: How, at: str, uses: Uses | None) -> Evaluated:
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
        how._replace(split=kept.split),
        model_digest=model.digest,
        dataset_digest=kept.dataset,
        now=at,
        uses=uses,
    )
    if kept.digest and made.evaluation.predictions != kept.digest:
        raise Changed(f"{kept.predictions} has changed since it was evaluated; evaluate it again")
    return made


def remember(folder: Path, kept: Kept, evaluated: Evaluated) -> None:
    """Note where the predictions of an evaluation lie, and keep what any threshold is answered from."""
    made = evaluated.evaluation
    known = msgspec.structs.replace(kept, digest=made.predictions, split=made.split)
    _write(_place(folder, made), canonical.encode(known))
    if evaluated.prepared is not None:
        _write(_matches(folder, made), simulator.save(evaluated.prepared))


def thresholds(folder: Path, model: Model, newest: Evaluation, how: How, roots: Sequence[Path]) -> Prepared | None:
    """Give what any threshold is answered from: as it was kept, else made anew from kept predictions.

    None where neither can be had, or where there is no threshold, as of masks of classes.
    """
    with contextlib.suppress(OSError, simulator.BadKept):
        data = _matches(folder, newest).read_bytes()
        return simulator.load(data, predictions=newest.predictions, dataset=newest.dataset)
    if (kept := _recall(folder, newest)) is None:
        return None
    try:
        made = judge(model, kept, how, at=newest.observed_at, roots=roots)
    except (Stop, formats.Unreadable, Changed):
        return None
    remember(folder, kept, made)
    return made.prepared


def _write(place: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as half:
        half.write(data)
    Path(half.name).replace(place)


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
        how = How(confidence, iou, policy)
        return judge(model, kept, how, at=newest.observed_at, roots=roots).evaluation
    except (Stop, formats.Unreadable, Changed):
        return None


def _recall(folder: Path, evaluation: Evaluation) -> Kept | None:
    try:
        return msgspec.json.decode(_place(folder, evaluation).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None


def _matches(folder: Path, evaluation: Evaluation) -> Path:
    of = [evaluation.predictions, evaluation.dataset, evaluation.split, evaluation.iou]
    return folder / "matches" / f"{canonical.digest(of).removeprefix('sha256:')}.bin"


def _place(folder: Path, evaluation: Evaluation) -> Path:
    of = [evaluation.predictions, evaluation.dataset, evaluation.split]
    return folder / "predictions" / f"{canonical.digest(of).removeprefix('sha256:')}.json"
