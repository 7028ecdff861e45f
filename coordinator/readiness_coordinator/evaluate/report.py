"""The report of one evaluation: as JSON by the contract, and for people with the worst class first."""

from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from readiness import verdict
from readiness.bounds import against_floor
from readiness.catalogue import Check
from readiness.dossier import Dossier
from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import ClassResult, Evaluation
from readiness.evidence.model import Model
from readiness.policy import Policy
from readiness.verdict import Verdict
from readiness_coordinator import reports

SCHEMA = "readiness.evaluate/1"
_SLICES = "slice-recall-below-floor"
FAMILIES = frozenset({"evaluation", "lineage"})


def judge(evaluation: Evaluation, model: Model | None, policy: Policy, checks: tuple[Check, ...]) -> Verdict:
    """Ask what an evaluation alone can answer, at the time it was made."""
    dossier = Dossier(policy=policy, asked_at=evaluation.observed_at, model=model, evaluation=evaluation)
    return verdict.reach(dossier, [check for check in checks if check.family in FAMILIES], partial=True)


def report(
    evaluation: Evaluation, model: Model | None, policy: Policy, reached: Verdict, *, every: bool = False
) -> dict[str, Any]:
    """Lay the report out. `risk_score` is 100 less the verdict's score: 0 to 20 is ready, over 60 blocked."""
    return reports.head(SCHEMA, reached, every=every) | {
        "risk_score": 100 - reached.score,
        "split": evaluation.split,
        "confidence": evaluation.confidence,
        "iou": evaluation.iou,
        "images": evaluation.images,
        "objects": evaluation.objects,
        "metrics": evaluation.metrics,
        "classes": [_class(result, policy) for result in evaluation.classes],
        "slices": [
            {"name": one.name, "images": one.images, "objects": one.objects}
            | {"recall": _rate(one.recall, policy.evaluation.slice_recall)}
            for one in evaluation.slices
        ],
        "confusion": evaluation.confusion,
        "errors": evaluation.errors,
        "examples": [
            {"class": result.name, "missed": result.missed_images, "false": result.false_images}
            for result in evaluation.classes
            if result.missed_images or result.false_images
        ],
        "caveats": evaluation.caveats,
        "model": model,
        "evidence": evaluation,
    }


def show(console: Console, evaluation: Evaluation, policy: Policy, reached: Verdict, *, every: bool = False) -> None:
    """Print the classes, worst first, then the averages, then what was found."""
    table = Table("class", "objects", "recall", "answers", "precision", "AP", box=None, pad_edge=False)
    for result in sorted(evaluation.classes, key=lambda result: _margin(result, policy)):
        if result.objects or result.detections:
            table.add_row(
                Text(result.name),
                str(result.objects),
                _cell(result.recall, policy.recall_floor(result.name)),
                str(result.detections),
                _cell(result.precision, policy.precision_floor(result.name)),
                "-" if result.ap is None else f"{result.ap:.2f}",
            )
    console.print(table)
    figures = ", ".join(f"{name} {value:.4f}" for name, value in evaluation.metrics.items() if value is not None)
    console.print(f"in brackets the {policy.confidence:.0%} bounds, by which classes are judged", markup=False)
    console.print(Text(f"averages, which judge nothing: {figures}", style="dim"), soft_wrap=True)
    errors = ", ".join(f"{count} {name}" for name, count in evaluation.errors.items())
    console.print(Text(f"answers and objects at confidence {evaluation.confidence:g}: {errors}"), soft_wrap=True)
    for caveat in evaluation.caveats:
        console.print(Text(f"note: {caveat}"), soft_wrap=True)
    if thin := sum(f.code == _SLICES and f.outcome == "inapplicable" for f in reached.findings if evaluation.slices):
        console.print(Text(f"note: slices with too few objects to be judged: {thin}"), soft_wrap=True)
    reports.print_findings(console, reached.findings, every=every)
    said = verdict.said(reached.state)
    console.print(Text(f"{said}, risk {100 - reached.score} of 100", style="bold"), soft_wrap=True)


def _class(result: ClassResult, policy: Policy) -> dict[str, Any]:
    plain = msgspec.structs.asdict(result)
    for gone in ("missed_images", "false_images"):
        del plain[gone]
    return plain | {
        "recall": _rate(result.recall, policy.recall_floor(result.name)),
        "precision": _rate(result.precision, policy.precision_floor(result.name)),
    }


def _rate(rate: Rate, floor: float) -> dict[str, Any]:
    answer = against_floor(rate.lower, rate.upper, floor)
    return msgspec.structs.asdict(rate) | {
        "value": rate.value,
        "floor": floor,
        "verdict": answer,
        "needed": rate.needed(floor) if answer == "undecided" else None,
    }


def _cell(rate: Rate, floor: float) -> Text:
    if rate.value is None:
        return Text("-")
    colour = {"clear": "green", "found": "red", "undecided": "yellow"}[against_floor(rate.lower, rate.upper, floor)]
    return Text(f"{rate.value:.2f} ({rate.lower:.2f} to {rate.upper:.2f})", style=colour, no_wrap=True)


def _margin(result: ClassResult, policy: Policy) -> tuple[float, str]:
    """Rank a class by how far its recall or precision bound stays under the floor."""
    recall = result.recall.lower - policy.recall_floor(result.name) if result.objects else 0.0
    precision = result.precision.lower - policy.precision_floor(result.name) if result.detections else 0.0
    return min(recall, precision), result.name
