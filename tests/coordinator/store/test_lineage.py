"""Versions and models are immutable: the same again is nothing, another under the same name is refused."""

import pytest

import specimens
from readiness_coordinator.store import lineage
from readiness_coordinator.store.database import Store
from readiness_coordinator.store.lineage import Conflict

AT = "2026-11-23T12:00:00Z"
NAMED = ("parts-n", "belt", specimens.model(train_id="run-7"), specimens.DATASET, "upload", AT)


def test_a_version_is_registered_once(store: Store):
    row = ("belt", "parts", "v1", specimens.DATASET, "detection", "/data/parts", AT)
    with store.write() as c:
        lineage.put_version(c, *row)
        lineage.put_version(c, *row)
        with pytest.raises(Conflict, match="version 'v1' of dataset 'parts' is registered as detection with digest"):
            lineage.put_version(c, "belt", "parts", "v1", specimens.OTHER, "detection", "", AT)
        known = lineage.get_version(c, "belt", "parts", "v1")
        assert known is not None
        assert lineage.find_versions(c, specimens.DATASET) == lineage.list_versions(c) == [known]
        assert lineage.get_version(c, "belt", "parts", "v2") is None


def test_a_model_is_found_by_id_digest_and_train_id(store: Store):
    with store.write() as c:
        lineage.put_model(c, *NAMED)
        lineage.put_model(c, *NAMED)
        (known,) = lineage.list_models(c)
        for name in ("parts-n", specimens.MODEL, "run-7"):
            assert lineage.get_model(c, name) == known
        assert lineage.get_model(c, "") is None
        assert lineage.get_model(c, "parts-m") is None
    assert (known.model, known.version_digest) == (NAMED[2], specimens.DATASET)


def test_a_model_known_by_its_digest_may_be_named_once(store: Store):
    with store.write() as c:
        lineage.put_model(c, specimens.MODEL, "", specimens.model(), None, "benchmark on w/line-3", AT)
        lineage.put_model(c, *NAMED)
        assert [known.model_id for known in lineage.list_models(c)] == ["parts-n"]
        with pytest.raises(Conflict, match="is registered as 'parts-n' with another id"):
            lineage.put_model(c, "parts-m", *NAMED[1:])


@pytest.mark.parametrize(
    ("model_id", "project", "changes", "version", "said"),
    [
        ("parts-n", "belt", {"digest": specimens.OTHER}, specimens.DATASET, "model id 'parts-n' is registered for"),
        ("parts-n", "belt", {"size_mib": 2.0}, specimens.DATASET, "another card or description"),
        ("parts-n", "other", {}, specimens.DATASET, "another project"),
        ("parts-n", "belt", {}, specimens.OTHER, "another dataset version"),
    ],
)
def test_a_model_never_changes(store: Store, model_id: str, project: str, changes: dict, version: str, said: str):
    model = specimens.model(**{"train_id": "run-7", **changes})
    with store.write() as c:
        lineage.put_model(c, *NAMED)
        with pytest.raises(Conflict, match=said):
            lineage.put_model(c, model_id, project, model, version, "upload", AT)
