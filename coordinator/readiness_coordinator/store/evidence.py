"""The evidence: canonical bytes by digest, found again by what they are about."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from readiness import canonical
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.dataset import Dataset
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.production import Production
from readiness_coordinator.store.moments import sortable
from readiness_coordinator.store.schema import evidence

Kind = Literal["dataset", "evaluation", "benchmark", "production"]
Record = Dataset | Evaluation | Benchmark | Production

KINDS: dict[str, type[Record]] = {
    "dataset": Dataset,
    "evaluation": Evaluation,
    "benchmark": Benchmark,
    "production": Production,
}


def put(c: sa.Connection, kind: Kind, record: Record, at: str, *, device: str = "") -> str:
    """Keep a record and give its digest; the same record again changes nothing. Raises dossier.BadTime.

    `device` names the device that sent it, where the record itself does not.
    """
    data = canonical.encode(record)
    digest = canonical.digest_bytes(data)
    observed, received = sortable(record.observed_at), sortable(at)
    row = {
        "digest": digest,
        "kind": kind,
        **_subjects(record, device),
        "observed_at": observed,
        "ranked_at": min(observed, received),
        "at": received,
        "record": data,
    }
    c.execute(insert(evidence).values(row).on_conflict_do_nothing())
    return digest


def get(c: sa.Connection, digest: str) -> Record | None:
    """Give a record by its digest."""
    return _first(c, evidence.c.digest == digest)


def latest_dataset(c: sa.Connection, dataset_digest: str) -> Dataset | None:
    """Give the newest scan of a dataset version."""
    record = _first(c, evidence.c.kind == "dataset", evidence.c.dataset == dataset_digest)
    return record if isinstance(record, Dataset) else None


def latest_evaluation(
    c: sa.Connection, model: str, dataset: str | None = None, confidence: float | None = None
) -> Evaluation | None:
    """Give the newest evaluation of a model; None for a dataset or threshold leaves it open."""
    where = [evidence.c.kind == "evaluation", evidence.c.model == model]
    if dataset is not None:
        where.append(evidence.c.dataset == dataset)
    if confidence is not None:
        where.append(evidence.c.confidence == confidence)
    record = _first(c, *where)
    return record if isinstance(record, Evaluation) else None


def models_on(c: sa.Connection, dataset: str, split: str, model: str) -> int:
    """Count the models that were evaluated on a split, `model` among them whether it was or not."""
    on = (evidence.c.kind == "evaluation", evidence.c.dataset == dataset, evidence.c.split == split)
    others = sa.select(sa.func.count(sa.distinct(evidence.c.model))).where(*on, evidence.c.model != model)
    return 1 + int(c.execute(others).scalar_one())


def latest_benchmark(c: sa.Connection, model: str, boards: Sequence[str]) -> Benchmark | None:
    """Give the newest benchmark of a model on one of these boards, else the newest on any."""
    mine = (evidence.c.kind == "benchmark", evidence.c.model == model)
    record = _first(c, *mine, evidence.c.board.in_(boards)) or _first(c, *mine)
    return record if isinstance(record, Benchmark) else None


def counts(c: sa.Connection) -> dict[str, int]:
    """Count the records of each kind."""
    rows = c.execute(sa.select(evidence.c.kind, sa.func.count()).group_by(evidence.c.kind))
    return dict.fromkeys(KINDS, 0) | {row[0]: row[1] for row in rows}


def _first(c: sa.Connection, *where: sa.ColumnElement[bool]) -> Record | None:
    newest = (evidence.c.ranked_at.desc(), evidence.c.at.desc(), evidence.c.digest)
    query = sa.select(evidence.c.kind, evidence.c.record).where(*where).order_by(*newest).limit(1)
    row = c.execute(query).one_or_none()
    return msgspec.json.decode(row.record, type=KINDS[row.kind]) if row else None


def _subjects(record: Record, device: str) -> dict[str, Any]:
    """Give the columns that a record is found by."""
    subjects: dict[str, Any] = {"model": "", "dataset": "", "split": "", "board": "", "device": device}
    match record:
        case Dataset():
            return {**subjects, "dataset": record.digest}
        case Evaluation():
            rates = {"confidence": record.confidence, "iou": record.iou}
            return {**subjects, **rates, "model": record.model, "dataset": record.dataset, "split": record.split}
        case Benchmark():
            return {**subjects, "model": record.model, "board": record.device.board}
        case Production():
            return {**subjects, "model": record.model, "device": record.device}
