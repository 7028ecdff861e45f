"""Scan a dataset version: what is in it, what is wrong with it, and whether a model of it may be judged."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
from rich.console import Console

from readiness import catalogue
from readiness.evidence.dataset import Dataset
from readiness.evidence.model import Task
from readiness.exits import UNAVAILABLE, Stop, of_state
from readiness.listed import counted
from readiness.profile import Profile
from readiness_coordinator import formats, profiles, reports
from readiness_coordinator.evaluate import prediction_files, predictions
from readiness_coordinator.scan import baseline, engines, fix_list, patterns, summary, untouched
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.baseline import Baseline
from readiness_coordinator.scan.cache import folder_of
from readiness_coordinator.scan.running import NotRun, Running
from readiness_coordinator.scan.seen import Options
from readiness_coordinator.scan.terminal import Terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="DATASET", help="its folder, zip, URL, data.yaml or COCO .json")
    parser.add_argument("--images", metavar="DIR", help="where the images of a COCO .json lie")
    parser.add_argument("--format", default="auto", choices=["auto", *formats.names()])
    parser.add_argument("--task", choices=get_args(Task), help="otherwise what the format holds")
    parser.add_argument("--policy", default=profiles.DEFAULT_POLICY, metavar="P", help="name or .toml")
    parser.add_argument("--target", metavar="T", help="target profile, by name or .toml")
    parser.add_argument("--group", metavar="REGEX", help="finds in an image's name what it was taken from")
    parser.add_argument("--workers", type=_workers, metavar="N", help="processes; one per core if left out")
    parser.add_argument(
        "--engine", type=_engine, default=engines.LOCAL, metavar="E", help="local, dask or dask:tcp://HOST:PORT"
    )
    parser.add_argument("--cache", metavar="DIR|none", help="where looks are kept (~/.cache/readiness/scan)")
    parser.add_argument("--predictions", type=Path, metavar="P", help="a model's, to find doubtful labels by")
    parser.add_argument("--json", metavar="FILE", help="write the report there; - is standard output")
    parser.add_argument("--html", metavar="FILE", help="write the report with its pictures as one file")
    parser.add_argument("--fix-list", type=Path, metavar="STEM", help="write STEM.csv and STEM.coco.json to work from")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="accepted findings to honour")
    parser.add_argument(
        "--accept", action="append", metavar="CODE[:SUBJECT]", help="accept a finding, or all, into the baseline"
    )
    parser.add_argument("--reason", metavar="WHY", help="why it is accepted")
    parser.add_argument("--by", metavar="WHO", help="who accepts it")
    parser.add_argument("--until", metavar="DAY", help="until when, such as 2027-01-31")
    parser.add_argument("--all", action="store_true", help="show every finding, clear ones in the JSON too")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warning too")


def run(args: argparse.Namespace) -> int:
    """Scan, print or write the report, and give the exit code of its state."""
    policy = profiles.load_policy(args.policy)
    profile = profiles.load_profile(args.target) if args.target else None
    held = _baseline(args)
    terminal, cache = Terminal("readiness scan"), _cache(args.cache)
    labelled = _opened(args)
    untouched.refuse(args.dataset, labelled, _written(args, cache), _read(args))
    dataset = _scanned(args, labelled, profile, terminal, cache)
    checks = catalogue.load()

    def judged(dataset: Dataset) -> dict[str, Any]:
        return dataset_report.build(dataset, checks, policy, dataset.observed_at, profile=profile, every=args.all)

    dataset = _with_baseline(args, held, dataset, judged)
    report = judged(dataset)
    _write(args, report, dataset, labelled)
    _end(terminal, kept=cache is not None)
    if args.json != "-":
        summary.show(Console(), dataset, report, every=args.all)
    return of_state(report["state"], strict=args.strict)


def _written(args: argparse.Namespace, cache: Path | None) -> list[Path]:
    """Give every place that this scan would write to."""
    places = [Path(place) for place in (args.json, args.html) if place and place != "-"]
    places += fix_list.files(args.fix_list) if args.fix_list else ()
    places += [args.baseline] if args.accept else []
    return [*places, cache] if cache else places


def _read(args: argparse.Namespace) -> list[Path]:
    """Give every file that this scan reads beside the dataset; a baseline that it also writes is one place."""
    given = [one for one in (args.predictions, args.baseline) if one]
    given.append(profiles.file_of(args.policy, "policies"))
    return [*given, profiles.file_of(args.target, "targets")] if args.target else given


def _opened(args: argparse.Namespace) -> formats.Labelled:
    try:
        return formats.open_dataset(args.dataset, format=args.format, images=args.images, task=args.task)
    except formats.Unreadable as error:
        raise Stop(str(error)) from None


def _scanned(
    args: argparse.Namespace,
    labelled: formats.Labelled,
    profile: Profile | None,
    terminal: Terminal,
    cache: Path | None,
) -> Dataset:
    from readiness_coordinator.scan.dataset import scan

    try:
        group = patterns.tried(args.group, (one.name for one in labelled.pictures)) if args.group else None
        options = Options(input_px=profile.input_px if profile else None, group=group)
        if args.predictions:
            columns = prediction_files.read(args.predictions, labelled)
            answers = predictions.on_pictures(columns, labelled)
            options = options._replace(answers=answers, predictions=columns.digest)
        with terminal.shown():
            running = Running(
                engine=args.engine,
                workers=args.workers,
                cache=cache,
                progress=terminal.progress,
                stop=terminal.stopped,
                notice=terminal.notice,
            )
            return scan(labelled, observed_at=reports.now(), options=options, running=running)
    except KeyboardInterrupt:
        if cache is not None and terminal.done:
            terminal.notice(f"kept: {_done(terminal)}; the same command goes on from there")
        raise
    except (formats.Unreadable, patterns.BadPattern) as error:
        raise Stop(str(error)) from None
    except NotRun as error:
        raise Stop(str(error), UNAVAILABLE) from None


def _baseline(args: argparse.Namespace) -> Baseline | None:
    """Read the baseline before the long work, so that a mistake in it costs none."""
    if args.accept and not args.baseline:
        raise Stop("--accept writes a baseline; name its file with --baseline FILE")
    if args.accept and not (args.reason and args.by and args.until):
        raise Stop("--accept needs --reason, --by and --until (a day such as 2027-01-31)")
    if not args.baseline or (args.accept and not args.baseline.exists()):
        return None
    return baseline.read(args.baseline)


def _with_baseline(
    args: argparse.Namespace, held: Baseline | None, dataset: Dataset, judged: Callable[[Dataset], dict[str, Any]]
) -> Dataset:
    """Give the scan with what the baseline accepts, and accept what was asked for."""
    accepted = baseline.of(held, dataset.name, args.baseline) if held else ()
    dataset = msgspec.structs.replace(dataset, accepted=accepted)
    if not args.accept:
        return dataset
    said = {"reason": args.reason, "by": args.by, "until": args.until}
    more = baseline.accept(args.accept, judged(dataset)["findings"], dataset, **said)
    return msgspec.structs.replace(dataset, accepted=baseline.write(args.baseline, dataset.name, accepted, more))


def _write(args: argparse.Namespace, report: dict[str, Any], dataset: Dataset, labelled: formats.Labelled) -> None:
    """Write what was asked for."""
    reports.write_json(report, args.json)
    if args.html:
        from readiness_coordinator.web import scan_view

        reports.write_bytes(scan_view.html(report, dataset, labelled).encode(), args.html)
    if args.fix_list:
        fix_list.write(args.fix_list, labelled, dataset, report["findings"])


def _end(terminal: Terminal, *, kept: bool) -> None:
    """Say what was looked at and what was not, where that is not simply everything."""
    if terminal.reused:
        looked = counted(terminal.done - terminal.reused, "images")
        terminal.notice(f"looked at {looked}; known from an earlier scan: {terminal.reused:,}")
    if terminal.done < terminal.total:
        way = "goes on from there" if kept else "begins anew, for nothing was kept"
        terminal.notice(f"stopped after {_done(terminal)}; the same command {way}")


def _done(terminal: Terminal) -> str:
    return f"{terminal.done:,} of {counted(terminal.total, 'images')}"


def _cache(text: str | None) -> Path | None:
    if text == "none":
        return None
    return Path(text) if text else folder_of()


def _engine(text: str) -> str:
    if text != engines.LOCAL and text.partition(":")[0] != engines.DASK:
        raise argparse.ArgumentTypeError(f"there is no engine '{text}': it is local, dask or dask:tcp://HOST:PORT")
    return text


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes")
    return int(text)
