"""The cache of looks: what stands in it is what was seen, damage and locks cost only time, its size is bounded."""

import sqlite3
from pathlib import Path

import cv2
import pytest

from parts_dataset import Parts, picture
from readiness import canonical
from readiness.evidence.dataset import Dataset
from readiness_coordinator import formats
from readiness_coordinator.scan import cache as caching
from readiness_coordinator.scan.cache import FILE, Cache, Prints, folder_of, seen_before
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.running import NotRun, Running
from readiness_coordinator.scan.view import Looked, look_into

AT = "2026-11-23T12:00:00Z"


def looks(count: int) -> list[Looked]:
    return [look_into(cv2.imencode(".png", picture(seed))[1].tobytes()) for seed in range(count)]


def scanned(root: Path, folder: Path, notices: list[str]) -> tuple[Dataset, int]:
    told = [(0, 0, 0)]
    running = Running("here", cache=folder, progress=lambda *at: told.append(at), notice=notices.append)
    return scan(formats.open_dataset(root), observed_at=AT, running=running), told[-1][2]


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    return Parts(tmp_path / "parts", train=20, test=10).root


def test_what_is_kept_is_what_was_seen(tmp_path: Path):
    seen, cache = looks(5), Cache(tmp_path)
    cache.put(seen, [])
    with seen_before(cache.known) as find:
        assert [find(str(one.view.digest)) for one in seen] == [one.view for one in seen]
        assert find("sha256:" + 64 * "0") is None
    prints = Prints(cache, {str(name): one.view for name, one in enumerate(seen)}, lambda _: None)
    assert dict(prints) == {str(one.view.digest): one.print for one in seen}
    assert (len(prints), "sha256:" + 64 * "0" in prints) == (5, False)
    cache.close()


def test_another_code_or_another_machine_knows_nothing(tmp_path: Path):
    (one,), cache = looks(1), Cache(tmp_path)
    cache.put([one], [])
    for other in (cache.known._replace(code="0"), cache.known._replace(host="elsewhere")):
        with seen_before(other) as find:
            assert find(str(one.view.digest)) is None
    cache.close()


def test_the_code_follows_the_looking_code_and_its_libraries(monkeypatch: pytest.MonkeyPatch):
    modules = caching._modules(caching.looking, {})
    assert {"readiness_coordinator.scan.view", "readiness.measures.decode", "readiness.measures.hashes"} <= set(modules)
    caching.code.cache_clear()
    monkeypatch.setattr(caching.metadata, "version", lambda name: "0.0")
    other = caching.code()
    caching.code.cache_clear()
    monkeypatch.undo()
    assert caching.code() != other


def test_a_scan_with_a_cache_gives_the_same_bytes_as_one_without(parts: Path, tmp_path: Path):
    bare = canonical.encode(scan(formats.open_dataset(parts), observed_at=AT))
    notices: list[str] = []
    first, reused = scanned(parts, tmp_path / "cache", notices)
    assert (canonical.encode(first), reused) == (bare, 0)
    (parts / "train/train003.png").write_bytes((parts / "train/train004.png").read_bytes())
    again, reused = scanned(parts, tmp_path / "cache", notices)
    assert reused == 30, "the swapped file has bytes that are known"
    assert canonical.encode(again) == canonical.encode(scan(formats.open_dataset(parts), observed_at=AT)) != bare
    assert notices == []


@pytest.mark.parametrize("damage", ["no database", "middle", "other tables"])
def test_a_damaged_cache_costs_only_time(parts: Path, tmp_path: Path, damage: str):
    notices: list[str] = []
    first, _ = scanned(parts, tmp_path / "cache", notices)
    file = tmp_path / "cache" / FILE
    if damage == "no database":
        file.write_bytes(b"anything at all" * 1000)
    elif damage == "middle":
        data = bytearray(file.read_bytes())
        data[4096 : len(data) - 4096] = bytes(len(data) - 8192)
        file.write_bytes(data)
    else:
        with sqlite3.connect(file) as db:
            db.execute("DROP TABLE looks")
            db.execute("CREATE TABLE looks (something)")
        db.close()
    second, _ = scanned(parts, tmp_path / "cache", notices)
    third, _ = scanned(parts, tmp_path / "cache", notices)
    assert canonical.encode(first) == canonical.encode(second) == canonical.encode(third)
    assert notices
    assert "\n" not in "".join(notices)


def test_a_locked_or_unwritable_cache_costs_only_time(parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(caching, "_BUSY_S", 0.1)
    notices: list[str] = []
    first, _ = scanned(parts, tmp_path / "cache", notices)
    with sqlite3.connect(tmp_path / "cache" / FILE, isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        second, _ = scanned(parts, tmp_path / "cache", notices)
    db.close()
    assert "locked" in notices[0]
    (tmp_path / "file").write_text("in the way")
    third, _ = scanned(parts, tmp_path / "file" / "cache", notices)
    assert len(notices) == 2
    assert canonical.encode(first) == canonical.encode(second) == canonical.encode(third)


def test_two_scans_share_a_cache(parts: Path, tmp_path: Path):
    one, other = Cache(tmp_path / "cache"), Cache(tmp_path / "cache")
    seen = looks(4)
    one.put(seen[:3], [])
    other.put(seen[1:], [])
    with seen_before(one.known) as find:
        assert all(find(str(look.view.digest)) == look.view for look in seen)
    one.close()
    other.close()


def test_the_oldest_looks_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen = looks(120)
    for day in range(3):
        monkeypatch.setattr(caching.time, "time", lambda day=day: 1e9 + 86400 * day)
        cache = Cache(tmp_path)
        cache.put(seen[day * 40 : day * 40 + 40], [str(seen[0].view.digest)] if day else [])
        cache.close()
    size = (tmp_path / FILE).stat().st_size
    cache = Cache(tmp_path, most_bytes=size // 2)
    cache.close()
    assert (tmp_path / FILE).stat().st_size <= size // 2
    cache = Cache(tmp_path)
    with seen_before(cache.known) as find:
        left = [index for index, one in enumerate(seen) if find(str(one.view.digest))]
    cache.close()
    assert left[0] == 0, "it was met again since"
    assert left[1:] == list(range(left[1], 120)) != []


def test_a_print_that_has_gone_is_made_again_and_a_changed_file_is_told_of(parts: Path, tmp_path: Path):
    labelled = formats.open_dataset(parts)
    bare = canonical.encode(scan(labelled, observed_at=AT))

    def emptied(change: bytes = b"") -> bytes:
        def empty(done: int, total: int, _reused: int) -> None:
            if done == total:
                db = sqlite3.connect(tmp_path / "cache" / FILE)
                db.execute("DELETE FROM looks")
                db.commit()
                db.close()
                for picture in labelled.pictures if change else ():
                    picture.file.write_bytes(change)

        running = Running("here", cache=tmp_path / "cache", progress=empty)
        return canonical.encode(scan(labelled, observed_at=AT, running=running))

    assert emptied() == bare
    with pytest.raises(NotRun, match=r"\.png: it changed while it was scanned"):
        emptied(b"changed")


def test_the_cache_lies_where_the_system_says():
    assert folder_of({"XDG_CACHE_HOME": "/x"}) == Path("/x/readiness/scan")
    assert folder_of({"XDG_CACHE_HOME": "relative"}) == folder_of({}) == Path.home() / ".cache/readiness/scan"
