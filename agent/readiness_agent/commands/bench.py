"""Benchmark models on this device, on real frames, and judge them for a target."""

import argparse
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from readiness.exits import UNUSABLE, Stop

if TYPE_CHECKING:
    from readiness.evidence.evaluation import Evaluation
    from readiness.profile import Profile
    from readiness_agent.benchmark.protocol import Candidate, Plan, Result
    from readiness_agent.benchmark.report import Reported
    from readiness_agent.settings import Settings
    from readiness_agent.worker.jobs import Operated, Surveyed

_LOOK_S = 180.0
_OPERATORS_S = 300.0


def arguments(parser: argparse.ArgumentParser) -> None:
    from readiness_agent import settings
    from readiness_agent.worker.loading import MODEL_HELP, model_arguments

    parser.add_argument("models", metavar="MODEL", nargs="+", help=MODEL_HELP)
    parser.add_argument(
        "--frames", metavar="SRC", required=True, help="folder of images, frame set, video file, camera:0 or stream URL"
    )
    parser.add_argument("--most-frames", metavar="N", type=int, default=128, help="most frames used (default 128)")
    parser.add_argument("--incumbent", metavar="MODEL", help="what runs today: measured beside, answers compared")
    parser.add_argument("--target", metavar="T", help="judge for this target profile")
    parser.add_argument("--profiles", metavar="DIR", type=Path, help="folder of targets/ and policies/")
    parser.add_argument(
        "--evaluation", metavar="R", type=Path, action="append", default=[], help="a report of readiness evaluate"
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="3 processes of 100 runs: screening only")
    length.add_argument("--full", action="store_true", help="10 processes instead of 5")
    parser.add_argument("--duration", metavar="S", type=float, help="then a sustained run of S seconds for each model")
    parser.add_argument(
        "--fps",
        metavar="F",
        type=float,
        help="pace frames too, each timed from when it is due (default: what the target requires, except with --quick)",
    )
    parser.add_argument("--profile-ops", action="store_true", help="time each operator of the models as well")
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, or to stdout with -")
    parser.add_argument("--html", metavar="FILE", type=Path, help="write one self-contained page")
    parser.add_argument("--publish", action="store_true", help="send the results to the coordinator")
    model_arguments(parser)
    settings.add_arguments(parser)


class Run(msgspec.Struct, kw_only=True):
    """One call of the command: what was asked, the line of each model that could not be measured, and whether cut."""

    args: argparse.Namespace
    plan: "Plan"
    target: "Profile | None"
    evaluations: "dict[str, Evaluation]"
    unusable: dict[str, str] = {}
    interrupted: bool = False


def run(args: argparse.Namespace) -> int:
    from readiness_agent import profiles
    from readiness_agent.benchmark.report import checks, evaluations, exit_code, judged, worst_code
    from readiness_agent.benchmark.spill import spill_folder
    from readiness_agent.output import require_place

    for place in (args.json, args.html):
        require_place(place)
    asked, policy = checks(), profiles.standard_policy(args.profiles)
    target = None if args.target is None else profiles.target(args.target, args.profiles)
    this = Run(args=args, plan=_plan(args), target=target, evaluations=evaluations(args.evaluation))
    reported: list[Reported] = []
    if candidates := list(_candidates(this)):
        with spill_folder() as spill:
            frames = _frames(args, spill)
            measured = _measured(this, candidates, frames, Path(spill))
            for candidate, result in measured:
                path, model = Path(candidate.load.path), candidate.described.model
                seen, operated = this.evaluations.get(model.digest), _operated(this, candidate, frames)
                reported.append(
                    judged(path, model, result.benchmark, asked, policy, target, seen, result.trace, operated)
                )
    _write(this, reported)
    if args.publish:
        _publish(args, reported)
    if this.interrupted:
        raise KeyboardInterrupt
    return UNUSABLE if this.unusable else worst_code([exit_code(one) for one in reported])


def _plan(args: argparse.Namespace) -> "Plan":
    from readiness_agent.benchmark.protocol import PLANS

    for option, value in (("--fps", args.fps), ("--duration", args.duration), ("--most-frames", args.most_frames)):
        if value is not None and not 0 < value < 1e6:
            raise Stop(f"{option} is {value:g}; it must be above 0")
    plan = PLANS["quick" if args.quick else "full" if args.full else "standard"]
    return msgspec.structs.replace(plan, fps=args.fps, sustained_s=args.duration or 0.0)


def _candidates(this: Run) -> "Iterator[Candidate]":
    """Load each model once in a worker, the incumbent first; one that cannot run is noted, and the others go on."""
    from readiness_agent.endpoints.address import shown
    from readiness_agent.output import printable

    incumbent = this.args.incumbent
    others = [model for model in dict.fromkeys(this.args.models) if model != incumbent]
    for model in ([incumbent] if incumbent else []) + others:
        candidate = _candidate(this.args, model)
        if isinstance(candidate, str):
            this.unusable[printable(shown(model))] = candidate
            _complain(candidate)
        else:
            yield candidate


def _candidate(args: argparse.Namespace, model: str) -> "Candidate | str":
    from readiness_agent.benchmark.protocol import Candidate
    from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
    from readiness_agent.worker.jobs import Describe, Described
    from readiness_agent.worker.loading import load_of

    try:
        load = load_of(args, model)
        described = run_job(Describe(load=load), Described, model, _LOOK_S)
    except (Stop, JobRefused, WorkerFailed) as error:
        return str(error)
    card = described.model.card
    return Candidate(
        load=msgspec.structs.replace(load, card=card), described=described, incumbent=model == args.incumbent
    )


def _frames(args: argparse.Namespace, spill: str) -> "Surveyed":
    from readiness_agent.frames.live.address import redacted
    from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
    from readiness_agent.worker.jobs import Survey, Surveyed

    shown = redacted(args.frames)
    try:
        frames = run_job(Survey(src=args.frames, most=args.most_frames, spill=spill), Surveyed, shown, _LOOK_S)
    except (JobRefused, WorkerFailed) as error:
        raise Stop(str(error)) from None
    for left, why in (
        (frames.skipped, "files give no frame"),
        (frames.repeated, "frames repeat others and are not run"),
        (frames.changed, "frames are no longer what was captured"),
    ):
        if left.total:
            _complain(f"{shown}: {left.total} {why}: {'; '.join(left.named)}")
    if frames.source is not None and frames.source.ended:
        _complain(f"{shown}: {frames.source.ended}; {len(frames.files)} frames are at hand")
    return frames


def _measured(
    this: Run, candidates: "Sequence[Candidate]", frames: "Surveyed", folder: Path
) -> "list[tuple[Candidate, Result]]":
    from readiness_agent.benchmark.protocol import Interrupted, benchmark
    from readiness_agent.device import probe
    from readiness_agent.progress import timed
    from readiness_agent.worker.calling import providers

    device = probe(providers=providers())
    try:
        with timed() as watch:
            results = benchmark(candidates, frames, this.plan, device, this.target, watch, folder)
    except Interrupted as cut:
        results, this.interrupted = cut.results, True
        _complain(str(cut))
    measured = []
    for candidate, result in zip(candidates, results, strict=True):
        if isinstance(result, str):
            this.unusable[candidate.load.path] = result
            _complain(result)
        else:
            measured.append((candidate, result))
    return measured


def _operated(this: Run, candidate: "Candidate", frames: "Surveyed") -> "Operated | None":
    """Profile the operators where that was asked; a runtime that has no profile says so, and the report stands."""
    from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
    from readiness_agent.worker.jobs import Operate, Operated

    if not this.args.profile_ops or this.interrupted:
        return None
    try:
        return run_job(Operate(load=candidate.load, frames=frames.files), Operated, candidate.load.path, _OPERATORS_S)
    except (JobRefused, WorkerFailed) as error:
        _complain(str(error))
        return None


def _write(this: Run, reported: "Sequence[Reported]") -> None:
    """Write what was asked for; a file that cannot be written does not keep the table from the terminal."""
    from readiness_agent.benchmark.report import chosen, encoded, encoded_set, show
    from readiness_agent.output import write_json, write_text

    args, trouble = this.args, []
    choice = chosen(reported, this.target)
    if reported and args.json != "-":
        show(reported, choice)
    single = len(args.models) == 1 and not args.incumbent
    if args.json and (reported or not single):
        report = encoded(reported[0]) if single else encoded_set(reported, this.unusable, choice)
        trouble.append(_tried(lambda: write_json(report, args.json)))
    if args.html:
        from readiness_agent.benchmark.page import page

        trouble.append(_tried(lambda: write_text(page(reported, this.unusable, choice), args.html)))
    _raise_first(trouble)


def _publish(args: argparse.Namespace, reported: "Sequence[Reported]") -> None:
    """Hand over every result; one that cannot be sent now stays in the spool, and its line ends the command."""
    from readiness_agent import settings

    chosen = settings.read(args)
    _raise_first([_unsent(one, chosen) for one in reported])


def _unsent(one: "Reported", chosen: "Settings") -> Stop | None:
    from readiness_agent.publishing import publish_benchmark

    return _tried(lambda: publish_benchmark(one.model, one.benchmark, secrets.token_hex(8), chosen))


def _tried(act: Callable[[], None]) -> Stop | None:
    try:
        act()
    except Stop as stop:
        return stop
    return None


def _raise_first(trouble: "Sequence[Stop | None]") -> None:
    for stop in trouble:
        if stop is not None:
            raise stop


def _complain(line: str) -> None:
    print(f"readiness-agent bench: {line}", file=sys.stderr)
