"""What the team demands of data, model and evidence, as `profiles/policies/NAME.toml` says it."""

import math
from typing import Literal

import msgspec

from readiness import strict, waiver
from readiness.evidence.threshold import Aim
from readiness.waiver import Waiver

_LEAST_CONFIDENCE = 0.8

EvidenceKind = Literal["dataset", "evaluation", "benchmark", "production"]


class ClassFloor(msgspec.Struct, frozen=True, kw_only=True):
    """Floors of one class; what is not said falls back to the policy's own."""

    recall: float | None = None
    precision: float | None = None
    overlap: float | None = None


class EvaluationDemand(msgspec.Struct, frozen=True, kw_only=True):
    """Floors that every class and slice must reach with its lower bound, and where the evaluation must be made."""

    recall: float = 0.8
    precision: float = 0.8
    slice_recall: float = 0.7
    slice_objects: int = 20
    misplaced: float = 0.3
    overlap: float = 0.5
    calibration: float = 0.15
    confused: float = 0.05
    overfit: float = 0.05
    iou: float = 0.5
    splits: tuple[str, ...] = ("test", "val", "valid", "validation")
    lowest_score: float = 0.1
    corruption_left: float = 0.3
    classes: dict[str, ClassFloor] = {}
    aim: Aim = Aim()


class DatasetDemand(msgspec.Struct, frozen=True, kw_only=True):
    """What a dataset version must hold before a model trained on it is judged."""

    imbalance: float = 20.0
    images: int = 100
    unlabelled_share: float = 0.1
    small_share: float = 0.3
    empty_share: float = 0.3
    class_drift: float = 0.15
    image_drift: float = 0.2
    size_drift: float = 0.15
    copies_ratio: float = 2.0


class BenchmarkDemand(msgspec.Struct, frozen=True, kw_only=True):
    """How far answers on the device's frames must agree with the incumbent's, and how many frames may have none."""

    agreement: float = 0.6
    empty: float = 0.9


class ProductionDemand(msgspec.Struct, frozen=True, kw_only=True):
    """What a running endpoint must keep to."""

    error_rate: float = 0.02
    silent_s: float = 900.0
    window_s: float = 60.0


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One policy; `critical` names classes and slices that may not stay undecided (`*` is every class)."""

    name: str
    title: str
    confidence: float = 0.95
    critical: tuple[str, ...] = ()
    max_age_days: dict[EvidenceKind, float] = {}
    evaluation: EvaluationDemand = EvaluationDemand()
    dataset: DatasetDemand = DatasetDemand()
    benchmark: BenchmarkDemand = BenchmarkDemand()
    production: ProductionDemand = ProductionDemand()
    waivers: tuple[Waiver, ...] = ()

    def recall_floor(self, class_name: str) -> float:
        own = self.evaluation.classes.get(class_name, ClassFloor()).recall
        return self.evaluation.recall if own is None else own

    def precision_floor(self, class_name: str) -> float:
        own = self.evaluation.classes.get(class_name, ClassFloor()).precision
        return self.evaluation.precision if own is None else own

    def overlap_floor(self, class_name: str) -> float:
        own = self.evaluation.classes.get(class_name, ClassFloor()).overlap
        return self.evaluation.overlap if own is None else own

    def is_critical(self, subject: str) -> bool:
        return "*" in self.critical or subject in self.critical


def parse(text: str, source: str) -> Policy:
    """Read one policy; raises strict.BadFile that names `source` and the key at fault."""
    policy = strict.parse(text, Policy, source)
    for key, value in _shares(policy):
        if not 0 < value < 1:
            raise strict.BadFile(f"{source}: '{key}' is {value:g}; a floor lies between 0 and 1, both excluded")
    if policy.confidence < _LEAST_CONFIDENCE:
        raise strict.BadFile(f"{source}: 'confidence' is {policy.confidence:g}; a bound holds with at least 0.8")
    for key, value in _amounts(policy):
        if not (math.isfinite(value) and value > 0):
            raise strict.BadFile(f"{source}: '{key}' is {value:g}; it must be above 0 and finite")
    if (fault := policy.evaluation.aim.wrong()) is not None:
        raise strict.BadFile(f"{source}: in 'evaluation.aim' {fault}")
    for one in policy.waivers:
        if (fault := waiver.wrong(one)) is not None:
            raise strict.BadFile(f"{source}: {fault}")
    return policy


def _shares(policy: Policy) -> list[tuple[str, float]]:
    """Give everything that is a share, under the key by which the file has it."""
    demand = policy.evaluation
    named = (
        "recall",
        "precision",
        "slice_recall",
        "misplaced",
        "overlap",
        "calibration",
        "confused",
        "overfit",
        "iou",
        "corruption_left",
    )
    shares = [("confidence", policy.confidence), *((f"evaluation.{key}", getattr(demand, key)) for key in named)]
    for name, floor in demand.classes.items():
        own = (("recall", floor.recall), ("precision", floor.precision), ("overlap", floor.overlap))
        shares += [(f"evaluation.classes.{name}.{key}", value) for key, value in own if value is not None]
    shares += [(f"benchmark.{key}", value) for key, value in msgspec.structs.asdict(policy.benchmark).items()]
    return [*shares, ("production.error_rate", policy.production.error_rate)]


def _amounts(policy: Policy) -> list[tuple[str, float]]:
    """Give everything that is an amount of days, seconds or pieces, under the key by which the file has it."""
    amounts = [(f"max_age_days.{kind}", days) for kind, days in policy.max_age_days.items()]
    amounts += [(f"production.{key}", getattr(policy.production, key)) for key in ("silent_s", "window_s")]
    amounts += [(f"dataset.{key}", value) for key, value in msgspec.structs.asdict(policy.dataset).items()]
    return [*amounts, ("evaluation.slice_objects", policy.evaluation.slice_objects)]
