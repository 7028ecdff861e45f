"""Scan a dataset version: what is in it, what is wrong with it, and whether a model of it may be judged."""

import argparse
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

from rich.console import Console
from rich.markup import escape

from readiness import catalogue
from readiness.evidence.dataset import Dataset
from readiness.evidence.model import Task
from readiness.exits import UNAVAILABLE, Stop, of_state
from readiness.profile import Profile
from readiness_coordinator import formats, profiles, reports
from readiness_coordinator.scan import engines, patterns
from readiness_coordinator.scan import report as dataset_report
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
    parser.add_argument("--engine", default=engines.LOCAL, metavar="E", help="local, dask or dask:tcp://HOST:PORT")
    parser.add_argument("--cache", metavar="DIR|none", help="where looks are kept (~/.cache/readiness/scan)")
    parser.add_argument("--json", metavar="FILE", help="write the report there; - is standard output")
    parser.add_argument("--all", action="store_true", help="show every finding, clear ones in the JSON too")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warning too")


def run(args: argparse.Namespace) -> int:
    """Scan, print or write the report, and give the exit code of its state."""
    policy = profiles.load_policy(args.policy)
    profile = profiles.load_profile(args.target) if args.target else None
    dataset = _scanned(args, profile)
    report = dataset_report.build(
        dataset, catalogue.load(), policy, dataset.observed_at, profile=profile, every=args.all
    )
    reports.write_json(report, args.json)
    if args.json != "-":
        _print(Console(), dataset, report, every=args.all)
    return of_state(report["state"], strict=args.strict)


def _scanned(args: argparse.Namespace, profile: Profile | None) -> Dataset:
    from readiness_coordinator.scan.dataset import scan

    try:
        labelled = formats.open_dataset(args.dataset, format=args.format, images=args.images, task=args.task)
        group = patterns.tried(args.group, (one.name for one in labelled.pictures)) if args.group else None
        options = Options(input_px=profile.input_px if profile else None, group=group)
        with Terminal("readiness scan") as terminal:
            running = Running(
                engine=args.engine,
                workers=args.workers,
                cache=_cache(args.cache),
                progress=terminal.progress,
                stop=terminal.stopped,
                notice=terminal.notice,
            )
            dataset = scan(labelled, observed_at=reports.now(), options=options, running=running)
    except (formats.Unreadable, patterns.BadPattern) as error:
        raise Stop(str(error)) from None
    except NotRun as error:
        raise Stop(str(error), UNAVAILABLE) from None
    _end(terminal, kept=running.cache is not None)
    return dataset


def _end(terminal: Terminal, *, kept: bool) -> None:
    """Say what was looked at and what was known, where that is not simply everything."""
    if terminal.reused:
        terminal.notice(f"looked at {terminal.done - terminal.reused} images, {terminal.reused} were known")
    if terminal.done < terminal.total:
        way = "goes on from there" if kept else "begins anew, for nothing was kept"
        terminal.notice(f"stopped after {terminal.done} of {terminal.total} images; the same command {way}")


def _cache(text: str | None) -> Path | None:
    if text == "none":
        return None
    return Path(text) if text else folder_of()


def _print(console: Console, dataset: Dataset, report: dict[str, Any], *, every: bool) -> None:
    crowds = f", {dataset.crowds} of them crowds" if dataset.crowds else ""
    console.print(
        f"[bold]{report['state']}[/] · quality {report['quality_score']} · {escape(dataset.name)} ({dataset.format}, "
        f"{dataset.task}) · {dataset.images} images, {dataset.annotations} labels{crowds}, "
        f"{len(dataset.classes)} classes",
        soft_wrap=True,
    )
    console.print(
        " · ".join(f"{split.name} {split.images} images, {split.annotations} labels" for split in dataset.splits),
        soft_wrap=True,
    )
    shown = [finding for finding in report["findings"] if every or finding.outcome in {"found", "unknown"}]
    for _, alike in groupby(shown, key=lambda finding: finding.code):
        group = list(alike)
        console.print()
        reports.print_findings(console, group, every=every)
        console.print(f"{'':<8} {escape(group[0].fix)}", style="dim", soft_wrap=True, highlight=False)
    if not shown:
        console.print("nothing found", style="green")


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes")
    return int(text)
