"""A real store in a file with good evidence in it, and the coordinator's web side over it, at a fixed time."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import litestar
import pytest
from litestar.testing import TestClient

import specimens
from readiness import catalogue
from readiness_coordinator.settings import Settings
from readiness_coordinator.store import evidence, lineage
from readiness_coordinator.store.database import Store, open_store

Client = TestClient[litestar.Litestar]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "allowed").mkdir()
    return Settings(data=str(tmp_path / "data"), allowed_roots=(str(tmp_path / "allowed"),))


@pytest.fixture
def opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.database)
    yield store
    store.close()


@pytest.fixture
def web(settings: Settings, opened: Store) -> Iterator[Client]:
    """Ask the whole application, at the time of the specimens."""
    from readiness_coordinator import app

    built = app.build(settings, opened, catalogue.load(), lambda: specimens.ASKED_AT)
    with TestClient(built, base_url="http://127.0.0.1:8741", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def put(opened: Store) -> Callable[..., None]:
    """Register the specimen model and put its evidence into the store; None leaves a kind out."""

    def write(model_id: str = "parts-v1", **changes: Any) -> None:
        records = {
            "dataset": specimens.dataset(),
            "evaluation": specimens.evaluation(),
            "benchmark": specimens.benchmark(),
            **changes,
        }
        model = records.pop("model", specimens.model())
        with opened.write() as c:
            lineage.put_model(c, model_id, "line", model, specimens.DATASET, "", specimens.OBSERVED_AT)
            for kind, record in records.items():
                if record is not None:
                    evidence.put(c, kind, record, specimens.OBSERVED_AT)

    return write
