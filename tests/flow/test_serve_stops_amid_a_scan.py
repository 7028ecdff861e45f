"""SIGTERM amid a scan over REST ends the coordinator and its workers at once; SIGKILL takes the workers along."""

import re
import signal
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from children import Child, wait_until
from slow_scans import gone, large

COUNT = 200


def started(tmp_path: Path, log: str) -> tuple[Child, str]:
    words = ["serve", "--port", "0", "--broker-port", "0", "--data", str(tmp_path / "data")]
    words += ["--allow-root", str(tmp_path)]
    child = Child([sys.executable, "-m", "readiness_coordinator", *words], tmp_path / log)
    wait_until(lambda: "dashboard and REST" in child.said(), "the coordinator answers", 60)
    found = re.search(r"http://[^/ ]+", child.said())
    assert found is not None
    return child, found[0]


def ask(url: str, tmp_path: Path) -> str:
    asked = {"project_id": "p", "dataset_id": "d", "version_id": "v", "task_type": "classification"}
    asked["source"] = str(tmp_path / "large")
    return url + httpx.post(f"{url}/vision-readiness/scan?wait=0", json=asked, timeout=30).headers["Location"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_workers_and_the_next_goes_on(tmp_path: Path, number: signal.Signals):
    large(tmp_path / "large", COUNT)
    child, url = started(tmp_path, "first")
    place = ask(url, tmp_path)
    wait_until(lambda: httpx.get(place).json()["done"] >= 20, "some images are looked at", 60)
    with httpx.stream("GET", f"{place}/events", timeout=30) as listening:
        next(listening.iter_lines())
        workers = psutil.Process(child.process.pid).children(recursive=True)
        assert len(workers) >= 2
        begun = time.monotonic()
        child.process.send_signal(number)
        assert child.process.wait(5) == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    gone(workers)
    assert time.monotonic() - begun < 5
    child, url = started(tmp_path, "second")
    place = ask(url, tmp_path)
    wait_until(lambda: httpx.get(place).json()["state"] == "done", "the scan is done", 90)
    job = httpx.get(place).json()
    assert job["result"]["evidence"]["viewed"] == COUNT
    assert job["reused"] >= 20
    assert child.stop() == 0
