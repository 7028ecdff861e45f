"""The file: migrated, durable, one writer at a time; what cannot be used is refused with one line."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from readiness_coordinator.store.database import Store, Unusable, alembic_config, open_store
from readiness_coordinator.store.schema import refused

WRITER = """
import sys
from pathlib import Path
from readiness_coordinator.store import inbox
from readiness_coordinator.store.database import open_store

store = open_store(Path(sys.argv[1]))
for number in range(100_000):
    with store.write() as c:
        inbox.refuse(c, sys.argv[2], str(number).encode(), "written", "2026-11-23T12:00:00Z")
    print(number, flush=True)
"""


def test_the_migrations_and_the_tables_say_the_same(store: Store):
    with store.write() as c:
        command.check(alembic_config(c))


def test_a_table_that_no_migration_makes_is_noticed(store: Store):
    with store.write() as c:
        c.exec_driver_sql("DROP TABLE refused")
    with store.write() as c, pytest.raises(Exception, match="New upgrade operations detected"):
        command.check(alembic_config(c))


def test_the_file_is_set_up_for_durability(store: Store):
    with store.read() as c:
        pragmas = {name: c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
        assert c.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert c.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_a_block_that_raises_leaves_nothing(store: Store):
    row = {"number": 1, "digest": "1", "at": "", "topic": "", "reason": "", "payload": b""}
    with pytest.raises(sa.exc.IntegrityError), store.write() as c:
        c.execute(sa.insert(refused), [row, row])
    with store.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(refused)).scalar() == 0


def test_a_reader_cannot_write_and_sees_one_snapshot(store: Store):
    row = {"digest": "1", "at": "", "topic": "", "reason": "", "payload": b""}
    count = sa.select(sa.func.count()).select_from(refused)
    with store.read() as reader:
        assert reader.execute(count).scalar() == 0
        with store.write() as writer:
            writer.execute(sa.insert(refused).values(row))
        assert reader.execute(count).scalar() == 0
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            reader.execute(sa.insert(refused).values(row))
    with store.read() as reader:
        assert reader.execute(count).scalar() == 1


def test_opening_twice_keeps_what_is_there(store: Store, tmp_path: Path):
    with store.write() as c:
        c.execute(sa.insert(refused).values(digest="1", at="", topic="t", reason="", payload=b""))
    again = open_store(tmp_path / "data" / "readiness.db")
    with again.read() as c:
        assert c.execute(sa.select(refused.c.topic)).scalar() == "t"
    again.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "readiness.db"
    path.write_bytes(b"these are notes, not a database\n" * 100)
    with pytest.raises(Unusable, match=r"readiness\.db: cannot serve as the store: file is not a database"):
        open_store(path)
    assert path.read_bytes() == b"these are notes, not a database\n" * 100


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE photos (name TEXT)")
    db.close()
    with pytest.raises(Unusable, match="another program"):
        open_store(path)


def test_a_newer_file_is_refused(tmp_path: Path):
    path = tmp_path / "readiness.db"
    open_store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(Unusable, match="newer version"):
        open_store(path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unusable, match="cannot make the data folder"):
        open_store(tmp_path / "file" / "readiness.db")


def test_a_path_that_is_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(Unusable, match="unable to open database file"):
        open_store(tmp_path)


@pytest.mark.slow
def test_two_writers_killed_in_the_middle_lose_nothing_that_they_called_written(tmp_path: Path):
    path = tmp_path / "readiness.db"
    open_store(path).close()
    names = ("one", "two")
    writers = {name: _writer(path, name) for name in names}
    said = {name: [int(writer.stdout.readline()) for _ in range(30)] for name, writer in writers.items()}
    for name, writer in writers.items():
        os.kill(writer.pid, signal.SIGKILL)
        out, _ = writer.communicate()
        said[name] += [int(line) for line in out.split(b"\n")[:-1]]
    store = open_store(path)
    with store.read() as c:
        for name in names:
            held = c.execute(sa.select(refused.c.payload).where(refused.c.topic == name)).scalars().all()
            assert sorted(int(number) for number in held)[: len(said[name])] == said[name]
            assert len(held) - len(said[name]) in {0, 1}
        assert c.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


def _writer(path: Path, name: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stdout=subprocess.PIPE)
