"""Jobs: how far long work has come, and what came out of it."""

import asyncio
import time
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from readiness_coordinator import needs
from readiness_coordinator.api.problems import Problem, not_found
from readiness_coordinator.jobs import Job, State


class Shown(msgspec.Struct, kw_only=True):
    """One job; `rate` in items a second, `eta_s` null until a twentieth is done, `error` when it failed."""

    id: str
    state: State
    done: int
    total: int
    rate: float | None
    eta_s: float | None
    result: Any = None
    error: str | None = None


@get("/jobs/{job_id:str}", sync_to_thread=False)
def read(jobs: needs.Jobs, job_id: FromPath[str]) -> Shown:
    if (job := jobs.get(job_id)) is None:
        raise not_found("job", job_id, "jobs are forgotten when the coordinator restarts; ask again", "job_id")
    return shown(job)


def shown(job: Job) -> Shown:
    now_s = time.monotonic()
    return Shown(
        id=job.id,
        state=job.state,
        done=job.done,
        total=job.total,
        rate=job.rate(now_s),
        eta_s=job.eta_s(now_s),
        result=job.outcome.result() if job.state == "done" else None,
        error=_line(job.outcome.exception()) if job.state == "failed" else None,
    )


async def answer(job: Job, wait_s: float) -> Response[Any]:
    """Give the result when the job ends within `wait_s`, else 202 with the place to ask again.

    Raises what the job raised.
    """
    waiting = asyncio.wrap_future(job.outcome)
    done, _ = await asyncio.wait({waiting}, timeout=wait_s)
    if not done:
        waiting.cancel()
        return Response(shown(job), status_code=HTTPStatus.ACCEPTED, headers={"Location": f"/jobs/{job.id}"})
    return Response(waiting.result(), status_code=HTTPStatus.OK)


def _line(cause: BaseException | None) -> str:
    if isinstance(cause, Problem):
        return cause.detail
    return f"{type(cause).__name__}; the coordinator's log has the details"
