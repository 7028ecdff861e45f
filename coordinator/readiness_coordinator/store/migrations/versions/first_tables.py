"""The first tables: streams and messages, devices, lineage, evidence, decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEEP = (
    "CREATE TRIGGER decisions_no_{what} BEFORE {what} ON decisions "
    "BEGIN SELECT RAISE(ABORT, 'a logged decision is never changed or deleted'); END"
)


def upgrade() -> None:
    _intake()
    _devices()
    _lineage()
    _evidence()
    _decisions()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def _blob(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _intake() -> None:
    stream = ("workspace", "device", "epoch", "stream")
    owner = [f"streams.{name}" for name in stream]
    op.create_table(
        "streams",
        *_text(*stream),
        _integer("high"),
        *_text("updated_at"),
        sa.PrimaryKeyConstraint(*stream, name="pk_streams"),
    )
    op.create_table(
        "gaps",
        *_text(*stream),
        _integer("first"),
        _integer("last"),
        *_text("lost_because"),
        sa.PrimaryKeyConstraint(*stream, "first", name="pk_gaps"),
        sa.ForeignKeyConstraint(list(stream), owner, name="fk_gaps_streams"),
    )
    op.create_table(
        "messages",
        *_text(*stream),
        _integer("seq"),
        *_text("kind", "id", "schema", "ts"),
        _integer("mono_ms"),
        sa.Column("clock_synced", sa.Boolean()),
        sa.Column("historical", sa.Boolean(), nullable=False),
        *_text("received_at"),
        _blob("data"),
        sa.PrimaryKeyConstraint(*stream, "seq", name="pk_messages"),
        sa.ForeignKeyConstraint(list(stream), owner, name="fk_messages_streams"),
    )
    op.create_index("ix_messages_by_time", "messages", ["workspace", "device", "stream", "kind", "received_at"])
    op.create_table(
        "refused",
        sa.Column("number", sa.Integer(), nullable=False),
        *_text("digest", "at", "topic", "reason"),
        _blob("payload"),
        sa.PrimaryKeyConstraint("number", name="pk_refused"),
        sa.UniqueConstraint("digest", name="uq_refused_digest"),
    )


def _devices() -> None:
    op.create_table(
        "devices",
        *_text("workspace", "device", "status", "status_at", "last_seen", "board", "fingerprint"),
        sa.Column("presence", sa.LargeBinary()),
        sa.Column("birth", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("workspace", "device", name="pk_devices"),
    )


def _lineage() -> None:
    op.create_table(
        "dataset_versions",
        *_text("project", "dataset", "version", "digest", "task", "source", "at"),
        sa.PrimaryKeyConstraint("project", "dataset", "version", name="pk_dataset_versions"),
    )
    op.create_index("ix_dataset_versions_digest", "dataset_versions", ["digest"])
    op.create_table(
        "models",
        *_text("digest", "model_id", "project", "train_id"),
        sa.Column("version_digest", sa.Text()),
        *_text("source", "at"),
        _blob("record"),
        sa.PrimaryKeyConstraint("digest", name="pk_models"),
        sa.UniqueConstraint("model_id", name="uq_models_model_id"),
    )
    op.create_index("ix_models_train_id", "models", ["train_id"])


def _evidence() -> None:
    op.create_table(
        "evidence",
        *_text("digest", "kind", "model", "dataset", "split"),
        sa.Column("confidence", sa.Float()),
        sa.Column("iou", sa.Float()),
        *_text("board", "device", "observed_at", "ranked_at", "at"),
        _blob("record"),
        sa.PrimaryKeyConstraint("digest", name="pk_evidence"),
    )
    op.create_index("ix_evidence_of_model", "evidence", ["kind", "model", "ranked_at"])
    op.create_index("ix_evidence_of_dataset", "evidence", ["kind", "dataset", "ranked_at"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer(), nullable=False),
        *_text("decision_id", "asked_at", "model", "target", "state", "evidence_hash"),
        _blob("decision"),
        _blob("dossier"),
        sa.PrimaryKeyConstraint("number", name="pk_decisions"),
        sa.UniqueConstraint("decision_id", name="uq_decisions_decision_id"),
    )
    op.create_index("ix_decisions_of_model", "decisions", ["model", "target", "number"])
    for what in ("update", "delete"):
        op.execute(_KEEP.format(what=what))
