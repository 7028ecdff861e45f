"""Evaluate predictions against truth: how good, why it fails, where, at which threshold, and how sure that is."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readiness.exits import Stop

if TYPE_CHECKING:
    from readiness_coordinator.evaluate.from_files import Evaluated
    from readiness_coordinator.evaluate.request import Request

_DEFAULT_CONFIDENCE = 0.5


def arguments(parser: argparse.ArgumentParser) -> None:
    from readiness_coordinator.evaluate import aims

    parser.add_argument("--truth", metavar="T", required=True, help="any dataset that scan reads")
    parser.add_argument(
        "--predictions",
        metavar="P",
        type=Path,
        required=True,
        help="COCO results JSON, folder of YOLO txt or of mask PNGs, or a classifier's CSV",
    )
    parser.add_argument("--split", metavar="S", help="default: the split, or splits, that the predictions cover")
    parser.add_argument(
        "--against", metavar="S", help="another split that the predictions cover too, to tell a split that was fitted"
    )
    parser.add_argument(
        "--confidence", metavar="C", type=float, help=f"default: the model card's, else {_DEFAULT_CONFIDENCE}"
    )
    parser.add_argument(
        "--iou", metavar="I", type=float, default=0.5, help="overlap that counts as found (default 0.5)"
    )
    parser.add_argument("--policy", metavar="P", default="standard", help="policy by name or .toml (default standard)")
    aims.arguments(parser)
    parser.add_argument(
        "--compare",
        metavar="P2",
        type=Path,
        nargs="+",
        default=[],
        help="predictions of other models over the same truth; each is told apart from P",
    )
    parser.add_argument(
        "--corrupt",
        metavar="NAMES",
        nargs="?",
        const="all",
        help="run --model over corrupted images too: all, or some by name (fog,darkness); kept in P.corrupted",
    )
    parser.add_argument("--severity", metavar="N", default="1,3,5", help="severities of 1 to 5 (default 1,3,5)")
    parser.add_argument(
        "--corrupt-images", metavar="N", type=int, default=500, help="most images to corrupt (default 500)"
    )
    parser.add_argument("--images", metavar="DIR", help="where the images are, if not beside the labels")
    parser.add_argument("--format", metavar="F", default="auto", help="format of the truth (default: by its files)")
    parser.add_argument(
        "--task",
        choices=("detection", "segmentation", "classification"),
        help="default: what the truth's format says",
    )
    parser.add_argument("--model", metavar="MODEL", help="the model evaluated, as file or digest (default: run record)")
    parser.add_argument("--card", metavar="CARD", type=Path, help="the model's card (default: the run record's)")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; - is standard output")
    parser.add_argument("--html", metavar="FILE", help="write the report as one page with pictures")
    parser.add_argument("--all", action="store_true", help="show clear and inapplicable answers too, and every class")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")


def run(args: argparse.Namespace) -> int:
    _check(args)
    from rich.console import Console

    from readiness import catalogue
    from readiness_coordinator import reports
    from readiness_coordinator.evaluate import report as evaluation_report
    from readiness_coordinator.evaluate import summary

    asked = _request(args)
    evaluated = asked.evaluate(reports.now())
    evaluation, policy = evaluated.evaluation, asked.how.policy
    reached = evaluation_report.judge(evaluation, asked.known.model, policy, catalogue.load())
    made = evaluation_report.report(
        evaluation, asked.known.model, policy, reached, every=args.all, **_more(evaluated, asked, args.compare)
    )
    made |= {"confidence_from": asked.confidence_from}
    reports.write_json(made, args.json)
    if args.html:
        from readiness_coordinator.web import evaluation_view

        reports.write_bytes(evaluation_view.html(made, evaluation, asked.labelled).encode(), args.html)
    if args.json != "-":
        summary.show(Console(), evaluation, made, every=args.all)
    return reports.exit_code(reached.state, reached.findings, strict=args.strict)


def _check(args: argparse.Namespace) -> None:
    if args.confidence is not None and not 0 <= args.confidence <= 1:
        raise Stop(f"--confidence is {args.confidence:g}; it lies between 0 and 1")
    if not 0 < args.iou <= 1:
        raise Stop(f"--iou is {args.iou:g}; it lies above 0, up to 1")
    if args.corrupt_images < 1:
        raise Stop(f"--corrupt-images is {args.corrupt_images}; give at least 1")
    if args.corrupt and not (args.model and Path(args.model).is_file()):
        raise Stop("--corrupt runs the model again; name its file with --model")


def _request(args: argparse.Namespace) -> "Request":
    """Read all that is small first, so that a mistake in it costs no long work."""
    import msgspec

    from readiness_coordinator import formats, profiles
    from readiness_coordinator.evaluate import aims, corrupting, run_record
    from readiness_coordinator.evaluate import model as evaluated_model
    from readiness_coordinator.evaluate.from_files import How
    from readiness_coordinator.evaluate.request import Corrupting, Request

    policy = profiles.load_policy(args.policy)
    try:
        aim = aims.of_arguments(args, policy.evaluation.aim)
    except aims.BadAsked as error:
        raise Stop(f"--aim: {error}") from None
    runs = corrupting.plan(args.corrupt, args.severity) if args.corrupt else ()
    record = run_record.read(args.predictions)
    known = evaluated_model.known(record.model, args.model, args.card)
    confidence, said = _threshold(args.confidence, known)
    try:
        labelled = formats.open_dataset(args.truth, format=args.format, images=args.images, task=args.task)
    except formats.Unreadable as unreadable:
        raise Stop(str(unreadable)) from None
    _spare(args, labelled)
    demand = msgspec.structs.replace(policy.evaluation, aim=aim)
    options = ["--card", str(args.card)] if args.card else []
    return Request(
        labelled=labelled,
        predictions=args.predictions,
        record=record,
        known=known,
        how=How(confidence, args.iou, msgspec.structs.replace(policy, evaluation=demand), args.split),
        confidence_from=said,
        against=args.against,
        corrupt=Corrupting(Path(args.model), runs, args.corrupt_images, options) if runs else None,
    )


def _spare(args: argparse.Namespace, labelled: Any) -> None:
    """Refuse to write over what is read."""
    from readiness_coordinator.evaluate import run_record
    from readiness_coordinator.scan import untouched

    outputs = [Path(place) for place in (args.json, args.html) if place and place != "-"]
    said = [args.predictions, *args.compare]
    inputs = [*said, *map(run_record.path_beside, said), *(Path(one) for one in (args.model, args.card) if one)]
    untouched.refuse(args.truth, labelled, outputs, inputs)


def _threshold(asked: float | None, known: Any) -> tuple[float, str]:
    if asked is not None:
        return asked, "as asked"
    if known.model is not None:
        return known.model.card.confidence, "the model card's"
    return _DEFAULT_CONFIDENCE, "no model card: the default"


def _more(evaluated: "Evaluated", asked: "Request", others: Sequence[Path]) -> dict[str, Any]:
    """Give what a report has beside the evidence: other models on the same truth, other tools' figures, the curve."""
    from concurrent.futures import ThreadPoolExecutor

    from readiness_coordinator.evaluate import comparing, reconciling, simulator

    evaluation, case, prepared = evaluated
    if case is None or prepared is None:
        if others:
            raise Stop("--compare compares detectors and classifiers; masks of classes are not compared yet")
        return {}
    with ThreadPoolExecutor(1) as beside:
        reconciled = beside.submit(reconciling.reconcile, case, evaluation.metrics.get("ap"))
        more: dict[str, Any] = {"curve": simulator.points(prepared)}
        if others:
            cases = [case, *(asked.other(one, case) for one in others)]
            more["compare"] = comparing.compare(cases, asked.names(others))
        return more | {"reconcile": reconciled.result()}
