"""The reason codes: what each means, why it matters, and how its problem is repaired."""

import msgspec
from litestar import get
from litestar.params import FromPath

from readiness.catalogue import RENAMED, Check
from readiness_coordinator import needs
from readiness_coordinator.api.problems import not_found
from readiness_coordinator.nearest import hint


class ReasonCode(msgspec.Struct, frozen=True, kw_only=True):
    """One code in the words of its check."""

    code: str
    family: str
    severity: str
    title: str
    why: str
    fix: str


@get("/reason-codes", sync_to_thread=False)
def index(checks: needs.Checks) -> list[ReasonCode]:
    return [_shown(check) for check in checks]


@get("/reason-codes/{code:str}", sync_to_thread=False)
def read(checks: needs.Checks, code: FromPath[str]) -> ReasonCode:
    name = RENAMED.get(code, code)
    for check in checks:
        if check.code == name:
            return _shown(check)
    way = hint(code, (check.code for check in checks))
    raise not_found("reason code", code, f"{way}/reason-codes lists them all", "code")


def _shown(check: Check) -> ReasonCode:
    return ReasonCode(
        code=check.code,
        family=check.family,
        severity=check.severity.value,
        title=check.title,
        why=check.why,
        fix=check.fix,
    )
