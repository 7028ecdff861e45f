"""Is the process alive, and can it answer?"""

from http import HTTPStatus

import msgspec
import sqlalchemy as sa
from litestar import get

from readiness_coordinator import needs
from readiness_coordinator.api.problems import Problem


class Health(msgspec.Struct, frozen=True):
    """`ok`, or a problem document instead."""

    status: str = "ok"


@get("/health/live", sync_to_thread=False)
def live() -> Health:
    return Health()


@get("/health/ready", sync_to_thread=True)
def ready(store: needs.Store) -> Health:
    """Ask the store one question; 503 while it cannot answer."""
    try:
        with store.read() as c:
            c.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as error:
        raise Problem(f"the store does not answer: {error}", status=HTTPStatus.SERVICE_UNAVAILABLE) from None
    return Health()
