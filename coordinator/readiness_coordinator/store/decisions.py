"""The decision log: what was answered and the whole dossier it stood on; added to, never changed."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from readiness_coordinator.store.schema import decisions, models


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One logged decision; `decision` holds its canonical bytes, `evidence_hash` tells whether it is current."""

    decision_id: str
    asked_at: str
    model: str
    target: str
    state: str
    evidence_hash: str
    decision: bytes


class _Head(msgspec.Struct):
    decision_id: str
    asked_at: str
    model: str
    target: str
    state: str
    evidence_hash: str


def log(c: sa.Connection, decision: bytes, dossier: bytes) -> None:
    """Add a decision and its dossier, both as canonical bytes; the same id again changes nothing."""
    head = msgspec.structs.asdict(msgspec.json.decode(decision, type=_Head))
    row = insert(decisions).values(**head, decision=decision, dossier=dossier)
    c.execute(row.on_conflict_do_nothing(index_elements=["decision_id"]))


def get(c: sa.Connection, decision_id: str) -> tuple[bytes, bytes] | None:
    """Give the bytes of a decision and of its dossier."""
    query = sa.select(decisions.c.decision, decisions.c.dossier).where(decisions.c.decision_id == decision_id)
    row = c.execute(query).one_or_none()
    return (row.decision, row.dossier) if row else None


def latest(c: sa.Connection, project: str | None = None) -> list[DecisionRow]:
    """Give the newest decision of each model and target, by model and target; of one project or of all."""
    newest = sa.select(sa.func.max(decisions.c.number)).group_by(decisions.c.model, decisions.c.target)
    query = _SELECT.where(decisions.c.number.in_(newest)).order_by(decisions.c.model, decisions.c.target)
    if project is not None:
        query = query.join(models, models.c.digest == decisions.c.model).where(models.c.project == project)
    return [DecisionRow(**row._asdict()) for row in c.execute(query)]


def history(c: sa.Connection, model: str, target: str) -> list[DecisionRow]:
    """Give every decision of a model for a target, the newest first."""
    query = _SELECT.where(decisions.c.model == model, decisions.c.target == target)
    return [DecisionRow(**row._asdict()) for row in c.execute(query.order_by(decisions.c.number.desc()))]


_SELECT = sa.select(*(decisions.c[name] for name in DecisionRow.__struct_fields__))
