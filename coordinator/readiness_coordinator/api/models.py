"""Candidate models: registered by record or from a file on the server, listed, and found by id, digest or train id."""

from http import HTTPStatus
from typing import Annotated

import msgspec
import sqlalchemy as sa
from litestar import get, post
from litestar.params import FromPath, JSONBody

from readiness.evidence.model import Model
from readiness_coordinator import needs
from readiness_coordinator.api import versions
from readiness_coordinator.api.fields import Name, ServerPath, allowed_path
from readiness_coordinator.api.problems import Problem, not_found
from readiness_coordinator.model_files import Unusable, read_model
from readiness_coordinator.settings import Settings
from readiness_coordinator.store import lineage
from readiness_coordinator.store.lineage import KnownModel

Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$(?!\n)")]


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model: either its record, or the server path of its file with NAME.card.toml beside it."""

    model_id: Name
    project_id: Name
    train_id: Annotated[str, msgspec.Meta(max_length=200)] = ""
    version: versions.VersionId | None = None
    model: Model | None = None
    path: ServerPath | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A registered model; `dataset_digest` is the dataset version it was registered with."""

    model_id: str
    project_id: str
    train_id: str
    digest: str
    name: str
    dataset_digest: str | None
    registered_at: str
    model: Model


@get("/models", sync_to_thread=True)
def index(store: needs.Store) -> list[Shown]:
    with store.read() as c:
        return [_shown(row) for row in lineage.list_models(c)]


@get("/models/{model_id:str}", sync_to_thread=True)
def read(store: needs.Store, model_id: FromPath[str]) -> Shown:
    with store.read() as c:
        return _shown(known_model(c, model_id, "model_id"))


@post("/models", status_code=HTTPStatus.CREATED, sync_to_thread=True)
def register(data: JSONBody[Registration], store: needs.Store, settings: needs.Settings, now: needs.Now) -> Shown:
    """Make a model known under an id; the same again changes nothing, another under the same id is refused."""
    model, source = _model(data, settings)
    with store.write() as c:
        digest = versions.known_version(c, data.project_id, data.version).digest if data.version else None
        model = _with_head(c, model)
        try:
            lineage.put_model(c, data.model_id, data.project_id, model, digest, source, now)
        except lineage.Conflict as conflict:
            raise Problem(str(conflict), field="model_id", status=HTTPStatus.CONFLICT) from None
        return _shown(known_model(c, data.model_id, "model_id"))


def known_model(c: sa.Connection, name: str, field: str) -> KnownModel:
    """Find a model by id, digest or train id; raises Problem when it is not known."""
    if (row := lineage.get_model(c, name)) is None:
        raise not_found("model", name, "register it with POST /models, or send its benchmark from a device", field)
    return row


def _model(data: Registration, settings: Settings) -> tuple[Model, str]:
    if (data.model is None) == (data.path is None):
        raise Problem("give either the model's record or the path of its file", field="model")
    train_id = data.train_id
    if data.model is not None:
        try:
            msgspec.convert(data.model.digest, Digest)
        except msgspec.ValidationError:
            raise Problem("it must read sha256: and 64 hexadecimal digits", field="model.digest") from None
        size = data.model.size_mib
        if size is None and data.model.format != "http":
            raise Problem("it must be given of a file", field="model.size_mib")
        if size is not None and size <= 0:
            raise Problem("it must be above 0", field="model.size_mib")
        if (wrong := data.model.card.wrong()) is not None:
            raise Problem(wrong, field="model.card")
        return msgspec.structs.replace(data.model, train_id=train_id or data.model.train_id), ""
    assert data.path is not None
    path = allowed_path(data.path, settings.roots, "path")
    try:
        return msgspec.structs.replace(read_model(path), train_id=train_id), str(path)
    except Unusable as error:
        raise Problem(str(error), field="path") from None


def _with_head(c: sa.Connection, model: Model) -> Model:
    """Keep what a device already read out of the file's own head, which a bare file reading cannot tell."""
    known = lineage.get_model(c, model.digest)
    if model.head_classes is not None or known is None:
        return model
    return msgspec.structs.replace(model, head_classes=known.model.head_classes)


def _shown(row: KnownModel) -> Shown:
    return Shown(
        model_id=row.model_id,
        project_id=row.project,
        train_id=row.model.train_id,
        digest=row.model.digest,
        name=row.model.name,
        dataset_digest=row.version_digest,
        registered_at=row.at,
        model=row.model,
    )
