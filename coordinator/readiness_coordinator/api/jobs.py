"""Jobs: how far long work has come, and what came out of it."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, delete, get
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from readiness_coordinator import needs
from readiness_coordinator.api.problems import Problem, not_found
from readiness_coordinator.jobs import Cancelled, Job, Jobs, State, Stopping

_LOOK_S = 0.25
_HEARTBEAT_S = 15.0


class Shown(msgspec.Struct, kw_only=True):
    """One job; `eta_s` is null until a twentieth is done, `error` says why it failed.

    `rate` is in items a second, to three digits. `reused` of the items done were seen before; `partial` is the
    result so far, while there is no whole one.
    """

    id: str
    state: State
    done: int
    total: int
    reused: int
    rate: float | None
    eta_s: int | None
    partial: Any = None
    result: Any = None
    error: str | None = None


@get("/jobs/{job_id:str}", sync_to_thread=False)
def read(jobs: needs.Jobs, job_id: FromPath[str]) -> Shown:
    """Tell how far a job is, with what is known so far, or its result."""
    job = _known(jobs, job_id)
    return shown(job, partial=job.partial, result=job.outcome.result() if job.state == "done" else None)


@delete("/jobs/{job_id:str}", status_code=HTTPStatus.OK, sync_to_thread=False)
def cancel(jobs: needs.Jobs, job_id: FromPath[str]) -> Shown:
    """Cancel a job; one that has ended stays as it is. The same request again goes on where a scan was cancelled."""
    job = _known(jobs, job_id)
    jobs.cancel(job)
    return shown(job)


@get("/jobs/{job_id:str}/events", sync_to_thread=False)
def events(jobs: needs.Jobs, job_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """Send events while a job runs: `progress`, `partial`, and last `done`, `failed` or `cancelled`.

    Each holds the job without its reports, which `/jobs/{id}` has. Whoever has had the last event gets 204, on which
    an EventSource gives up.
    """
    job = _known(jobs, job_id)
    told = request.headers.get("last-event-id", "")
    since = int(told) if told.isascii() and told.isdecimal() else -1
    if job.outcome.done() and since >= job.changes:
        return Response(None, status_code=HTTPStatus.NO_CONTENT)
    return ServerSentEvent(_events(job, since))


async def _events(job: Job, since: int) -> AsyncIterator[ServerSentEventMessage]:
    """Look at the job now and then, and tell what is new; a lost client ends this at its next event or heartbeat."""
    quiet_since_s, partial = time.monotonic(), None
    while True:
        # Before the changes are read: what comes in between is told next time.
        ended, at = job.outcome.done(), job.changes
        if ended or at > since:
            fresh = job.partial is not None and job.partial is not partial
            partial, since, quiet_since_s = job.partial, at, time.monotonic()
            event = job.state if ended else "partial" if fresh else "progress"
            yield ServerSentEventMessage(msgspec.json.encode(shown(job)), event=event, id=at)
            if ended:
                return
        elif time.monotonic() - quiet_since_s > _HEARTBEAT_S:
            quiet_since_s = time.monotonic()
            yield ServerSentEventMessage(None, comment="still there")
        await asyncio.sleep(_LOOK_S)


def _known(jobs: Jobs, job_id: str) -> Job:
    if (job := jobs.get(job_id)) is None:
        raise not_found("job", job_id, "jobs are forgotten when the coordinator restarts; ask again", "job_id")
    return job


def shown(job: Job, *, partial: Any = None, result: Any = None) -> Shown:
    now_s = time.monotonic()
    rate, eta_s = job.rate(now_s), job.eta_s(now_s)
    return Shown(
        id=job.id,
        state=job.state,
        done=job.done,
        total=job.total,
        reused=job.reused,
        rate=None if rate is None else float(f"{rate:.3g}"),
        eta_s=None if eta_s is None else math.ceil(eta_s),
        partial=partial,
        result=result,
        error=_line(job.outcome.exception()) if job.state == "failed" else None,
    )


async def answer(job: Job, wait_s: float) -> Response[Any]:
    """Give the result when the job ends within `wait_s`, else 202 with the place to ask again.

    Raises what the job raised, and Problem when it was cancelled or the coordinator goes down.
    """
    waiting = asyncio.wrap_future(job.outcome)
    done, _ = await asyncio.wait({waiting}, timeout=wait_s)
    if not done:
        waiting.cancel()
        return Response(shown(job), status_code=HTTPStatus.ACCEPTED, headers={"Location": f"/jobs/{job.id}"})
    try:
        return Response(waiting.result(), status_code=HTTPStatus.OK)
    except Cancelled as error:
        raise Problem(f"{error}; ask again to go on with it", status=HTTPStatus.CONFLICT) from None
    except Stopping as error:
        raise Problem(f"{error}; ask again later", status=HTTPStatus.SERVICE_UNAVAILABLE) from None


def _line(cause: BaseException | None) -> str:
    if isinstance(cause, Problem):
        return cause.detail
    return f"{type(cause).__name__}; the coordinator's log has the details"
