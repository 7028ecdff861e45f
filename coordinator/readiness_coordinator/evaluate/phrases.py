"""What an evaluation says in sentences: its subject, weak slices, errors, mix-ups, threshold, scores and averages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import Confused, Evaluation
from readiness.evidence.explanation import Calibration, Kind
from readiness.evidence.threshold import Aim, Recommendation
from readiness.listed import counted
from readiness_coordinator.evaluate.outcomes import BACKGROUND

VERDICTS = {"found": "below floor", "undecided": "not proven", "clear": "meets floor", "unmeasured": "no objects"}
_SHOWN = 5
_LEAST_PAIR, _LEAST_SHARE = 3, 0.05
_KINDS: dict[Kind, str] = {
    "class": "wrong class",
    "box": "box off",
    "class and box": "wrong class and box off",
    "duplicate": "answered twice",
    "background": "nothing there",
    "missed": "missed",
}
REPAIRS: dict[Kind, str] = {
    "class": "relabel the cases on the border, or merge classes that nobody needs apart",
    "box": "check how tightly boxes are drawn, the resize, and the box outputs after quantising",
    "class and box": "look at the images: mostly parts of objects, or neighbours",
    "duplicate": "lower the overlap at which answers are merged",
    "background": "add such images without the object to the training data; look for missing labels",
    "missed": "add such objects to the training data; try the recommended threshold",
}
TITLES = {
    "ap": "mAP",
    "ap50": "mAP at IoU 0.50",
    "ap75": "mAP at IoU 0.75",
    "accuracy": "Accuracy",
    "balanced_accuracy": "Accuracy, mean over classes",
    "miou": "Mean IoU",
    "precision": "Precision, all classes",
    "recall": "Recall, all classes",
    "f1": "F1, all classes",
}


class Pair(NamedTuple):
    """`times` of `of` objects of one class were answered as another."""

    truth: str
    answer: str
    times: int
    of: int


def kind(name: Kind) -> str:
    return _KINDS.get(name, name)


def what(evaluation: Evaluation, policy: str) -> str:
    """Say what was evaluated and how."""
    objects = "labels" if evaluation.task == "classification" else evaluation.unit
    overlap = "" if evaluation.task == "classification" else f", IoU {evaluation.iou:g}"
    return (
        f"{evaluation.task.capitalize()}, split '{evaluation.split}': {counted(evaluation.images, 'images')}, "
        f"{counted(evaluation.objects, objects)}, {counted(len(evaluation.classes), 'classes')}; "
        f"confidence {evaluation.confidence:g}{overlap}, policy {policy}."
    )


def rate(one: Rate) -> str:
    """Say a rate with its bounds and its count."""
    if one.value is None:
        return "not measured"
    return f"{one.value:.2f} ({one.lower:.2f} to {one.upper:.2f}, n {one.n:,})"


def tally(classes: Iterable[Mapping[str, Any]]) -> str:
    """Count classes by verdict, worst first."""
    counts = Counter(one["verdict"] for one in classes)
    return ", ".join(f"{counts[key]} {said}" for key, said in VERDICTS.items() if counts[key])


def weak_slices(evaluation: Evaluation, *, every: bool) -> list[str]:
    """Say what the search over slices found; nothing where none was made."""
    scan = evaluation.slice_scan
    if scan is None:
        return []
    if not scan.tested:
        return [f"Weak slices: none holds the {2 * scan.least_objects} objects that a search needs."]
    searched = f"of {counted(scan.tested, 'slices')} searched"
    if not scan.weak:
        return [f"Weak slices: none {searched} is proven worse than the rest of its class."]
    shown = scan.weak if every else scan.weak[:_SHOWN]
    lines = [f"Weak slice: {one.words}: recall {rate(one.recall)}, elsewhere {rate(one.rest)}." for one in shown]
    more = f"{len(scan.weak) - len(shown)} more weak slices, " if len(scan.weak) > len(shown) else ""
    return [*lines, f"Weak slices: {more}{len(scan.weak)} {searched}."]


def errors(evaluation: Evaluation) -> list[str]:
    """Say which kinds of error there are, the one that costs most first."""
    if evaluation.explanation and evaluation.explanation.errors:
        kinds = sorted(evaluation.explanation.errors, key=lambda one: (-(one.gain or 0.0), -one.count))
        parts = [
            f"{one.count:,} {kind(one.kind)}" + ("" if one.gain is None else f" ({one.gain:+.3f})")
            for one in kinds
            if one.count
        ]
        gain = " (what AP would gain without them)" if any(one.gain is not None for one in kinds) else ""
        return [f"Errors{gain}: {', '.join(parts) or 'none'}."]
    counts = ", ".join(f"{count:,} {name}" for name, count in evaluation.errors.items() if count)
    return [f"Answers and objects: {counts}."] if counts else []


def mixed_up(evaluation: Evaluation) -> list[Pair]:
    """Give the pairs of classes worth naming: three mix-ups or more and 5 % of the class; most first."""
    of = {one.name: one.objects for one in evaluation.classes}
    pairs = [
        Pair(one.truth, one.answer, one.count, of[one.truth])
        for one in evaluation.confusion
        if _mixed(one) and one.truth in of and one.count >= max(_LEAST_PAIR, _LEAST_SHARE * of[one.truth])
    ]
    return sorted(pairs, key=lambda one: (-one.times, one.truth, one.answer))


def _mixed(one: Confused) -> bool:
    return one.truth != one.answer and BACKGROUND not in {one.truth, one.answer}


def confusions(evaluation: Evaluation, *, every: bool) -> list[str]:
    pairs = mixed_up(evaluation)
    shown = pairs if every else pairs[:_SHOWN]
    said = ", ".join(f"{one.truth} answered as {one.answer} {one.times} of {one.of}" for one in shown)
    more = f", and {len(pairs) - len(shown)} pairs more" if len(pairs) > len(shown) else ""
    return [f"Mixed up: {said}{more}."] if pairs else []


def aim(one: Aim) -> str:
    """Say what a threshold is chosen for."""
    if one.kind == "f1":
        return "the best F1"
    if one.kind == "cost":
        return f"the least cost ({one.cost_missed:g} a miss, {one.cost_false:g} a false answer)"
    return f"a {one.kind} of at least {one.target:g}"


def threshold(evaluation: Evaluation) -> list[str]:
    """Say at which confidence the model should run, beside the one it was evaluated at."""
    if evaluation.thresholds is None:
        return []
    found = evaluation.thresholds
    return [f"Threshold: {advised(found.overall, found.deployed, aim(found.aim))}"]


def advised(one: Recommendation, deployed: float, wanted: str) -> str:
    if one.value is None:
        return f"none gives {wanted}{': ' + one.because if one.because else ''}; {deployed:g} is deployed."
    band = "" if one.low is None or one.high is None else f" ({one.low:.2f} to {one.high:.2f} on other samples)"
    inside = one.low is not None and one.high is not None and one.low <= deployed <= one.high
    if inside:
        return f"{deployed:g} is deployed and lies within the band for {wanted}: {one.value:.2f}{band}."
    return (
        f"{one.value:.2f}{band} gives {wanted}; {deployed:g} is deployed."
        f" On new images recall {_moved(one.recall_deployed, one.recall)}, precision"
        f" {_moved(one.precision_deployed, one.precision)}." + _gained(one, wanted)
    )


def _gained(one: Recommendation, wanted: str) -> str:
    """Say whether moving the threshold is worth it; of a promise there is no gain but its keeping."""
    if one.gain is None or one.gain_lower is None or one.gain_upper is None or not wanted.startswith("the "):
        return ""
    unit = "F1" if wanted.endswith("F1") else "cost an image"
    bounds = f"{one.gain:+.3f} {unit} ({one.gain_lower:+.3f} to {one.gain_upper:+.3f})"
    return f" Gain {bounds}." if one.gain_lower > 0 else f" Whether that gains anything is not proven: {bounds}."


def _moved(here: Rate, there: Rate) -> str:
    if here.value is None or there.value is None:
        return "not measured"
    return f"{here.value:.2f} would be {there.value:.2f}"


def overall(calibrations: Sequence[Calibration]) -> Calibration | None:
    return next((one for one in calibrations if not one.class_name), None)


def calibration(evaluation: Evaluation) -> list[str]:
    """Say in one line how far scores can be taken at their word."""
    one = overall(evaluation.explanation.calibration) if evaluation.explanation else None
    if one is None or one.error is None:
        return []
    bounds = "" if one.lower is None or one.upper is None else f" ({one.lower:.2f} to {one.upper:.2f})"
    return [f"Scores: off by {one.error:.2f} on average{bounds}, n {one.n:,}; {_leaning(one)}."]


def _leaning(one: Calibration) -> str:
    total = sum(part.right.n for part in one.bins)
    off = sum((part.score - (part.right.value or 0.0)) * part.right.n for part in one.bins) / total if total else 0.0
    if abs(off) < 0.02:
        return "neither too sure nor too shy on the whole"
    return f"too {'sure' if off > 0 else 'shy'} by {abs(off):.2f} on the whole"


def robustness(evaluation: Evaluation) -> list[str]:
    one = evaluation.robustness
    if one is None:
        return []
    left = f"{one.left:.0%} of the {one.figure} of {one.clean:.2f} is left on average"
    return [f"Corrupted images: {left}; worst: {one.worst}."]


def averages(evaluation: Evaluation) -> str:
    """Say the averages, which hide the class and slice that fail, with their intervals where they hold."""
    parts = []
    for name, value in evaluation.metrics.items():
        if value is not None:
            bounds = evaluation.metric_bounds.get(name)
            parts.append(f"{name} {value:.4f}" + (f" ({bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else ""))
    return f"Averages, which judge nothing: {', '.join(parts) or 'none measured'}."
