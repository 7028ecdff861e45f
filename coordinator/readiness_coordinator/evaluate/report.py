"""The report of one evaluation, by the contract: verdict per class and slice, worst first, and what explains it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from readiness import risk, verdict
from readiness.bounds import against_floor
from readiness.catalogue import Check
from readiness.comparison import Comparison
from readiness.dossier import Dossier
from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import ClassResult, Evaluation, SliceResult
from readiness.evidence.explanation import Example, Explanation
from readiness.evidence.model import Model
from readiness.evidence.threshold import OperatingPoint
from readiness.policy import Policy
from readiness.reconciliation import Reconciliation
from readiness.verdict import Verdict
from readiness_coordinator import reports
from readiness_coordinator.evaluate.headline import headline

SCHEMA = "readiness.evaluate/1"
FAMILIES = frozenset({"evaluation", "lineage"})

Answer = Literal["found", "undecided", "clear", "unmeasured"]
_RANK: dict[Answer, int] = {"found": 0, "undecided": 1, "clear": 2, "unmeasured": 3}


def judge(evaluation: Evaluation, model: Model | None, policy: Policy, checks: tuple[Check, ...]) -> Verdict:
    """Ask what an evaluation alone can answer, at the time it was made."""
    dossier = Dossier(policy=policy, asked_at=evaluation.observed_at, model=model, evaluation=evaluation)
    return verdict.reach(dossier, [check for check in checks if check.family in FAMILIES], partial=True)


def report(
    evaluation: Evaluation,
    model: Model | None,
    policy: Policy,
    reached: Verdict,
    *,
    every: bool = False,
    curve: Sequence[OperatingPoint] = (),
    compare: Comparison | None = None,
    reconcile: Reconciliation | None = None,
) -> dict[str, Any]:
    """Lay the report out, classes and slices worst first.

    `risk_score` is the highest of the risks, 0 to 100. `curve` is what each threshold would give, where the
    predictions are at hand to tell, `compare` how other models did on the same truth,
    `reconcile` what other tools say of these answers.
    """
    ranked = sorted(evaluation.classes, key=lambda one: _class_rank(one, policy))
    explained = evaluation.explanation or Explanation()
    first = headline(evaluation, policy, reached)
    return reports.head(SCHEMA, reached, every=every) | {
        "headline": msgspec.structs.asdict(first) | {"lines": first.lines()},
        "risk_score": first.risk,
        "risks": risk.risks(reached.findings),
        "policy": policy.name,
        "task": evaluation.task,
        "split": evaluation.split,
        "confidence": evaluation.confidence,
        "iou": evaluation.iou,
        "images": evaluation.images,
        "objects": evaluation.objects,
        "metrics": evaluation.metrics,
        "metric_bounds": evaluation.metric_bounds,
        "weak_classes": [one.name for one in ranked if _answer(one, policy) in {"found", "undecided"}],
        "classes": [_class(one, policy) for one in ranked],
        "slices": [_slice(one, policy) for one in sorted(evaluation.slices, key=lambda one: _slice_rank(one, policy))],
        "slice_scan": evaluation.slice_scan,
        "confusion": evaluation.confusion,
        "errors": {"counts": evaluation.errors, "kinds": explained.errors},
        "scores": explained.scores,
        "calibration": explained.calibration,
        "by_size": explained.by_size,
        "by_crowding": explained.by_crowding,
        "thresholds": evaluation.thresholds,
        "curve": curve,
        "compare": compare,
        "reconcile": reconcile,
        "overfit": evaluation.overfit,
        "robustness": evaluation.robustness,
        "examples": _examples(ranked, explained.examples),
        "foreign_classes": evaluation.foreign_classes,
        "conflicts": evaluation.conflicts,
        "caveats": evaluation.caveats,
        "model": model,
        "evidence": evaluation,
    }


def _answer(one: ClassResult, policy: Policy) -> Answer:
    """Give the worse answer of recall and precision; without an object only false answers can tell anything."""
    recall: Answer = "unmeasured"
    if one.objects:
        recall = against_floor(one.recall.lower, one.recall.upper, policy.recall_floor(one.name))
    if not one.detections:
        return recall
    precision: Answer = against_floor(one.precision.lower, one.precision.upper, policy.precision_floor(one.name))
    if not one.objects:
        return "found" if precision == "found" else "unmeasured"
    return min(recall, precision, key=lambda answer: _RANK[answer])


def _class(one: ClassResult, policy: Policy) -> dict[str, Any]:
    plain = msgspec.structs.asdict(one)
    for gone in ("missed_images", "false_images"):
        del plain[gone]
    return plain | {
        "verdict": _answer(one, policy),
        "critical": policy.is_critical(one.name),
        "recall": _rate(one.recall, policy.recall_floor(one.name)),
        "precision": _rate(one.precision, policy.precision_floor(one.name)),
    }


def _slice(one: SliceResult, policy: Policy) -> dict[str, Any]:
    demand = policy.evaluation
    return {
        "name": one.name,
        "dimension": one.dimension,
        "value": one.value,
        "class": one.class_name,
        "images": one.images,
        "objects": one.objects,
        "thin": one.objects < demand.slice_objects,
        "recall": _rate(one.recall, demand.slice_recall),
    }


def _rate(rate: Rate, floor: float) -> dict[str, Any]:
    answer = against_floor(rate.lower, rate.upper, floor)
    return msgspec.structs.asdict(rate) | {
        "value": rate.value,
        "floor": floor,
        "verdict": answer,
        "needed": rate.needed(floor) if answer == "undecided" else None,
    }


def _class_rank(one: ClassResult, policy: Policy) -> tuple[int, tuple[float, float], str]:
    """Rank a class by its answer, then by how far the bounds of its recall or precision lie from the floor.

    By bounds alone every class with a handful of objects would stand before those that are known to fail. One without
    an object goes last, unless it is critical: then that is the first thing to know.
    """
    answer = _answer(one, policy)
    urgent = answer == "unmeasured" and policy.is_critical(one.name)
    rates = [(one.recall, policy.recall_floor(one.name))] if one.objects else []
    rates += [(one.precision, policy.precision_floor(one.name))] if one.detections else []
    worst = min(((rate.lower - floor, rate.upper - floor) for rate, floor in rates), default=(0.0, 0.0))
    return -1 if urgent else _RANK[answer], worst, one.name


def _slice_rank(one: SliceResult, policy: Policy) -> tuple[int, float, str]:
    """Rank a slice as a class is; one with too few objects to be judged goes last."""
    demand = policy.evaluation
    answer: Answer = against_floor(one.recall.lower, one.recall.upper, demand.slice_recall)
    return _RANK["clear"] + 1 if one.objects < demand.slice_objects else _RANK[answer], one.recall.lower, one.name


def _examples(ranked: Sequence[ClassResult], examples: Sequence[Example]) -> list[dict[str, Any]]:
    """Give per class, worst first, the images with most misses and false answers, and single failures, ranked."""
    by_class: dict[str, list[Mapping[str, Any]]] = {}
    for example in examples:
        plain = msgspec.structs.asdict(example)
        by_class.setdefault(plain.pop("class_name"), []).append(plain)
    return [
        {
            "class": one.name,
            "missed": one.missed_images,
            "false": one.false_images,
            "failures": by_class.get(one.name, []),
        }
        for one in ranked
        if one.missed_images or one.false_images or one.name in by_class
    ]
