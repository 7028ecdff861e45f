"""Errors as RFC 9457 problem documents: what was wrong, with which field, and what to do; never a traceback."""

import logging
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, get_args

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException

from readiness_coordinator.nearest import hint

MEDIA_TYPE = "application/problem+json"
EMPTY = "the body is empty; /schema says what to send"
_NAMED = re.compile(r"field `([^`]+)`")
_STRAY = "unknown field"
_PATH = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`")
_ABSENT = re.compile(r"Missing required \w+ parameter '([^']+)'")
_log = logging.getLogger(__name__)


class Problem(Exception):
    """A request cannot be answered: one sentence for a person, and the field at fault where there is one."""

    def __init__(self, detail: str, *, field: str = "", status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(detail)
        self.detail, self.field, self.status = detail, field, status


class Document(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The problem document; `field` is this product's own member."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    field: str = ""


def not_found(what: str, name: str, way_out: str, field: str = "") -> Problem:
    return Problem(f"there is no {what} '{name[:200]}'; {way_out}", field=field, status=HTTPStatus.NOT_FOUND)


def of_problem(request: Request[Any, Any, Any], error: Problem) -> Response[bytes]:
    return _answer(request, error.status, error.detail, error.field)


def of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Translate the framework's own errors; a validation error gives its first field."""
    detail, field = error.detail, ""
    if isinstance(error.extra, list) and error.extra and isinstance(error.extra[0], dict):
        detail, field = _first(error.extra[0], request)
    elif isinstance(error.__cause__, SerializationException):
        detail = f"the body is not JSON: {str(error.__cause__).removeprefix('JSON is malformed: ')}"
    elif absent := _ABSENT.match(detail):
        detail, field = f"the parameter '{absent.group(1)}' is missing", absent.group(1)
    elif error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"nothing is served at {request.url.path[:200]}; /schema lists what is"
    return _answer(request, error.status_code, detail, field, error.headers)


def of_unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Bytes that are no UTF-8, or JSON nested past all reason."""
    deep = isinstance(error, RecursionError)
    return _answer(request, HTTPStatus.BAD_REQUEST, "it is nested too deeply" if deep else "it is not valid UTF-8")


def of_failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Whatever we did not foresee: logged whole, said in one line."""
    _log.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
    detail = f"the coordinator failed on this request ({type(error).__name__}); its log has the details"
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _first(extra: dict[str, Any], request: Request[Any, Any, Any]) -> tuple[str, str]:
    message, field = str(extra.get("message", "")), str(extra.get("key", ""))
    if message == "'data'":  # what the framework says of a body in chunks that hold nothing
        return EMPTY, ""
    outer = "" if field == "data" else field
    if named := _NAMED.search(message):
        stray = named.group(1)
        if _STRAY in message:
            return _no_field(stray, _fields(request, outer)), f"{outer}.{stray}".lstrip(".")
        return _PATH.sub("", message).replace("Object ", "the object is ", 1), f"{outer}.{stray}".lstrip(".")
    return message, outer


def _no_field(stray: str, known: Sequence[str]) -> str:
    way = f"{hint(stray, known)}the fields are {', '.join(known)}" if known else "/schema lists the fields"
    return f"there is no field '{stray[:200]}'; {way}"


def _fields(request: Request[Any, Any, Any], path: str) -> list[str]:
    """Name the fields of the object at `path` in the body that this request takes; none where it is no such object."""
    body = request.route_handler.parsed_data_field
    kind = body.annotation if body else None
    for part in path.split(".") if path else ():
        kind = next((one.type for one in _members(kind) if one.encode_name == part), None)
    return [one.encode_name for one in _members(kind)]


def _members(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Give the members of a struct, or of the first struct among what a field may hold."""
    may_be = [one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    return msgspec.structs.fields(may_be[0]) if may_be else ()


def _answer(
    request: Request[Any, Any, Any], status: int, detail: str, field: str = "", headers: dict[str, str] | None = None
) -> Response[bytes]:
    document = Document(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        field=field,
    )
    return Response(msgspec.json.encode(document), status_code=status, media_type=MEDIA_TYPE, headers=headers)
