"""POST /vision-readiness/scan: reads under the allowed roots alone, keeps what it found, the same twice is the same."""

import time
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from readiness_coordinator.store import evidence, lineage
from readiness_coordinator.store.database import Store

Client = TestClient[Litestar]
VERSION = {"project_id": "line", "dataset_id": "parts", "version_id": "v1", "task_type": "detection"}


def scan(web: Client, lying: Any, wait: float = 30, **changes: Any) -> Any:
    body = VERSION | {"source": str(lying.dataset)} | changes
    return web.post(f"/vision-readiness/scan?wait={wait}", json=body)


def test_the_report_of_a_small_dataset(web: Client, lying: Any, opened: Store):
    reply = scan(web, lying)
    assert reply.status_code == 200, reply.text
    report = reply.json()
    assert (report["schema"], report["images"], report["annotations"]) == ("readiness.scan/1", 24, 48)
    assert [split["name"] for split in report["splits"]] == ["test", "train"]
    assert report["state"] in {"blocked", "retrain_required"}, "24 images are too few"
    with opened.read() as c:
        version = lineage.get_version(c, "line", "parts", "v1")
        assert version is not None
        assert version.digest == report["dataset_digest"]
        assert evidence.latest_dataset(c, version.digest) is not None


def test_the_same_again_is_the_same_version(web: Client, lying: Any, opened: Store):
    first, second = scan(web, lying).json(), scan(web, lying).json()
    assert first == second
    assert web.post("/vision-readiness/scan", json=VERSION).json() == first, "known by now, so no source is needed"
    with opened.read() as c:
        assert evidence.counts(c)["dataset"] == 1


def test_other_content_under_the_same_version_is_refused(web: Client, lying: Any):
    scan(web, lying)
    (lying.dataset / "test" / "12.png").unlink()
    reply = scan(web, lying)
    assert (reply.status_code, reply.json()["field"]) == (409, "version_id")
    assert scan(web, lying, version_id="v2").status_code == 200


def test_without_waiting_a_job_gives_the_report(web: Client, lying: Any):
    reply = scan(web, lying, wait=0)
    assert reply.status_code == 202
    deadline = time.monotonic() + 30
    while (job := web.get(reply.headers["Location"]).json())["state"] not in {"done", "failed"}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (job["state"], job["done"], job["total"]) == ("done", 24, 24)
    assert job["result"]["schema"] == "readiness.scan/1"


def test_a_failed_job_says_why(web: Client, lying: Any):
    (lying.dataset / "annotations" / "instances_test.json").write_text("no json")
    reply = scan(web, lying)
    assert (reply.status_code, reply.json()["field"]) == (400, "source")
    assert "instances_test.json" in reply.json()["detail"]


def test_a_file_name_that_no_disk_can_hold_is_a_finding(web: Client, lying: Any):
    file = lying.dataset / "annotations" / "instances_test.json"
    file.write_text(file.read_text().replace('"12.png"', r'"1\u00002.png"'))
    reply = scan(web, lying)
    assert reply.status_code == 200, reply.text
    assert "annotation-unusable" in [finding["code"] for finding in reply.json()["findings"]]


@pytest.mark.parametrize("source", ["/etc", "/", "{root}/..", "{root}/none", "{root}/link", "relative"])
def test_nothing_outside_the_allowed_roots_is_read(web: Client, lying: Any, source: str):
    root = lying.dataset.parent
    (root / "link").symlink_to("/etc", target_is_directory=True)
    reply = scan(web, lying, source=source.format(root=root))
    assert (reply.status_code, reply.json()["field"]) == (400, "source")
    assert "allowed roots" in reply.json()["detail"]


def test_labels_that_lead_outside_the_allowed_roots_are_not_followed(web: Client, lying: Any, tmp_path: Path):
    outside = tmp_path / "outside"
    (lying.dataset / "test").rename(outside)
    (lying.dataset / "test").symlink_to(outside, target_is_directory=True)
    reply = scan(web, lying)
    assert (reply.status_code, reply.json()["field"]) == (400, "source")
    assert str(outside) in reply.json()["detail"]


def test_no_dataset_at_the_source(web: Client, lying: Any):
    (lying.dataset.parent / "bare").mkdir()
    reply = scan(web, lying, source=str(lying.dataset.parent / "bare"))
    assert (reply.status_code, reply.json()["field"]) == (400, "source")


@pytest.mark.parametrize(
    ("changes", "wait", "field"),
    [
        ({"task_type": "tracking"}, 1, "task_type"),
        ({"policy": "none"}, 1, "policy"),
        ({"target": "none"}, 1, "target"),
        ({"version_id": "v1\n"}, 1, "version_id"),
        ({"group": "("}, 9, "group"),
        ({"group": "x" * 201}, 1, "group"),
        ({"group": "x", "source": None}, 1, "group"),
        ({}, -1, "wait"),
    ],
)
def test_a_bad_request_is_refused_by_field(web: Client, lying: Any, changes: Any, wait: float, field: str):
    assert scan(web, lying, wait, **changes).json()["field"] == field


def test_an_unknown_version_needs_its_source(web: Client):
    assert web.post("/vision-readiness/scan", json=VERSION).json()["field"] == "source"


def test_a_group_and_a_target_are_heeded(web: Client, lying: Any):
    reply = scan(web, lying, group=r"(\d)\d*\.png", target="raspberry-pi-5")
    assert reply.status_code == 200, reply.text
