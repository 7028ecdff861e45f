"""Open the SQLite file: brought up to date, durable on commit, one writer at a time, many readers."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

MIGRATIONS = "readiness_coordinator.store:migrations"
BUSY_MS = 10_000
_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "journal_size_limit=67108864",
)


class Unusable(Exception):
    """The file cannot serve as the store; the message is one line that says why and what to do."""


class Store:
    """The database of one coordinator; `write` is serialised here and, between processes, by SQLite."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writing = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give one transaction; it is on disk when the block ends, and undone when the block raises."""
        with self._writing, self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give one snapshot for reading; a write through it is refused by SQLite."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_store(path: Path) -> Store:
    """Open the store at `path`, made with its folder when absent, and migrate it.

    Raises Unusable when the file is no such database, is newer than this program, or cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"{path.parent}: cannot make the data folder: {error.strerror}") from None
    store = Store(_engine(path))
    try:
        _migrate(store, path)
    except sa.exc.DBAPIError as error:
        store.close()
        raise Unusable(f"{path}: cannot serve as the store: {error.orig}; name another data folder") from None
    except Unusable:
        store.close()
        raise
    return store


def alembic_config(connection: sa.Connection) -> Config:
    """Give the configuration that runs the packaged migrations over an open connection."""
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    return config


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN comes late and skips savepoints; SQLAlchemy's recipe is to switch it off.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(store: Store, path: Path) -> None:
    with store.write() as connection:
        config = alembic_config(connection)
        script = ScriptDirectory.from_config(config)
        known = {revision.revision for revision in script.walk_revisions()}
        present = set(MigrationContext.configure(connection).get_current_heads())
        if not present <= known:
            raise Unusable(f"{path}: written by a newer version of this program; upgrade it, or name another folder")
        if not present and sa.inspect(connection).get_table_names():
            raise Unusable(f"{path}: a database of another program; name another data folder")
        if present != set(script.get_heads()):
            command.upgrade(config, "head")
