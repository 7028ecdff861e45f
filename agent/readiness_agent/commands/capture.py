"""Capture a frame set from a camera, a stream, a video or a folder: images with their digests and statistics."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from readiness.exits import CLEAN, EVIDENCE_MISSING, Stop

if TYPE_CHECKING:
    from readiness_agent.frameset import FrameSet
    from readiness_agent.worker.jobs import Capture

_ALLOWANCE_S, _LOOK_S, _MOST = 60.0, 60.0, 100_000
# What one frame may take where none is waited for.
_LEAST_S = 0.1


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="SRC",
        required=True,
        help="camera:0, camera:/dev/video0?size=1280x720&fps=30&fourcc=MJPG, rtsp://…, http://… (MJPEG, HLS or an "
        "address that answers one picture), a video file or a folder of images",
    )
    parser.add_argument(
        "--count",
        metavar="N",
        type=int,
        required=True,
        help="frames that DIR shall hold in the end: a set begun earlier from the same source is continued",
    )
    parser.add_argument(
        "--every",
        metavar="S",
        type=float,
        default=1.0,
        help="seconds between frames of a camera or stream (default 1); files are read at even spacing",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="a new folder, or one to continue")
    parser.add_argument(
        "--timeout", metavar="S", type=float, help="seconds for all of it (default: twice what it should take, and 60)"
    )
    parser.add_argument(
        "--format",
        choices=("png", "jpg"),
        default="png",
        help="for pictures that do not come as JPEG, which keep their bytes: png (default) loses nothing, so that a "
        "model sees what the site saw; jpg (quality 95) takes a fifth of the room and adds its own artefacts",
    )
    parser.add_argument("--json", metavar="FILE", help="write the set's frames.json to FILE too, or to stdout with -")


def run(args: argparse.Namespace) -> int:
    from readiness_agent import frameset
    from readiness_agent.output import require_place, write_json

    require_place(args.json)
    require_place(args.out)
    try:
        trouble = _captured(_job(args))
    except KeyboardInterrupt:
        _say_kept(args.out)
        raise
    try:
        made = frameset.read(args.out)
    except frameset.BadSet as bad:
        raise Stop(trouble or str(bad), EVIDENCE_MISSING) from None
    if args.json:
        write_json(made, args.json)
    if args.json != "-":
        _show(made, args.out)
    if made.totals.got >= args.count:
        return CLEAN
    kept = f"{made.totals.got} of {args.count} frames are in {args.out}"
    raise Stop(f"{trouble or made.totals.ended}; {kept}", EVIDENCE_MISSING)


def _job(args: argparse.Namespace) -> "Capture":
    from readiness_agent.worker.jobs import Capture

    if not 1 <= args.count <= _MOST:
        raise Stop(f"--count is {args.count}; it must be 1 to {_MOST}")
    for option, value in (("--every", args.every), ("--timeout", args.timeout)):
        if value is not None and not (0 < value < 1e7 or (value == 0 and option == "--every")):
            raise Stop(f"{option} is {value:g}; it must be above 0")
    within_s = 2 * args.count * max(args.every, _LEAST_S) + _ALLOWANCE_S if args.timeout is None else args.timeout
    return Capture(
        src=args.source, count=args.count, every_s=args.every, within_s=within_s, out=str(args.out), form=args.format
    )


def _captured(job: "Capture") -> str:
    """Have a worker fill the set; gives the line that says what went wrong on the way; raises Stop on bad input."""
    from readiness_agent.frames.live.address import redacted
    from readiness_agent.progress import counting
    from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
    from readiness_agent.worker.jobs import Captured

    try:
        with counting("frames") as report:
            return run_job(job, Captured, redacted(job.src), job.within_s + _LOOK_S, report).trouble
    except JobRefused as refused:
        raise Stop(str(refused)) from None
    except WorkerFailed as failed:
        return str(failed)


def _say_kept(out: Path) -> None:
    """Say what an interrupted capture leaves, where it leaves a set."""
    from readiness_agent import frameset

    try:
        totals = frameset.read(out).totals
    except frameset.BadSet:
        return
    print(f"readiness-agent capture: {totals.got} of {totals.asked} frames are in {out}", file=sys.stderr)


def _show(made: "FrameSet", out: Path) -> None:
    totals = made.totals
    live = f"; {totals.arrived} arrived, {totals.dropped} dropped, {totals.reconnects} reconnects"
    waited = "" if made.capture_ms is None else f", {made.capture_ms:.0f} ms to get one"
    print(f"{totals.got} of {totals.asked} frames from {made.source} in {out}{live + waited if totals.arrived else ''}")
    if totals.skipped:
        print(f"note: {totals.skipped} of its files or frames give no picture")
    for note in made.notes:
        print(f"note: {note}")
