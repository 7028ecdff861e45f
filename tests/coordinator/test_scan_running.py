"""A scan on every engine gives the same bytes; what an engine lacks is one line; partial results are what was seen."""

import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crashing import FATAL, fatal
from parts_dataset import Parts
from readiness import canonical, catalogue
from readiness.evidence.dataset import Dataset
from readiness.policy import Policy
from readiness_coordinator import formats
from readiness_coordinator.scan import engines, running, viewing
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.cache import Cache, Known, code
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.running import NotRun, Running

AT = "2026-11-23T12:00:00Z"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "parts", train=40, test=20)


@pytest.fixture(scope="module")
def cluster() -> Iterator[engines.Dask]:
    """Two worker processes of this machine, which the tests here share."""
    with closing(engines.Dask(None, 2)) as dask:
        yield dask


def test_dask_gives_the_same_bytes_and_uses_the_cache(
    parts: Parts, cluster: engines.Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (parts.root / "train/train003.png").write_bytes(b"broken")
    labelled = formats.open_dataset(parts.root)
    told: list[tuple[int, int, int]] = []
    asked = Running("dask", cache=tmp_path / "cache", progress=lambda *at: told.append(at))
    monkeypatch.setattr(cluster, "close", lambda: None)
    monkeypatch.setattr(engines, "Dask", lambda address, workers: cluster)
    found = [canonical.encode(scan(labelled, observed_at=AT, running=asked)) for _ in range(2)]
    assert found == [canonical.encode(scan(labelled, observed_at=AT))] * 2
    assert told[-1] == (60, 60, 60)


def test_on_dask_a_file_that_kills_its_worker_costs_only_itself(parts: Parts, cluster: engines.Dask):
    with (parts.root / "train/train007.png").open("ab") as file:
        file.write(FATAL)
    paths = [str(one.file) for one in formats.open_dataset(parts.root).pictures]
    seen = viewing.view_all(paths, cluster, Known(None, "", code()), look=fatal)
    problems = {path: one.looked.view.problem for path, one in zip(paths, itertools.chain(*seen), strict=True)}
    assert {path: said for path, said in problems.items() if said} == {
        str(parts.root / "train/train007.png"): viewing.FATAL
    }


def test_a_scheduler_at_an_address_is_joined(parts: Parts, cluster: engines.Dask):
    address = cluster._cluster.scheduler_address
    labelled = formats.open_dataset(parts.root)
    found = scan(labelled, observed_at=AT, running=Running(f"dask:{address}"))
    assert canonical.encode(found) == canonical.encode(scan(labelled, observed_at=AT))


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        ("ray", "there is no engine 'ray': it is local, dask, or dask:tcp://HOST:PORT"),
        ("dask:tcp://127.0.0.1:9", "no Dask scheduler answers at tcp://127.0.0.1:9"),
        ("dask:nonsense", "no Dask scheduler answers at nonsense"),
    ],
)
def test_an_engine_that_cannot_be_had_is_one_line(
    parts: Parts, engine: str, said: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engines, "_CONNECT_S", 1)
    with pytest.raises(NotRun) as error:
        scan(formats.open_dataset(parts.root), observed_at=AT, running=Running(engine))
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)


def test_dask_that_is_not_installed_is_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(engines.Unavailable, match="pip install"):
        engines.opened("dask", 2)


def test_partial_results_hold_what_was_seen_and_block(parts: Parts, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "_EARLIEST_S", 0.0)
    monkeypatch.setattr(running, "_SHARE", 1e9)
    given: list[Dataset] = []
    whole = scan(formats.open_dataset(parts.root), observed_at=AT, running=Running("here", partial=given.append))
    assert len(given) > 1
    assert canonical.encode(given[-1]) == canonical.encode(whole)
    assert [one.viewed for one in given] == sorted({one.viewed for one in given})
    report = dataset_report.build(given[0], catalogue.load(), Policy(name="p", title="P"), AT)
    assert report["state"] == "blocked"
    assert "scan-incomplete" in [one.code for one in report["findings"]]


def test_partial_results_take_a_twentieth_of_the_time_at_most(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    spent = []

    def measure() -> Dataset:
        now[0] += 1.0
        spent.append(now[0])
        return None  # type: ignore[return-value]  # nobody reads it

    partials = running._Partials(lambda _: None, measure)
    for _ in range(2000):
        now[0] += 0.5
        partials.offer()
    assert 40 <= len(spent) <= 0.05 * now[0] + 1


def test_told_to_stop_it_gives_what_it_has(parts: Parts):
    done = [0]

    def progress(at: int, _total: int, _reused: int) -> None:
        done[0] = at

    found = scan(
        formats.open_dataset(parts.root),
        observed_at=AT,
        running=Running("here", progress=progress, stop=lambda: done[0] >= 10),
    )
    assert 10 <= found.viewed < found.images == 60


def test_a_full_disk_is_one_line(parts: Parts, monkeypatch: pytest.MonkeyPatch):
    full = {"INSERT": 0}

    def write(self: Cache, rows: object, met: object) -> None:
        full["INSERT"] += 1
        self._db.execute("PRAGMA max_page_count=1")
        self._db.execute("CREATE TABLE another (one)")

    monkeypatch.setattr(Cache, "_write", write)
    with pytest.raises(NotRun, match="the scan's working file cannot be written: database or disk is full; set TMPDIR"):
        scan(formats.open_dataset(parts.root), observed_at=AT)
