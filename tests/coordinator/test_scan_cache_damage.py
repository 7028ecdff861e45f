"""Whatever is done to the cache of looks, bytes or rows, a scan finds what it finds without one, and mends it."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from parts_dataset import Parts
from readiness import canonical
from readiness_coordinator import formats
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.cache import FILE, Cache
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.running import Running
from readiness_coordinator.scan.seal import KEY, KEY_BYTES, made_key
from readiness_coordinator.scan.view import Print, View

AT = "2026-11-23T12:00:00Z"
COUNT = 9
DAMAGED = "it was damaged, and is begun anew"
QUICK = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
COLUMNS = ("digest", "code", "used", "view", "print", "seal")
VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(), st.binary(max_size=99))


class Scanned(NamedTuple):
    """One scan: its evidence, how many images were known, and what was told."""

    evidence: bytes
    reused: int
    notices: list[str]


class Bench:
    """A dataset with two copies in it, what is found there without a cache, and a whole cache of it."""

    def __init__(self, labelled: Labelled, cache: Path) -> None:
        self.labelled, self.cache = labelled, cache
        self.bare = canonical.encode(scan(labelled, observed_at=AT))
        assert self.scanned(cache) == (self.bare, 0, [])

    def scanned(self, folder: Path) -> Scanned:
        told, notices = [(0, 0, 0)], list[str]()
        running = Running("here", cache=folder, progress=lambda *at: told.append(at), notice=notices.append)
        return Scanned(canonical.encode(scan(self.labelled, observed_at=AT, running=running)), told[-1][2], notices)

    @contextmanager
    def copy(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(shutil.copytree(self.cache, Path(folder) / "cache"))

    def mended(self, folder: Path) -> Scanned:
        """Scan until all is known, as it soon must be, and give the first scan; each must find all there is."""
        scans = [self.scanned(folder)]
        while scans[-1][1:] != (COUNT, []):
            scans.append(self.scanned(folder))
            assert len(scans) <= 5
        assert {one.evidence for one in scans} == {self.bare}
        assert all(len(one.notices) <= 1 and "\n" not in "".join(one.notices) for one in scans)
        return scans[0]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    root = Parts(tmp_path_factory.mktemp("damage") / "parts", train=5, test=4).root
    (root / "test/test000.png").write_bytes((root / "train/train000.png").read_bytes())
    return Bench(formats.open_dataset(root), root.parent / "cache")


def edit(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        db.execute(statement, values)


def bend(folder: Path, column: str, how: Callable[[bytes], object]) -> None:
    """Put something else in place of a column of every row."""
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        for row, value in db.execute(f"SELECT rowid, {column} FROM looks").fetchall():
            db.execute(f"UPDATE looks SET {column} = ? WHERE rowid = ?", (how(value), row))


def view(**fields: object) -> Callable[[bytes], bytes]:
    return lambda data: msgspec.msgpack.encode(
        msgspec.structs.replace(msgspec.msgpack.decode(data, type=View), **fields)
    )


@pytest.mark.parametrize(
    ("column", "how"),
    [
        ("print", lambda _: None),
        ("print", lambda _: 7),
        ("print", lambda _: msgspec.msgpack.encode(Print(thumbnail=b"short"))),
        ("print", lambda _: msgspec.msgpack.encode(Print(thumbnail=bytes(4096)))),
        ("view", lambda _: 7),
        ("view", view(hashes=b"12345678")),
        ("view", view(hashes=None)),
        ("view", view(width=0, height=0)),
        ("view", view(digest="zz")),
        ("view", view(digest="sha256:" + 64 * "0")),
        ("seal", lambda _: b""),
        ("seal", lambda _: 7),
    ],
)
def test_an_edited_row_is_as_if_it_were_not_there(bench: Bench, column: str, how: Callable[[bytes], object]):
    with bench.copy() as folder:
        bend(folder, column, how)
        assert bench.mended(folder)[1:] == (0, [])


def test_a_view_kept_as_text_is_read_all_the_same(bench: Bench):
    with bench.copy() as folder:
        edit(folder, "UPDATE looks SET view = CAST(view AS TEXT), print = CAST(print AS TEXT)")
        assert bench.mended(folder).notices == []


def test_rows_of_another_cache_are_not_believed(bench: Bench, tmp_path: Path):
    with bench.copy() as folder:
        Cache(tmp_path).close()
        shutil.copy(folder / FILE, tmp_path / FILE)
        assert bench.mended(tmp_path)[1:] == (0, [])


@QUICK
@given(column=st.sampled_from(COLUMNS), value=VALUES, rows=st.integers(1, COUNT))
def test_no_edit_of_a_row_changes_what_is_found(bench: Bench, column: str, value: object, rows: int):
    with bench.copy() as folder:
        try:
            edit(folder, f"UPDATE OR IGNORE looks SET {column} = ? WHERE rowid <= ?", value, rows)
        except (sqlite3.IntegrityError, UnicodeEncodeError):
            return
        bench.mended(folder)


@QUICK
@given(flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=400))
@example(flips=[(0.2 + index / 500, 1 + index % 255) for index in range(400)])
def test_no_damage_changes_what_is_found(bench: Bench, flips: list[tuple[float, int]]):
    damaged(bench, [(int(where * (bench.cache / FILE).stat().st_size), flip) for where, flip in flips])


@QUICK
@given(where=st.integers(0, 700), flip=st.integers(1, 255))
@example(where=18, flip=255)
@example(where=19, flip=255)
def test_no_damage_of_the_header_changes_what_is_found(bench: Bench, where: int, flip: int):
    damaged(bench, [(where, flip)])


def damaged(bench: Bench, flips: list[tuple[int, int]]) -> None:
    with bench.copy() as folder:
        data = bytearray((folder / FILE).read_bytes())
        for where, flip in flips:
            data[where] ^= flip
        (folder / FILE).write_bytes(data)
        bench.mended(folder)


def test_damage_that_only_tidying_meets_is_mended_too(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    def meets(_: Cache) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with bench.copy() as folder:
        with monkeypatch.context() as patch:
            patch.setattr(Cache, "_shrink", meets)
            first = bench.scanned(folder)
        assert first.evidence == bench.bare
        assert first.notices == [f"{folder / FILE}: {DAMAGED}"]
        assert bench.mended(folder).reused == 0


@pytest.mark.parametrize(
    ("free", "said"), [(0, "the scan goes on without its cache: database or disk is full"), (1 << 40, DAMAGED)]
)
def test_a_file_that_says_the_disk_is_full_is_believed_when_it_is(
    bench: Bench, tmp_path: Path, free: int, said: str, monkeypatch: pytest.MonkeyPatch
):
    write = Cache._write

    def full(self: Cache, rows: Sequence[tuple[object, ...]], met: Sequence[tuple[object, ...]]) -> None:
        monkeypatch.setattr(Cache, "_write", write)
        self._db.execute("PRAGMA max_page_count=1")
        self._db.execute("CREATE TABLE another (one)")

    monkeypatch.setattr(Cache, "_write", full)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 40, 0, free))
    assert bench.scanned(tmp_path) == (bench.bare, 0, [f"{tmp_path / FILE}: {said}"])


def test_a_relative_folder_serves_as_well(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert bench.mended(Path("cache"))[1:] == (0, [])
    assert (tmp_path / "cache" / FILE).exists()


@pytest.mark.parametrize("key", [b"", b"short", bytes(KEY_BYTES)])
def test_a_damaged_key_costs_only_time(bench: Bench, key: bytes):
    with bench.copy() as folder:
        (folder / KEY).write_bytes(key)
        assert bench.mended(folder)[1:] == (0, [])
        assert ((folder / KEY).stat().st_mode & 0o777, (folder / KEY).stat().st_size) == (0o600, KEY_BYTES)
        assert {file.name for file in folder.iterdir()} == {FILE, KEY}


def test_a_key_that_others_can_know_is_not_used(bench: Bench):
    with bench.copy() as folder:
        (folder / KEY).chmod(0o644)
        found = bench.scanned(folder)
        assert found[:2] == (bench.bare, 0)
        (said,) = found.notices
        assert said.endswith(f"{folder / KEY} is not this user's alone; remove it, or name another folder")


def test_of_keys_made_at_once_one_wins(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(made_key, [tmp_path] * 50))) == 1
