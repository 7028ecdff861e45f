"""The tables; `migrations/` brings a file to them, and a test holds both to be the same."""

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


# How far each spool stream has come: `high` is the highest seq seen, `gaps` what is missing below it.
streams: Final = sa.Table(
    "streams",
    METADATA,
    _key("workspace"),
    _key("device"),
    _key("epoch"),
    _key("stream"),
    sa.Column("high", sa.Integer, nullable=False),
    _text("updated_at"),
)

# One missing range; `lost_because` is empty while it may still come, else the device's reason why it never will.
gaps: Final = sa.Table(
    "gaps",
    METADATA,
    _key("workspace"),
    _key("device"),
    _key("epoch"),
    _key("stream"),
    sa.Column("first", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
    _text("lost_because"),
    sa.ForeignKeyConstraint(
        ["workspace", "device", "epoch", "stream"],
        ["streams.workspace", "streams.device", "streams.epoch", "streams.stream"],
    ),
)

messages: Final = sa.Table(
    "messages",
    METADATA,
    _key("workspace"),
    _key("device"),
    _key("epoch"),
    _key("stream"),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("id"),
    _text("schema"),
    _text("ts"),
    sa.Column("mono_ms", sa.Integer, nullable=False),
    sa.Column("clock_synced", sa.Boolean),
    sa.Column("historical", sa.Boolean, nullable=False),
    _text("received_at"),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(
        ["workspace", "device", "epoch", "stream"],
        ["streams.workspace", "streams.device", "streams.epoch", "streams.stream"],
    ),
    sa.Index("ix_messages_by_time", "workspace", "device", "stream", "kind", "received_at"),
)

# A message is refused once for one reason: `digest` is over topic, reason and payload.
refused: Final = sa.Table(
    "refused",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    _text("at"),
    _text("topic"),
    _text("reason"),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

devices: Final = sa.Table(
    "devices",
    METADATA,
    _key("workspace"),
    _key("device"),
    _text("status"),
    _text("status_at"),
    _text("last_seen"),
    _text("board"),
    _text("fingerprint"),
    sa.Column("presence", sa.LargeBinary),
    sa.Column("birth", sa.LargeBinary),
)

versions: Final = sa.Table(
    "dataset_versions",
    METADATA,
    _key("project"),
    _key("dataset"),
    _key("version"),
    sa.Column("digest", sa.Text, nullable=False, index=True),
    _text("task"),
    _text("source"),
    _text("at"),
)

models: Final = sa.Table(
    "models",
    METADATA,
    _key("digest"),
    sa.Column("model_id", sa.Text, nullable=False, unique=True),
    _text("project"),
    sa.Column("train_id", sa.Text, nullable=False, index=True),
    sa.Column("version_digest", sa.Text),
    _text("source"),
    _text("at"),
    sa.Column("record", sa.LargeBinary, nullable=False),
)

# Evidence by the digest of its canonical bytes; `ranked_at` is the earlier of observed and received,
# so that a device whose clock runs ahead cannot stay the newest for ever.
evidence: Final = sa.Table(
    "evidence",
    METADATA,
    _key("digest"),
    _text("kind"),
    _text("model"),
    _text("dataset"),
    _text("split"),
    sa.Column("confidence", sa.Float),
    sa.Column("iou", sa.Float),
    _text("board"),
    _text("device"),
    _text("observed_at"),
    _text("ranked_at"),
    _text("at"),
    sa.Column("record", sa.LargeBinary, nullable=False),
    sa.Index("ix_evidence_of_model", "kind", "model", "ranked_at"),
    sa.Index("ix_evidence_of_dataset", "kind", "dataset", "ranked_at"),
)

# The order of logging is the order of `number`; triggers refuse every change and deletion.
decisions: Final = sa.Table(
    "decisions",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("decision_id", sa.Text, nullable=False, unique=True),
    _text("asked_at"),
    _text("model"),
    _text("target"),
    _text("state"),
    _text("evidence_hash"),
    sa.Column("decision", sa.LargeBinary, nullable=False),
    sa.Column("dossier", sa.LargeBinary, nullable=False),
    sa.Index("ix_decisions_of_model", "model", "target", "number"),
)
