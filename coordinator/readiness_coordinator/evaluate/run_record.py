"""The run record beside predictions: what `readiness predict` says they are of, and whether that still fits."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from readiness.dossier import BadTime, instant
from readiness.evidence.model import Model
from readiness.exits import Stop
from readiness_coordinator.formats import Labelled
from readiness_coordinator.formats.layout import regular_bytes
from readiness_coordinator.reports import BROKEN_JSON


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation needs of a run: `predictions` and `dataset` are digests, `card` the reading it was run by.

    `corruption` is what was done to the images before the model saw them, if anything.
    """

    model: Model | None = None
    images: tuple[int | str, ...] | None = msgspec.field(default=None, name="image_ids")
    card_names: dict[str, str] = {}
    predictions: str = ""
    card: str = ""
    dataset: str = ""
    observed_at: str = ""
    corruption: str = ""


class Bound(NamedTuple):
    """What a run record proves of predictions: `recorded` when it binds them to model, card and dataset version."""

    recorded: bool
    card: str
    observed_at: str
    caveats: tuple[str, ...]


def path_beside(predictions: Path) -> Path:
    return predictions.with_name(predictions.name + ".run.json")


def read(predictions: Path) -> RunRecord:
    """Read the record beside `predictions`; an empty one where there is none. Raises Stop."""
    beside = path_beside(predictions)
    if not beside.is_file():
        return RunRecord()
    try:
        record = msgspec.json.decode(regular_bytes(beside), type=RunRecord)
        if record.observed_at:
            instant(record.observed_at)
    except (OSError, BadTime, *BROKEN_JSON) as error:
        raise Stop(f"{beside}: not the run record of these predictions ({error}); remove it or predict again") from None
    return record


def bind(path: Path, record: RunRecord, predictions: str, labelled: Labelled, dataset: str, now: str) -> Bound:
    """Hold the record against the digests of the predictions at `path` and of their truth. Raises Stop on another one.

    Evidence is as old as the run behind it. Truth without its images has another digest than the dataset that was
    run: it can neither fit nor contradict the record.
    """
    beside = path_beside(path)
    if record.corruption:
        raise Stop(f"{beside}: the images were corrupted ({record.corruption}); evaluate what clean ones were answered")
    if record.predictions and record.predictions != predictions:
        raise Stop(f"{beside}: belongs to other predictions than {path.name} holds now; predict again")
    pictured = any(picture.file.is_file() for picture in labelled.pictures)
    if pictured and record.dataset and record.dataset != dataset:
        raise Stop(f"{beside}: the run was over the dataset {record.dataset}, the truth is {dataset}; predict again")
    recorded = bool(record.model and record.predictions and record.card and record.dataset == dataset)
    observed_at = min(record.observed_at or now, now, key=instant)
    if recorded:
        return Bound(recorded, record.card, observed_at, ())
    lacking = "that the model made these predictions over this dataset is the caller's word: no run record shows it"
    return Bound(recorded, "", observed_at, (lacking,))
