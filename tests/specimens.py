"""Good records of every kind, to be bent one field at a time; together they make a dossier that is ready."""

from itertools import combinations
from typing import Any

import msgspec
import numpy as np

from readiness import catalogue
from readiness.dossier import Dossier
from readiness.evidence.benchmark import Benchmark, Confidence, Latency, Memory, Paced, Source
from readiness.evidence.bounded import Quantile, Rate
from readiness.evidence.dataset import (
    COMPARED,
    INPUT_SIZES,
    LOOKS,
    ClassCount,
    Dataset,
    Drift,
    Listing,
    Split,
    TinyCount,
)
from readiness.evidence.device import Device
from readiness.evidence.evaluation import ClassResult, Evaluation, IdFit, SliceResult
from readiness.evidence.explanation import Calibration, CalibrationBin, Explanation, Mistaken
from readiness.evidence.model import Card, CardInput, CardOutput, Model
from readiness.evidence.production import Production
from readiness.evidence.threshold import Aim, Recommendation, Thresholds
from readiness.evidence.weakness import SliceScan
from readiness.measures import intervals
from readiness.policy import Policy
from readiness.profile import Budget, Profile

MODEL = "sha256:" + "a" * 64
DATASET = "sha256:" + "d" * 64
OTHER = "sha256:" + "0" * 64
ASKED_AT = "2026-11-23T12:00:00Z"
OBSERVED_AT = "2026-11-22T12:00:00Z"
CLASSES = ("bolt", "nut")
NOTHING = Listing(total=0)
# Only of masks, and only with predictions at hand.
_ASKED_OF_OTHERS = ("mask-", "label-suspect-")
LISTED_CODES = [check.code for check in catalogue.load() if check.family == "dataset"]


def card() -> Card:
    return Card(
        task="detection",
        classes=CLASSES,
        input=CardInput(size=(64, 48)),
        output=CardOutput(decoder="yolo"),
        confidence=0.4,
        trained_on=DATASET,
    )


def rate(hits: int, n: int) -> Rate:
    """A rate whose every trial is a cluster of its own."""
    return intervals.rate(np.r_[np.ones(hits), np.zeros(n - hits)], np.ones(n))


def quantile(value: float, spread: float = 0.05) -> Quantile:
    return Quantile(value=value, lower=value * (1 - spread), upper=value * (1 + spread), n_effective=1000.0)


def latency(p95: float) -> Latency:
    return Latency(
        p50=quantile(p95 * 0.8), p90=quantile(p95 * 0.9), p95=quantile(p95), p99=quantile(p95 * 1.2), max=p95 * 2
    )


def model(**changes: Any) -> Model:
    good = Model(name="parts", digest=MODEL, format="onnx", size_mib=1.0, card=card(), head_classes=2)
    return msgspec.structs.replace(good, **changes)


def profile(**changes: Any) -> Profile:
    good = Profile(
        name="x86-gateway",
        title="Small gateway",
        kind="edge",
        boards=("x86-64",),
        runtimes=("onnx", "tflite"),
        budget=Budget(p95_ms=33.0, memory_mib=256.0, model_mib=16.0, throughput_fps=30.0),
        alternatives=("x86-workstation",),
    )
    return msgspec.structs.replace(good, **changes)


def policy(**changes: Any) -> Policy:
    return msgspec.structs.replace(Policy(name="standard", title="Standard"), **changes)


def dataset(**changes: Any) -> Dataset:
    """A dataset without a fault; `listings` given replace those of their codes, None takes one away."""
    good = Dataset(
        digest=DATASET,
        name="parts-v1",
        task="detection",
        format="coco",
        observed_at=OBSERVED_AT,
        images=1500,
        viewed=1500,
        annotations=4000,
        splits=(
            Split(name="train", images=1000, labelled=1000, unlabelled=0, annotations=2800),
            Split(name="val", images=200, labelled=200, unlabelled=0, annotations=500),
            Split(name="test", images=300, labelled=300, unlabelled=0, annotations=700),
        ),
        classes=tuple(
            ClassCount(
                name=name,
                objects={"train": 1400, "val": 250, "test": 350},
                images={"train": 900, "val": 180, "test": 250},
                distinct={"train": 1400, "val": 250, "test": 350},
                sources={"train": 900, "val": 180, "test": 250},
                effective={"train": 1260.0, "val": 231.0, "test": 324.0},
            )
            for name in CLASSES
        ),
        drifts=tuple(
            Drift(measure=measure, splits=splits, effect=0.05, lower=0.0, upper=0.09, n=(200.0, 200.0))
            for splits in combinations(COMPARED, 2)
            for measure in LOOKS
        ),
        tiny=tuple(TinyCount(name=name, objects=2000, under=(0,) * len(INPUT_SIZES)) for name in CLASSES),
        listings=dict.fromkeys((code for code in LISTED_CODES if not code.startswith(_ASKED_OF_OTHERS)), NOTHING),
    )
    listings = {**good.listings, **changes.pop("listings", {})}
    changes["listings"] = {code: one for code, one in listings.items() if one is not None}
    return msgspec.structs.replace(good, **changes)


def class_result(name: str = "bolt", **changes: Any) -> ClassResult:
    good = ClassResult(
        name=name,
        objects=350,
        images=250,
        detections=350,
        recall=rate(340, 350),
        precision=rate(340, 350),
        ap=0.9,
        ap50=0.97,
        misplaced=rate(3, 343),
    )
    return msgspec.structs.replace(good, **changes)


def slice_result(**changes: Any) -> SliceResult:
    good = SliceResult(dimension="light", value="dark", images=80, objects=100, recall=rate(97, 100))
    return msgspec.structs.replace(good, **changes)


def explanation(**changes: Any) -> Explanation:
    bins = (CalibrationBin(low=0.4, high=1.0, score=0.95, right=rate(680, 700)),)
    good = Explanation(
        calibration=(Calibration(floor=0.4, n=700, error=0.02, lower=0.0, upper=0.04, bins=bins),),
        mistaken=(
            Mistaken(truth="bolt", answer="nut", share=rate(3, 350), images=("1.jpg",)),
            Mistaken(truth="nut", share=rate(0, 350)),
        ),
    )
    return msgspec.structs.replace(good, **changes)


def recommendation(class_name: str = "", **changes: Any) -> Recommendation:
    """A threshold beside which the deployed one of 0.4 loses nothing."""
    good = Recommendation(
        class_name=class_name,
        objects=350 if class_name else 700,
        value=0.42,
        low=0.35,
        high=0.5,
        recall=rate(341, 350),
        precision=rate(341, 351),
        f1=0.973,
        cost=0.06,
        recall_deployed=rate(340, 350),
        precision_deployed=rate(340, 350),
        f1_deployed=0.971,
        cost_deployed=0.06,
        gain=0.002,
        gain_lower=-0.01,
        gain_upper=0.014,
        missed_change=-1.0,
        false_change=1.0,
        optimism=0.002,
    )
    return msgspec.structs.replace(good, **changes)


def thresholds(aim: Aim | None = None, **changes: Any) -> Thresholds:
    good = Thresholds(
        aim=aim or Aim(),
        deployed=0.4,
        overall=recommendation(),
        classes=tuple(recommendation(name) for name in CLASSES),
        optimism=0.002,
        cut=0.01,
    )
    return msgspec.structs.replace(good, **changes)


def slice_scan(**changes: Any) -> SliceScan:
    good = SliceScan(tested=300, level=0.25, method="BY", least_objects=20, least_effect=0.1)
    return msgspec.structs.replace(good, **changes)


def evaluation(**changes: Any) -> Evaluation:
    good = Evaluation(
        model=MODEL,
        dataset=DATASET,
        card=card().reading(),
        run_recorded=True,
        predictions="sha256:" + "e" * 64,
        task="detection",
        split="test",
        confidence=0.4,
        iou=0.5,
        observed_at=OBSERVED_AT,
        images=300,
        images_predicted=300,
        objects=700,
        metrics={"ap": 0.9, "ap50": 0.97},
        classes=tuple(class_result(name) for name in CLASSES),
        slices=(slice_result(),),
        lowest_score=0.01,
        misplaced=rate(6, 686),
        explanation=explanation(),
        images_compared=300,
        class_ids=IdFit(n=680, agree=675),
        image_ids=IdFit(n=686, agree=675),
        thresholds=thresholds(),
        slice_scan=slice_scan(),
    )
    return msgspec.structs.replace(good, **changes)


def device(**changes: Any) -> Device:
    good = Device(board="x86-64", arch="x86_64", cores=2, runtimes={"onnxruntime": "1.32.0"})
    return msgspec.structs.replace(good, **changes)


def benchmark(**changes: Any) -> Benchmark:
    good = Benchmark(
        model=MODEL,
        card=card().reading(),
        model_name="parts",
        device=device(),
        frames="sha256:" + "f" * 64,
        frames_count=64,
        runtime="onnx",
        runtime_version="1.32.0",
        provider="CPUExecutionProvider",
        threads=1,
        protocol="standard",
        processes=5,
        runs=1500,
        observed_at=OBSERVED_AT,
        validity="valid",
        latency_ms=latency(8.0),
        end_to_end_ms=latency(12.0),
        stages_ms={"decode": 1.0, "preprocess": 1.0, "infer": 7.0, "postprocess": 1.0},
        cold_start_ms=80.0,
        throughput_fps=90.0,
        throughput_bounds_fps=(88.0, 92.0),
        memory_mib=Memory(peak_rss=120.0, peak_rss_upper=122.0, pss=100.0, uss=90.0, model_delta=20.0, headroom=2000.0),
        confidence=Confidence(
            histogram=(0, 0, 0, 0, 5, 10, 20, 40, 80, 100), classes=(), frames=64, empty_frames=2, empty=rate(2, 64)
        ),
        paced=Paced(fps=60.0, latency_ms=latency(13.0), missed=rate(0, 3000), dropped=0),
        source=Source(kind="frame-set", arrived=1920),
    )
    return msgspec.structs.replace(good, **changes)


def production(**changes: Any) -> Production:
    good = Production(
        endpoint="line-3",
        model=MODEL,
        device="gateway-1",
        first_seen="2026-11-22T12:00:00Z",
        last_seen="2026-11-23T11:59:30Z",
        observed_at="2026-11-23T11:59:30Z",
        windows=1440,
        gaps=0,
        inferences=100_000,
        errors=100,
        latency_p95_ms=12.0,
        latency_p95_upper_ms=12.5,
    )
    return msgspec.structs.replace(good, **changes)


def dossier(**changes: Any) -> Dossier:
    good = Dossier(
        policy=policy(),
        asked_at=ASKED_AT,
        model=model(),
        profile=profile(),
        threshold=0.4,
        dataset=dataset(),
        evaluation=evaluation(),
        benchmark=benchmark(),
    )
    return msgspec.structs.replace(good, **changes)
