"""Benchmark models on this device, on real frames, and judge them for a target."""

import argparse
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from readiness.exits import UNUSABLE, Stop

if TYPE_CHECKING:
    from readiness.evidence.benchmark import Benchmark
    from readiness.evidence.model import Model
    from readiness_agent.benchmark.protocol import Candidate, Plan
    from readiness_agent.benchmark.report import Reported
    from readiness_agent.settings import Settings
    from readiness_agent.worker.jobs import Surveyed

_LOOK_S = 180.0


def arguments(parser: argparse.ArgumentParser) -> None:
    from readiness_agent import settings
    from readiness_agent.worker.loading import model_arguments

    parser.add_argument("models", metavar="MODEL", nargs="+", type=Path, help=".onnx or .tflite files")
    parser.add_argument("--frames", metavar="SRC", required=True, help="a folder of images or a video file")
    parser.add_argument("--most-frames", metavar="N", type=int, default=128, help="most frames used (default 128)")
    parser.add_argument("--target", metavar="T", help="judge for this target profile")
    parser.add_argument("--profiles", metavar="DIR", type=Path, help="folder of targets/ and policies/")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="3 processes of 100 runs: screening only")
    length.add_argument("--full", action="store_true", help="10 processes instead of 5")
    parser.add_argument("--duration", metavar="S", type=float, help="seconds per process at least (default 20)")
    parser.add_argument("--fps", metavar="F", type=float, help="pace the frames, and time each from when it is due")
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, or to stdout with -")
    parser.add_argument("--publish", action="store_true", help="send the results to the coordinator")
    model_arguments(parser)
    settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from readiness_agent import profiles
    from readiness_agent.benchmark.report import checks, exit_code, judged, worst_code
    from readiness_agent.benchmark.spill import spill_folder
    from readiness_agent.output import require_place

    require_place(args.json)
    plan = _plan(args)
    asked, policy = checks(), profiles.standard_policy(args.profiles)
    target = None if args.target is None else profiles.target(args.target, args.profiles)
    unusable: dict[str, str] = {}
    candidates = _candidates(args, unusable)
    reported: list[Reported] = []
    if candidates:
        with spill_folder() as spill:
            measured = _measured(candidates, _frames(args, spill), plan, unusable)
        reported = [judged(*one, asked, policy, target) for one in measured]
    _write(args, reported, unusable)
    if args.publish:
        _publish(args, reported)
    return UNUSABLE if unusable else worst_code([exit_code(one) for one in reported])


def _plan(args: argparse.Namespace) -> "Plan":
    from readiness_agent.benchmark.protocol import PLANS

    for option, value in (("--fps", args.fps), ("--duration", args.duration), ("--most-frames", args.most_frames)):
        if value is not None and not 0 < value < 1e6:
            raise Stop(f"{option} is {value:g}; it must be above 0")
    plan = PLANS["quick" if args.quick else "full" if args.full else "standard"]
    seconds = plan.seconds if args.duration is None else args.duration
    return msgspec.structs.replace(plan, fps=args.fps, seconds=seconds)


def _candidates(args: argparse.Namespace, unusable: dict[str, str]) -> "list[Candidate]":
    """Load each model once in a worker; one that cannot run is noted, and the others go on."""
    from readiness_agent.output import printable

    found = []
    for model in args.models:
        candidate = _candidate(args, model)
        if isinstance(candidate, str):
            unusable[printable(str(model))] = candidate
            _complain(candidate)
        else:
            found.append(candidate)
    return found


def _candidate(args: argparse.Namespace, model: Path) -> "Candidate | str":
    from readiness_agent.benchmark.protocol import Candidate
    from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
    from readiness_agent.worker.jobs import Describe, Described
    from readiness_agent.worker.loading import load_of

    try:
        load = load_of(args, model)
        described = run_job(Describe(load=load), Described, str(model), _LOOK_S)
    except (Stop, JobRefused, WorkerFailed) as error:
        return str(error)
    return Candidate(load=msgspec.structs.replace(load, card=described.model.card), described=described)


def _frames(args: argparse.Namespace, spill: str) -> "Surveyed":
    from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
    from readiness_agent.worker.jobs import Survey, Surveyed

    job = Survey(src=args.frames, most=args.most_frames, spill=spill)
    try:
        frames = run_job(job, Surveyed, args.frames, _LOOK_S)
    except (JobRefused, WorkerFailed) as error:
        raise Stop(str(error)) from None
    for left, why in (
        (frames.skipped, "files give no frame"),
        (frames.repeated, "frames repeat others and are not run"),
    ):
        if left.total:
            _complain(f"{args.frames}: {left.total} {why}: {'; '.join(left.named)}")
    return frames


def _measured(
    candidates: "Sequence[Candidate]", frames: "Surveyed", plan: "Plan", unusable: dict[str, str]
) -> "list[tuple[Path, Model, Benchmark]]":
    from readiness_agent.benchmark.protocol import benchmark
    from readiness_agent.device import probe
    from readiness_agent.progress import counting
    from readiness_agent.worker.calling import providers

    with counting("repetitions") as report:
        records = benchmark(candidates, frames, plan, probe(providers=providers()), report)
    measured = []
    for candidate, record in zip(candidates, records, strict=True):
        if isinstance(record, str):
            unusable[candidate.load.path] = record
            _complain(record)
        else:
            measured.append((Path(candidate.load.path), candidate.described.model, record))
    return measured


def _write(args: argparse.Namespace, reported: "Sequence[Reported]", unusable: dict[str, str]) -> None:
    from readiness_agent.benchmark.report import encoded, encoded_set, show
    from readiness_agent.output import write_json

    if args.json and len(args.models) == 1 and reported:
        write_json(encoded(reported[0]), args.json)
    elif args.json and len(args.models) > 1:
        write_json(encoded_set(reported, unusable), args.json)
    if reported and args.json != "-":
        show(reported)


def _publish(args: argparse.Namespace, reported: "Sequence[Reported]") -> None:
    """Hand over every result; one that cannot be sent now stays in the spool, and its line ends the command."""
    from readiness_agent import settings

    chosen = settings.read(args)
    trouble = [stop for stop in (_unsent(one, chosen) for one in reported) if stop is not None]
    if trouble:
        raise trouble[0]


def _unsent(one: "Reported", chosen: "Settings") -> Stop | None:
    from readiness_agent.publishing import publish_benchmark

    try:
        publish_benchmark(one.model, one.benchmark, secrets.token_hex(8), chosen)
    except Stop as stop:
        return stop
    return None


def _complain(line: str) -> None:
    print(f"readiness-agent bench: {line}", file=sys.stderr)
