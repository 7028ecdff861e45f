"""A scan that is interrupted says what it knows, one that is killed loses nothing, and the next goes on from there."""

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from slow_scans import gone, large, scan, under_way

COUNT = 300


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large(tmp_path_factory.mktemp("large") / "parts", COUNT)


def whole(root: Path, cache: Path) -> tuple[dict[str, Any], str]:
    done = scan(root, cache, "--json", "-")
    out, err = done.communicate(timeout=100)
    report = json.loads(out)
    report["evidence"].pop("observed_at")
    return report, err


def known(err: str) -> tuple[int, int]:
    said = re.search(r"looked at (\d+) images?; known from an earlier scan: (\d+)", err)
    assert said is not None, err
    return int(said[1]), int(said[2])


def test_a_killed_scan_is_gone_on_with(root: Path, tmp_path: Path):
    killed = scan(root, tmp_path / "cache")
    workers = under_way(killed, tmp_path / "cache")
    killed.kill()
    killed.communicate(timeout=10)
    gone(workers)
    resumed, err = whole(root, tmp_path / "cache")
    looked, reused = known(err)
    assert (looked + reused, reused >= 20, looked > 0) == (COUNT, True, True)
    again, err = whole(root, tmp_path / "cache")
    assert known(err) == (0, COUNT)
    fresh, err = whole(root, tmp_path / "other")
    assert err == ""
    assert fresh == resumed == again


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scan_says_what_it_knows_and_that_it_is_not_all(root: Path, tmp_path: Path, number: int):
    stopped = scan(root, tmp_path / "cache", "--json", tmp_path / "partial.json")
    workers = under_way(stopped, tmp_path / "cache")
    begun = time.monotonic()
    stopped.send_signal(number)
    out, err = stopped.communicate(timeout=30)
    assert time.monotonic() - begun < 10
    assert stopped.returncode == 1
    report = json.loads((tmp_path / "partial.json").read_text())
    viewed = report["evidence"]["viewed"]
    assert 20 <= viewed < report["images"] == COUNT
    assert report["state"] == "blocked"
    assert "scan-incomplete" in [one["code"] for one in report["findings"]]
    assert f"Looked at {viewed} of {COUNT} images" in out
    assert err.strip() == (
        f"readiness scan: stopped after {viewed} of {COUNT} images; the same command goes on from there"
    )
    gone(workers)
    _, err = whole(root, tmp_path / "cache")
    assert known(err) == (COUNT - viewed, viewed)


def test_a_second_interrupt_ends_it_without_a_report(root: Path, tmp_path: Path):
    stopped = scan(root, tmp_path / "cache", "--json", tmp_path / "partial.json")
    workers = under_way(stopped, tmp_path / "cache")
    for _ in range(2):
        stopped.send_signal(signal.SIGINT)
        time.sleep(0.02)
    _, err = stopped.communicate(timeout=10)
    assert (stopped.returncode, "Traceback" in err) in {(128 + signal.SIGINT, False), (1, False)}
    gone(workers)
