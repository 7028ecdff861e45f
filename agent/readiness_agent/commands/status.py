"""Say whether the daemon runs, whether it is connected, and what the coordinator has acknowledged."""

import argparse
import sys
import time
from pathlib import Path

import msgspec

from readiness.exits import CLEAN, UNAVAILABLE, Stop
from readiness_agent import settings
from readiness_agent.agent import STATUS, Status
from readiness_agent.commands import spool
from readiness_agent.spool import BadSpool, take_lock


def arguments(parser: argparse.ArgumentParser) -> None:
    settings.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    chosen = settings.read(args)
    contents = spool.look(chosen)
    running = _running(chosen.folder)
    status = _last_status(chosen.folder)
    if args.json:
        told = {"schema": "readiness.status/1", "running": running, "daemon": status, "spool": contents}
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(told)) + b"\n")
        return CLEAN
    print(_daemon_line(status, running=running))
    acknowledged = [stream.acknowledged_at for stream in contents.streams if stream.acknowledged_at is not None]
    ago = f"{max(0.0, time.time() - max(acknowledged)):.0f} s ago" if acknowledged else "never"
    print(f"last acknowledgement {ago}; {contents.pending} records wait, {contents.lost} lost")
    return CLEAN


def _daemon_line(status: Status | None, *, running: bool) -> str:
    if status is None or not running:
        return "the daemon does not run; start it with `readiness-agent run`"
    line = f"{status.device} in workspace {status.workspace}: pid {status.pid}, {status.protocol} to {status.broker}, "
    return line + (f"connected since {status.at}" if status.connected else f"not connected: {status.trouble}")


def _running(folder: Path) -> bool:
    try:
        lock = take_lock(folder)
    except BadSpool as bad:
        raise Stop(str(bad), UNAVAILABLE) from None
    if lock is not None:
        lock.release()
    return lock is None


def _last_status(folder: Path) -> Status | None:
    try:
        return msgspec.json.decode((folder / STATUS).read_bytes(), type=Status)
    except (OSError, msgspec.DecodeError):
        return None
