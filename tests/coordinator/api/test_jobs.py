"""/jobs/{id}: what is known so far, events as they come, and an end on demand that loses nothing."""

import json
import threading
import time
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from readiness_coordinator.api import jobs as api
from readiness_coordinator.jobs import Job
from readiness_coordinator.scan import running
from readiness_coordinator.scan.view import View
from slow_scans import large

Client = TestClient[Litestar]
VERSION = {"project_id": "line", "dataset_id": "parts", "version_id": "v1", "task_type": "classification"}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Scans wait after their first images until this is set."""
    go = threading.Event()
    keep = running._keep

    def slowly(seen: list[View], cache: Any) -> int:
        go.wait(0.3)
        return keep(seen, cache)

    monkeypatch.setattr(running, "_keep", slowly)
    monkeypatch.setattr(running, "_EARLIEST_S", 0.1)
    return go


def begun(web: Client, lying: Any) -> str:
    root = large(lying.dataset.parent / "large", 120, 320, 240)
    reply = web.post("/vision-readiness/scan?wait=0", json=VERSION | {"source": str(root)})
    assert reply.status_code == 202
    return str(reply.headers["Location"])


def until(web: Client, place: str, true: Any) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while not true(job := web.get(place).json()):
        assert time.monotonic() < deadline
        assert job["state"] != "failed", job["error"]
        time.sleep(0.05)
    return dict(job)


def test_a_running_scan_gives_what_it_knows_and_a_cancelled_one_is_gone_on_with(
    web: Client, lying: Any, held: threading.Event
):
    place = begun(web, lying)
    partial = until(web, place, lambda job: job["partial"])["partial"]
    assert partial["state"] == "blocked"
    assert "scan-incomplete" in [one["code"] for one in partial["findings"]]
    assert 0 < partial["evidence"]["viewed"] < partial["images"] == 120
    web.delete(place)
    cancelled = until(web, place, lambda job: job["state"] != "running")
    assert (cancelled["state"], cancelled["partial"], cancelled["result"]) == ("cancelled", None, None)
    held.set()
    done = until(web, begun(web, lying), lambda job: job["state"] == "done")
    assert done["result"]["evidence"]["viewed"] == done["total"] == 120
    assert done["reused"] >= partial["evidence"]["viewed"]
    assert web.delete(place).json()["state"] == "cancelled"


def events(web: Client, place: str, **headers: str) -> list[dict[str, Any]]:
    """Read a stream of events to its end, after the rules of the HTML standard."""
    found: list[dict[str, Any]] = []
    with web.stream("GET", f"{place}/events", headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        event: dict[str, Any] = {}
        for line in reply.iter_lines():
            name, _, value = line.partition(": ")
            if line == "" and "data" in event:
                found.append(event)
            event = {} if line == "" else event | {name: json.loads(value) if name == "data" else value}
    return found


def test_events_tell_progress_partial_results_and_the_end(web: Client, lying: Any, held: threading.Event):
    place = begun(web, lying)
    told = events(web, place)
    kinds = [one["event"] for one in told]
    assert kinds[-1] == "done"
    assert {"progress", "partial"} <= set(kinds[:-1])
    ids = [int(one["id"]) for one in told]
    assert ids == sorted(set(ids))
    assert told[-1]["data"]["done"] == told[-1]["data"]["total"] == 120
    assert told[-1]["data"]["result"] is None, "the report is at the job itself"
    assert [one["event"] for one in events(web, place, **{"Last-Event-ID": str(ids[-2])})] == ["done"]
    assert [one["event"] for one in events(web, place, **{"Last-Event-ID": "no number"})] == ["done"]
    assert web.get(f"{place}/events", headers={"Last-Event-ID": str(ids[-1])}).status_code == 204


def test_a_quiet_job_is_heard_of(web: Client, lying: Any, held: threading.Event, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(api, "_HEARTBEAT_S", 0.1)
    with web.stream("GET", f"{begun(web, lying)}/events") as reply:
        assert ": still there" in list(reply.iter_lines())


def test_rate_and_time_left_are_said_to_sensible_digits(monkeypatch: pytest.MonkeyPatch):
    job = Job("a", threading.Event())
    job.started_s = 100.0
    job.progress(700, 7000)
    monkeypatch.setattr(time, "monotonic", lambda: 103.0)
    assert (api.shown(job).rate, api.shown(job).eta_s) == (233.0, 27)
    monkeypatch.setattr(time, "monotonic", lambda: 5000.0)
    assert api.shown(job).rate == 0.143


def test_an_unknown_job_is_not_found(web: Client):
    for reply in (web.get("/jobs/none"), web.get("/jobs/none/events"), web.delete("/jobs/none")):
        assert (reply.status_code, reply.json()["field"]) == (404, "job_id")
