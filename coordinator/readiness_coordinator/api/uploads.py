"""Uploads: zips with a dataset in them, kept by the digest of their bytes under the data folder, read in place."""

import asyncio
import contextlib
import errno
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import IO, Annotated, Any, NamedTuple

import msgspec
from litestar import Request, Response, delete, post
from litestar.params import FromPath, FromQuery

from readiness_coordinator import needs
from readiness_coordinator.api.fields import allowed_path
from readiness_coordinator.api.problems import Problem, not_found
from readiness_coordinator.settings import Settings

MEDIA = "application/zip"
PREFIX = "upload:"
_NAME = Annotated[str, msgspec.Meta(pattern=r"^\w[\w .()+@-]{0,199}\.zip\Z")]
_ID = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One upload; `source` is what a scan asks for, `id` the SHA-256 of its bytes."""

    id: str
    name: str
    size_bytes: int
    source: str


class Source(NamedTuple):
    """A dataset on this server, and the folders that its images may lie in."""

    path: Path
    roots: Sequence[Path]


@post("/uploads", status_code=HTTPStatus.CREATED, request_max_body_size=None, opt={"body": MEDIA})
async def create(
    request: Request[Any, Any, Any], settings: needs.Settings, name: FromQuery[str] = "dataset.zip"
) -> Response[Upload]:
    """Keep a zip that is sent as the body; the same bytes again are the same upload (200)."""
    name = _valid(name, _NAME, "name", "give letters, digits and _-.()+@ or spaces, ending in .zip")
    folder = settings.folder / "uploads"
    declared = request.headers.get("content-length", "")
    if declared.isdecimal():
        _fits(int(declared), folder, settings)
    with _refusing_when_full(), _room(folder) as (part, sink):
        digest, size_bytes = hashlib.sha256(), 0
        async for chunk in request.stream():
            size_bytes += len(chunk)
            if size_bytes > settings.upload_mib << 20:
                raise _too_large(settings)
            digest.update(chunk)
            await asyncio.to_thread(sink.write, chunk)
        sink.close()
        return await asyncio.to_thread(
            _keep,
            part,
            Upload(id=digest.hexdigest(), name=name, size_bytes=size_bytes, source=PREFIX + digest.hexdigest()),
            folder,
            settings,
        )


@delete("/uploads/{upload_id:str}", sync_to_thread=True)
def remove(settings: needs.Settings, upload_id: FromPath[str]) -> None:
    """Forget an upload; what was measured of it stays known."""
    shutil.rmtree(_lying(upload_id, settings, "upload_id").parent)


def source(text: str, settings: Settings) -> Source:
    """Find what a scan is asked for: an upload, or a path under the allowed roots; anything else is refused."""
    if not text.startswith(PREFIX):
        return Source(allowed_path(text, settings.roots, "source"), settings.roots)
    path = _lying(text.removeprefix(PREFIX), settings, "source")
    return Source(path, [path.parent])


def readable(settings: Settings) -> tuple[Path, ...]:
    """Give the folders that datasets known to this server lie in: the allowed roots, and that of the uploads."""
    return (*settings.roots, (settings.folder / "uploads").resolve())


def _lying(upload_id: str, settings: Settings, field: str) -> Path:
    try:
        folder = settings.folder / "uploads" / msgspec.convert(upload_id, _ID)
        return next(folder.glob("*.zip")).resolve()
    except (msgspec.ValidationError, StopIteration):
        raise not_found("upload", upload_id, "POST /uploads gives the id of one", field) from None


def _keep(part: Path, upload: Upload, folder: Path, settings: Settings) -> Response[Upload]:
    """Move a whole upload to its place; one that is there already keeps the name that it came by."""
    if not zipfile.is_zipfile(part):
        raise Problem("the body is no zip file")
    home = folder / upload.id
    if known := next(home.glob("*.zip"), None):
        return Response(msgspec.structs.replace(upload, name=known.name), status_code=HTTPStatus.OK)
    _fits(0, folder, settings)
    home.mkdir(exist_ok=True)
    part.replace(home / upload.name)
    return Response(upload, status_code=HTTPStatus.CREATED)


def _fits(size_bytes: int, folder: Path, settings: Settings) -> None:
    if size_bytes > settings.upload_mib << 20:
        raise _too_large(settings)
    taken = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    if taken + size_bytes > settings.uploads_mib << 20:
        raise Problem(
            f"all uploads together may have {settings.uploads_mib} MiB; remove some (DELETE /uploads/ID)",
            status=HTTPStatus.INSUFFICIENT_STORAGE,
        )


def _too_large(settings: Settings) -> Problem:
    return Problem(f"an upload may have {settings.upload_mib} MiB", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _valid(text: str, kind: Any, field: str, way_out: str) -> str:
    try:
        return str(msgspec.convert(text, kind))
    except msgspec.ValidationError:
        raise Problem(f"'{text[:200]}' cannot be used; {way_out}", field=field) from None


@contextlib.contextmanager
def _refusing_when_full() -> Any:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise Problem("the server's disk is full", status=HTTPStatus.INSUFFICIENT_STORAGE) from None


@contextlib.contextmanager
def _room(folder: Path) -> Any:
    """Give a file that is gone at the end of the block, unless it was moved."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sink: IO[bytes]
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as sink:
        part = Path(sink.name)
        try:
            yield part, sink
        finally:
            part.unlink(missing_ok=True)
