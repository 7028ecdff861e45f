"""POST /uploads: a zip is kept by its digest and scanned in place; what is too large, or none, leaves nothing."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from readiness_coordinator.settings import Settings

Client = TestClient[Litestar]
VERSION = {"project_id": "line", "dataset_id": "parts", "version_id": "v1", "task_type": "detection"}
ZIP = {"Content-Type": "application/zip"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, upload_mib=1, uploads_mib=2)


def zipped(folder: Path, filler: int = 0) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
        archive.writestr("filler.bin", bytes(filler))
    return held.getvalue()


def lying(settings: Settings) -> list[str]:
    return sorted(file.name for file in (settings.folder / "uploads").rglob("*") if file.is_file())


def test_an_upload_is_scanned_as_its_folder_would_be(web: Client, lying: Any):
    kept = web.post("/uploads?name=parts 1.zip", content=zipped(lying.dataset), headers=ZIP)
    assert kept.status_code == 201, kept.text
    assert kept.json()["source"] == f"upload:{kept.json()['id']}"
    ours = web.post("/vision-readiness/scan?wait=60", json=VERSION | {"source": kept.json()["source"]})
    assert ours.status_code == 200, ours.text
    theirs = web.post("/vision-readiness/scan?wait=60", json=VERSION | {"source": str(lying.dataset)})
    assert ours.json()["dataset_digest"] == theirs.json()["dataset_digest"]


def test_the_same_bytes_are_one_upload_and_can_be_removed(web: Client, lying: Any, settings: Settings):
    data = zipped(lying.dataset)
    first, again = (web.post(f"/uploads?name={name}.zip", content=data, headers=ZIP) for name in ("a", "b"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert web.delete(f"/uploads/{first.json()['id']}").status_code == 204
    gone = web.post("/vision-readiness/scan", json=VERSION | {"source": first.json()["source"]})
    assert (gone.status_code, gone.json()["field"]) == (404, "source")


def chunks(count: int) -> Iterator[bytes]:
    yield from (bytes(1 << 16) for _ in range(count))


@pytest.mark.parametrize(
    ("asked", "body", "status", "said"),
    [
        ("/uploads?name=../a.zip", b"", 400, "'../a.zip' cannot be used"),
        ("/uploads?name=a.tar", b"", 400, "ending in .zip"),
        ("/uploads?name=.hidden.zip", b"", 400, "cannot be used"),
        ("/uploads?name=a.zip%0A", b"", 400, "cannot be used"),
        ("/uploads", b"no zip at all", 400, "the body is no zip file"),
        ("/uploads", bytes((1 << 20) + 1), 413, "an upload may have 1 MiB"),
        ("/uploads", chunks(17), 413, "an upload may have 1 MiB"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    web: Client, settings: Settings, asked: str, body: Any, status: int, said: str
):
    reply = web.post(asked, content=body or b"x", headers=ZIP)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert said in reply.json()["detail"]
    assert lying(settings) == []


def test_all_uploads_together_are_bounded(web: Client, lying: Any, settings: Settings):
    replies = [
        web.post("/uploads", content=zipped(lying.dataset, 600_000 + number), headers=ZIP).status_code
        for number in range(4)
    ]
    assert replies == [201, 201, 507, 507]


def test_only_a_zip_is_taken(web: Client):
    reply = web.post("/uploads", content=b"{}", headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["detail"]) == (415, "send the body as application/zip")


@pytest.mark.parametrize("name", ["../../etc", "0" * 64, "", "x" * 64])
def test_an_unknown_upload_is_not_found(web: Client, name: str):
    reply = web.post("/vision-readiness/scan", json=VERSION | {"source": f"upload:{name}"})
    assert (reply.status_code, reply.json()["field"]) == (404, "source")
