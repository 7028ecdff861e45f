"""The composition root of the web side: routes, what handlers may ask for, errors, headers; it knows them all."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import FromPath
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope

from readiness.catalogue import Check
from readiness_coordinator import needs
from readiness_coordinator.api import (
    decisions,
    deploy,
    devices,
    evaluations,
    health,
    jobs,
    model_report,
    models,
    problems,
    reason_codes,
    scan,
    targets,
    thresholds,
    unread,
    uploads,
)
from readiness_coordinator.jobs import Jobs
from readiness_coordinator.reports import now, tool_version
from readiness_coordinator.settings import Settings
from readiness_coordinator.store.database import Store
from readiness_coordinator.web import pages

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_BODY = 4 << 20
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HANDLERS = (
    scan.scan,
    model_report.read,
    thresholds.read,
    evaluations.create,
    models.index,
    models.read,
    models.register,
    deploy.deploy,
    decisions.replay,
    jobs.read,
    jobs.cancel,
    jobs.events,
    uploads.create,
    uploads.remove,
    devices.index,
    targets.index,
    targets.read,
    targets.policies,
    targets.policy,
    reason_codes.index,
    reason_codes.read,
    health.live,
    health.ready,
    pages.fleet,
)


def build(settings: Settings, store: Store, checks: Sequence[Check], clock: Callable[[], str]) -> Litestar:
    """Wire the application; `clock` gives the time of a request as RFC 3339 in UTC."""
    work = Jobs()
    return Litestar(
        route_handlers=[*_HANDLERS, decision, _statics()],
        dependencies={
            "settings": _given(settings),
            "store": _given(store),
            "checks": _given(checks),
            "jobs": _given(work),
            "now": Provide(clock, use_cache=False, sync_to_thread=False),
        },
        exception_handlers={
            problems.Problem: _or_page(problems.of_problem),
            HTTPException: _or_page(problems.of_http),
            RecursionError: problems.of_unreadable,
            UnicodeDecodeError: problems.of_unreadable,
            Exception: _or_page(problems.of_failure),
        },
        before_request=_refuse_foreign,
        middleware=[unread.taken_in],
        before_send=[_secure],
        request_max_body_size=MAX_BODY,
        openapi_config=OpenAPIConfig(
            title="Model Readiness Advisor",
            version=tool_version(),
            path="/schema",
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin(path="/")],
        ),
        logging_config=None,
        on_shutdown=[work.stop],
    )


@get("/decisions/{decision_id:str}", sync_to_thread=True, media_type=MediaType.JSON)
def decision(
    request: Request[Any, Any, Any],
    store: needs.Store,
    checks: needs.Checks,
    decision_id: FromPath[str],
    now: needs.Now,
) -> Response[Any]:
    """Give a logged decision: as a page to a browser, as JSON to everything else."""
    answer: Response[Any]
    if _wants_page(request):
        answer = pages.decision(store, checks, decision_id, now)
    else:
        answer = Response(decisions.read(store, checks, decision_id, now))
    answer.headers["Vary"] = "Accept"
    return answer


def _given(value: Any) -> Provide:
    return Provide(lambda: value, use_cache=True, sync_to_thread=False)


def _statics() -> Router:
    folder = Path(pages.__file__).parent / "static"
    return create_static_files_router(path="/static", directories=[folder], include_in_schema=False)


async def _secure(message: Message, _scope: Scope) -> None:
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _HEADERS.items():
            headers[name] = value


def _refuse_foreign(request: Request[Any, Any, Any]) -> None:
    """Refuse what a foreign web page could make a browser on this machine send, and misspelt query parameters."""
    if (request.url.hostname or "") not in LOOPBACK:
        raise problems.Problem("this server answers to 127.0.0.1 and localhost only", status=HTTPStatus.FORBIDDEN)
    body = request.route_handler.opt.get("body", "application/json")
    if request.method == "POST" and request.content_type[0] != body:
        raise problems.Problem(
            f"send the body as {body}", field="Content-Type", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        )
    if request.method == "POST" and request.headers.get("content-length") == "0":
        raise problems.Problem(problems.EMPTY)
    # A handler names itself what it takes under another name, or through a dependency.
    known = {*request.route_handler.parsed_fn_signature.parameters, *request.route_handler.opt.get("query", ())}
    if stray := [name for name in request.query_params if name not in known]:
        raise problems.Problem("there is no such query parameter; /schema lists them", field=stray[0])


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return request.accept.best_match([MediaType.JSON, MediaType.HTML], default=MediaType.JSON) == MediaType.HTML


def _or_page(handler: Callable[[Request[Any, Any, Any], Any], Response[bytes]]) -> Callable[..., Response[Any]]:
    """Say the same as a page where a browser asked for one."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        document = handler(request, error)
        if not _wants_page(request):
            return document
        said = msgspec.json.decode(document.content, type=problems.Document)
        return pages.problem(said.status, said.detail, now())

    return answer
