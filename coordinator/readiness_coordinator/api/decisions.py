"""Decisions: the record as it was logged, whether it still holds, and its replay."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from litestar import get
from litestar.params import FromPath

from readiness.catalogue import Check
from readiness.decision import Decision
from readiness.dossier import Dossier
from readiness_coordinator import guard, needs
from readiness_coordinator.api.problems import not_found
from readiness_coordinator.store import decisions
from readiness_coordinator.store.database import Store


class Answer(Decision, frozen=True, kw_only=True):
    """A decision; once `current` is false it allows nothing, and `superseded_because` says what changed."""

    current: bool
    superseded_because: str = ""


def read(store: Store, checks: Sequence[Check], decision_id: str, now: str) -> Answer:
    """Give a logged decision and whether it holds now."""
    with store.read() as c:
        decided, dossier = logged(c, decision_id)
        answer = msgspec.json.decode(decided, type=Decision)
        return shown(answer, guard.currency(c, checks, answer, msgspec.json.decode(dossier, type=Dossier), now))


@get("/decisions/{decision_id:str}/replay", sync_to_thread=True)
def replay(store: needs.Store, checks: needs.Checks, decision_id: FromPath[str]) -> guard.Replay:
    """Decide again from the logged evidence and compare byte for byte."""
    with store.read() as c:
        return guard.replay(checks, *logged(c, decision_id))


def logged(c: sa.Connection, decision_id: str) -> tuple[bytes, bytes]:
    """Give the bytes of a decision and its dossier; raises Problem when none was logged under that id."""
    if (found := decisions.get(c, decision_id)) is None:
        raise not_found("decision", decision_id, "decisions are made by POST /vision-readiness/deploy", "decision_id")
    return found


def shown(answer: Decision, held: guard.Currency) -> Answer:
    fields = {name: getattr(answer, name) for name in Decision.__struct_fields__}
    return Answer(**fields, current=held.current, superseded_because=held.because)
