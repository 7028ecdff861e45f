"""The decision log: bytes as they were, added to and never changed."""

import pytest
import sqlalchemy as sa

import specimens
from readiness import canonical, catalogue, decision
from readiness_coordinator.store import decisions, lineage
from readiness_coordinator.store.database import Store

CHECKS = catalogue.load()


def logged(c: sa.Connection, **changes: object) -> decision.Decision:
    dossier = specimens.dossier(**changes)
    made = decision.decide(dossier, CHECKS)
    decisions.log(c, decision.encode(made), canonical.encode(dossier))
    return made


def test_a_decision_and_its_dossier_come_back_byte_for_byte(store: Store):
    with store.write() as c:
        made = logged(c)
        logged(c)
        assert decisions.get(c, made.decision_id) == (decision.encode(made), canonical.encode(specimens.dossier()))
        assert decisions.get(c, "unknown") is None
        (row,) = decisions.history(c, specimens.MODEL, "x86-gateway")
    assert (row.decision_id, row.state, row.evidence_hash) == (made.decision_id, made.state, made.evidence_hash)


def test_the_newest_of_each_model_and_target_is_found(store: Store):
    with store.write() as c:
        first = logged(c)
        second = logged(c, asked_at="2026-11-23T13:00:00Z")
        other = logged(c, profile=specimens.profile(name="x86-workstation"))
        lineage.put_model(c, "parts-n", "belt", specimens.model(), None, "", "2026-11-23T12:00:00Z")
        assert [row.decision_id for row in decisions.latest(c)] == [second.decision_id, other.decision_id]
        assert decisions.latest(c, "belt") == decisions.latest(c)
        assert decisions.latest(c, "elsewhere") == []
        history = decisions.history(c, specimens.MODEL, "x86-gateway")
        assert [row.decision_id for row in history] == [second.decision_id, first.decision_id]


@pytest.mark.parametrize("change", ["UPDATE decisions SET state = 'ready'", "DELETE FROM decisions"])
def test_a_logged_decision_cannot_be_changed_or_deleted(store: Store, change: str):
    with store.write() as c:
        logged(c)
    with pytest.raises(sa.exc.IntegrityError, match="never changed or deleted"), store.write() as c:
        c.exec_driver_sql(change)
