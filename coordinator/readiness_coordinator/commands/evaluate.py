"""Evaluate predictions against truth, class by class and slice by slice, with bounds."""

import argparse
from pathlib import Path

from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.exits import Stop
from readiness.policy import Policy

_DEFAULT_CONFIDENCE = 0.5


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--truth", metavar="T", required=True, help="any dataset that scan reads")
    parser.add_argument(
        "--predictions", metavar="P", type=Path, required=True, help="COCO results JSON, folder of YOLO txt, or CSV"
    )
    parser.add_argument("--split", metavar="S", help="default: the split, or splits, that the predictions cover")
    parser.add_argument(
        "--confidence", metavar="C", type=float, help=f"default: the model card's, else {_DEFAULT_CONFIDENCE}"
    )
    parser.add_argument(
        "--iou", metavar="I", type=float, default=0.5, help="overlap that counts as found (default 0.5)"
    )
    parser.add_argument("--policy", metavar="P", default="standard", help="policy by name or .toml (default standard)")
    parser.add_argument("--images", metavar="DIR", help="where the images are, if not beside the labels")
    parser.add_argument("--format", metavar="F", default="auto", help="format of the truth (default: by its files)")
    parser.add_argument("--task", choices=("detection", "classification"), help="default: what the truth's format says")
    parser.add_argument("--model", metavar="MODEL", help="the model evaluated, as file or digest (default: run record)")
    parser.add_argument("--card", metavar="CARD", type=Path, help="the model's card (default: the run record's)")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; - is standard output")
    parser.add_argument("--all", action="store_true", help="show clear and inapplicable answers too")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")


def run(args: argparse.Namespace) -> int:
    if args.confidence is not None and not 0 <= args.confidence <= 1:
        raise Stop(f"--confidence is {args.confidence:g}; it lies between 0 and 1")
    if not 0 < args.iou <= 1:
        raise Stop(f"--iou is {args.iou:g}; it lies above 0, up to 1")
    from rich.console import Console

    from readiness import catalogue
    from readiness_coordinator import profiles, reports
    from readiness_coordinator.evaluate import report as evaluation_report

    policy = profiles.load_policy(args.policy)
    evaluation, model, said = _evaluated(args, policy)
    reached = evaluation_report.judge(evaluation, model, policy, catalogue.load())
    made = evaluation_report.report(evaluation, model, policy, reached, every=args.all) | {"confidence_from": said}
    reports.write_json(made, args.json)
    if args.json != "-":
        console = Console()
        console.print(f"split '{evaluation.split}', confidence {evaluation.confidence:g} ({said})", markup=False)
        evaluation_report.show(console, evaluation, policy, reached, every=args.all)
    return reports.exit_code(reached.state, reached.findings, strict=args.strict)


def _evaluated(args: argparse.Namespace, policy: Policy) -> tuple[Evaluation, Model | None, str]:
    """Read truth and predictions and evaluate; tells also where the threshold comes from."""
    from readiness_coordinator import formats, reports
    from readiness_coordinator.evaluate import model as evaluated_model
    from readiness_coordinator.evaluate import run_record
    from readiness_coordinator.evaluate.from_files import evaluate_files

    try:
        labelled = formats.open_dataset(args.truth, format=args.format, images=args.images, task=args.task)
    except formats.Unreadable as unreadable:
        raise Stop(str(unreadable)) from None
    if labelled.task == "segmentation":
        raise Stop(f"{args.truth}: its truth is masks; boxes and classes can be evaluated, give --task detection")
    record = run_record.read(args.predictions)
    known = evaluated_model.known(record.model, args.model, args.card)
    confidence, said = _threshold(args.confidence, known.model)
    evaluation = evaluate_files(
        args.predictions,
        record,
        labelled,
        model_digest=known.digest,
        dataset_digest=formats.digest(labelled),
        split=args.split,
        confidence=confidence,
        iou=args.iou,
        policy=policy,
        now=reports.now(),
    )
    return evaluation, known.model, said


def _threshold(asked: float | None, model: Model | None) -> tuple[float, str]:
    if asked is not None:
        return asked, "as asked"
    if model is not None:
        return model.card.confidence, "the model card's"
    return _DEFAULT_CONFIDENCE, "no model card: the default"
