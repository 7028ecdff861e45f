"""Dataset versions and models: each immutable, and known by the digest of its content."""

from typing import Any

import msgspec
import sqlalchemy as sa

from readiness import canonical
from readiness.evidence.model import Model
from readiness_coordinator.store.schema import models, versions


class Conflict(Exception):
    """A name or digest already stands for something else; the message is one line that says for what."""


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One dataset version."""

    project: str
    dataset: str
    version: str
    digest: str
    task: str
    source: str
    at: str


class KnownModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model; `model_id` is its digest while nobody has given it a name."""

    model_id: str
    project: str
    model: Model
    version_digest: str | None
    source: str
    at: str


def put_version(
    c: sa.Connection, project: str, dataset: str, version: str, digest: str, task: str, source: str, at: str
) -> None:
    """Register a dataset version; raises Conflict when its id already stands for other content."""
    known = get_version(c, project, dataset, version)
    if known is None:
        row = VersionRow(
            project=project, dataset=dataset, version=version, digest=digest, task=task, source=source, at=at
        )
        c.execute(sa.insert(versions).values(msgspec.structs.asdict(row)))
    elif (known.digest, known.task) != (digest, task):
        raise Conflict(
            f"version '{version}' of dataset '{dataset}' is registered as {known.task} with digest {known.digest}, "
            f"not as {task} with {digest}; a version never changes, register another"
        )


def get_version(c: sa.Connection, project: str, dataset: str, version: str) -> VersionRow | None:
    """Give one version by its id."""
    here = (versions.c.project == project, versions.c.dataset == dataset, versions.c.version == version)
    row = c.execute(sa.select(versions).where(*here)).one_or_none()
    return VersionRow(**row._asdict()) if row else None


def find_versions(c: sa.Connection, digest: str) -> list[VersionRow]:
    """Give every version that has this content."""
    rows = c.execute(sa.select(versions).where(versions.c.digest == digest).order_by(versions.c.at))
    return [VersionRow(**row._asdict()) for row in rows]


def list_versions(c: sa.Connection) -> list[VersionRow]:
    """Give every version by project, dataset and time."""
    rows = c.execute(sa.select(versions).order_by(versions.c.project, versions.c.dataset, versions.c.at))
    return [VersionRow(**row._asdict()) for row in rows]


def put_model(
    c: sa.Connection, model_id: str, project: str, model: Model, version_digest: str | None, source: str, at: str
) -> None:
    """Register a model; one known by its digest alone may be given its name and card once.

    Raises Conflict when the digest or the id already stands for something else.
    """
    values: dict[str, Any] = {
        "digest": model.digest,
        "model_id": model_id,
        "project": project,
        "train_id": model.train_id,
        "version_digest": version_digest,
        "source": source,
        "at": at,
        "record": canonical.encode(model),
    }
    named = c.execute(sa.select(models.c.digest).where(models.c.model_id == model_id)).scalar()
    if named not in {None, model.digest}:
        raise Conflict(f"model id '{model_id}' is registered for {named}, not {model.digest}; choose another id")
    known = c.execute(sa.select(models).where(models.c.digest == model.digest)).one_or_none()
    if known is None:
        c.execute(sa.insert(models).values(values))
    elif known.model_id == model.digest != model_id:
        c.execute(sa.update(models).where(models.c.digest == model.digest).values(values))
    elif (changed := _changed(known, values)) is not None:
        raise Conflict(f"model {model.digest} is registered as '{known.model_id}' with another {changed}")


def learn_head(c: sa.Connection, digest: str, head_classes: int | None) -> None:
    """Keep how many classes a runtime found in a model's head, where the registered record cannot say."""
    known = get_model(c, digest)
    if known is not None and known.model.head_classes is None and head_classes is not None:
        record = canonical.encode(msgspec.structs.replace(known.model, head_classes=head_classes))
        c.execute(sa.update(models).where(models.c.digest == digest).values(record=record))


def get_model(c: sa.Connection, name: str) -> KnownModel | None:
    """Give a model by its id, digest or train id; of several with one train id the last registered."""
    for column in (models.c.model_id, models.c.digest, models.c.train_id):
        found = sa.select(models).where(column == name, column != "").order_by(models.c.at.desc()).limit(1)
        if (row := c.execute(found).one_or_none()) is not None:
            return _model(row)
    return None


def list_models(c: sa.Connection) -> list[KnownModel]:
    """Give every model by project and id."""
    return [_model(row) for row in c.execute(sa.select(models).order_by(models.c.project, models.c.model_id))]


def _changed(known: sa.Row[Any], values: dict[str, Any]) -> str | None:
    words = {
        "model_id": "id",
        "project": "project",
        "version_digest": "dataset version",
        "record": "card or description",
    }
    return next((word for key, word in words.items() if getattr(known, key) != values[key]), None)


def _model(row: sa.Row[Any]) -> KnownModel:
    return KnownModel(
        model_id=row.model_id,
        project=row.project,
        model=msgspec.json.decode(row.record, type=Model),
        version_digest=row.version_digest,
        source=row.source,
        at=row.at,
    )
