"""Show what waits in the spool: per stream, with its losses, without touching it."""

import argparse
import sys

import msgspec

from readiness.exits import CLEAN, UNAVAILABLE, Stop
from readiness_agent import settings
from readiness_agent.spool import BadSpool, Stream, open_spool


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """The spool as `--json` shows it."""

    schema: str = "readiness.spool/1"
    epoch: str
    pending: int
    bytes: int
    budget_bytes: int
    lost: int
    streams: tuple[Stream, ...]


def arguments(parser: argparse.ArgumentParser) -> None:
    settings.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    contents = look(settings.read(args))
    if args.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(contents)) + b"\n")
        return CLEAN
    print(f"epoch {contents.epoch}: {contents.pending} pending, {contents.bytes} of {contents.budget_bytes} bytes")
    for stream in contents.streams:
        print(
            f"{stream.name:<12} {stream.pending:>8} pending  last {stream.last_seq:>8}  "
            f"acknowledged {stream.acknowledged:>8}  lost {stream.lost:>6}"
        )
    return CLEAN


def look(chosen: settings.Settings) -> Contents:
    """Read the state of a spool that is there; raises Stop when there is none."""
    if not (chosen.folder / "spool.db").exists():
        raise Stop(
            f"{chosen.folder}: no spool here; `readiness-agent run` makes one, or name its folder: --state", UNAVAILABLE
        )
    try:
        spool = open_spool(chosen.folder, chosen.spool_bytes, owner=False)
    except BadSpool as bad:
        raise Stop(str(bad), UNAVAILABLE) from None
    streams = spool.streams()
    spool.close()
    return Contents(
        epoch=spool.epoch,
        pending=sum(stream.pending for stream in streams),
        bytes=sum(stream.bytes for stream in streams),
        budget_bytes=chosen.spool_bytes,
        lost=sum(stream.lost for stream in streams),
        streams=streams,
    )
