"""The daemon: wires settings, spool, telemetry and link together, and runs them in one thread."""

import logging
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from readiness.exits import UNAVAILABLE, Stop
from readiness_agent import settings as settings_of
from readiness_agent import telemetry
from readiness_agent.link import Link, rfc3339
from readiness_agent.sensors import sense_all
from readiness_agent.settings import Settings
from readiness_agent.spool import BadSpool, Lock, Spool, open_spool, take_lock

STATUS = "status.json"
_TURN_S = 0.5
_LOG = logging.getLogger("readiness-agent")


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the daemon last wrote of itself, for `readiness-agent status`."""

    schema: str = "readiness.status/1"
    device: str
    workspace: str
    broker: str
    connected: bool
    protocol: str
    trouble: str
    pid: int
    at: str


class Agent:
    """Everything of one state folder whose link lock this process holds; close it to leave in order."""

    def __init__(self, settings: Settings, lock: Lock) -> None:
        """Open the spool and look at the device; raises Stop with one line when that cannot be."""
        self._settings, self._lock = settings, lock
        self._trouble = ""
        password = settings_of.password(settings.broker)
        try:
            self.spool = open_spool(settings.folder, settings.spool_bytes, owner=True)
        except BadSpool as bad:
            raise Stop(str(bad), UNAVAILABLE) from None
        sensed = sense_all()
        self.spool.clock_synced = telemetry.clock_synced(sensed)
        birth = telemetry.birth(sensed)
        self.link = Link(settings, self.spool, birth, password=password, boot_id=telemetry.boot_id())

    def close(self) -> None:
        """Say `stopped` where there is somebody to tell, and free the state folder."""
        self.link.stop()
        self._write_status()
        self.spool.close()
        self._lock.release()

    def run(self, ended: Callable[[], bool]) -> None:
        """Sample and send until `ended`; a full disk is said and waited out, a damaged spool ends the run."""
        next_sample_at, said = 0.0, None
        while not ended():
            try:
                if time.monotonic() >= next_sample_at:
                    next_sample_at = time.monotonic() + self._settings.interval_s
                    telemetry.sample(self.spool)
                self.link.step(min(_TURN_S, max(0.0, next_sample_at - time.monotonic())))
                self._trouble = ""
            except sqlite3.DatabaseError as error:
                self._spool_failed(error)
            if said != (self.link.connected, self.link.trouble):
                said = (self.link.connected, self.link.trouble)
                self._write_status()

    def deliver(self, delivered: Callable[[], bool], patience_s: float) -> str:
        """Send until `delivered`, but not past the first trouble with the broker; gives why not, or nothing."""
        deadline = time.monotonic() + patience_s
        while not delivered():
            if self.link.trouble:
                return self.link.trouble
            if time.monotonic() > deadline:
                return f"the coordinator did not acknowledge within {patience_s:g} s"
            self.link.step(0.1)
        return ""

    def _spool_failed(self, error: sqlite3.DatabaseError) -> None:
        if type(error) is sqlite3.DatabaseError:
            line = f"{self.spool.path} is damaged ({error}); start the agent again, it sets the file aside"
            raise Stop(line, UNAVAILABLE) from None
        if str(error) != self._trouble:
            _LOG.warning("%s cannot be written: %s; free some disk space", self.spool.path, error)
        self._trouble = str(error)
        time.sleep(_TURN_S)

    def _write_status(self) -> None:
        status = Status(
            device=self._settings.device,
            workspace=self._settings.workspace,
            broker=str(self._settings.broker),
            connected=self.link.connected,
            protocol=self.link.protocol,
            trouble=self.link.trouble,
            pid=os.getpid(),
            at=rfc3339(time.time()),
        )
        try:
            _replace(self._settings.folder / STATUS, msgspec.json.encode(status))
        except OSError as error:
            _LOG.warning("%s cannot be written: %s", self._settings.folder / STATUS, error.strerror)


def the_lock(settings: Settings) -> Lock:
    """Take the link lock; raises Stop when another agent has it, or the state folder cannot be used."""
    try:
        lock = take_lock(settings.folder)
    except BadSpool as bad:
        raise Stop(str(bad), UNAVAILABLE) from None
    if lock is None:
        raise Stop(
            f"{settings.folder}: another readiness-agent uses this state folder; stop it or give another --state"
        )
    return lock


def all_acknowledged(spool: Spool) -> bool:
    """Tell whether the coordinator has everything."""
    return not any(stream.pending for stream in spool.streams())


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(path)
