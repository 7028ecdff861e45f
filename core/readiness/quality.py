"""How well models see beside each other, by their evaluations: one figure of all, and what one of them costs."""

from collections.abc import Sequence

import msgspec

from readiness.evidence.evaluation import ClassResult, Evaluation

# The mean that each task is usually ranked by; only the first that every evaluation has is compared.
RANKED_BY = {
    "ap": "AP",
    "mean_iou": "mean IoU",
    "balanced_accuracy": "mean class accuracy",
    "accuracy": "accuracy",
    "recall": "recall",
}


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """By which metric models are ranked, empty where they cannot be, and then why."""

    metric: str = ""
    because: str = ""

    def of(self, evaluation: Evaluation | None) -> float | None:
        return None if evaluation is None or not self.metric else evaluation.metrics.get(self.metric)

    def said(self, evaluation: Evaluation) -> str:
        """Say the figure with its interval, where one holds."""
        value = evaluation.metrics[self.metric]
        bounds = evaluation.metric_bounds.get(self.metric)
        interval = f"95 % {bounds[0]:.2f} to {bounds[1]:.2f}" if bounds else "interval not measured"
        return f"{RANKED_BY[self.metric]} {value:.2f} ({interval}, n {evaluation.objects:,})"


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The class on which one model finds fewest beside another: `drop` of recall, by the rounded values.

    `shown` tells that the intervals do not meet; where they do, the drop may be chance.
    """

    class_name: str
    drop: float
    before: float
    after: float
    n: int
    shown: bool

    @property
    def said(self) -> str:
        proof = "shown by the bounds" if self.shown else "within the bounds, so it may be chance"
        figures = f"{self.before:.2f} to {self.after:.2f}, n {self.n:,}, {proof}"
        if self.drop > 0:
            return f"costs {self.drop:.2f} recall on '{self.class_name}' ({figures})"
        return f"costs no recall in any class (closest on '{self.class_name}': {figures})"


def comparable(evaluations: Sequence[tuple[str, Evaluation | None]]) -> Quality:
    """Name the metric that all these models, given by name, can be ranked by; else say what is in the way."""
    missing = [name for name, one in evaluations if one is None]
    if len(missing) == len(evaluations):
        return Quality(because="no evaluation is at hand, so how well they see was not asked")
    if missing:
        named = ", ".join(f"'{name}'" for name in missing)
        return Quality(because=f"no evaluation is at hand of {named}, so how well they see was not compared")
    known = [one for _, one in evaluations if one is not None]
    for what, values in (
        ("datasets", {one.dataset for one in known}),
        ("splits", {one.split for one in known}),
        ("kinds of answer", {one.judged for one in known}),
        ("overlaps (IoU)", {one.iou for one in known}),
    ):
        if len(values) > 1:
            return Quality(because=f"the evaluations are of different {what}, so their figures cannot be compared")
    metric = next((key for key in RANKED_BY if all(one.metrics.get(key) is not None for one in known)), "")
    return Quality(metric=metric, because="" if metric else "the evaluations have no figure in common to rank by")


def apart(better: Evaluation, worse: Evaluation, metric: str) -> bool:
    """Tell whether the intervals of a metric do not meet; without intervals nothing is shown."""
    one, other = better.metric_bounds.get(metric), worse.metric_bounds.get(metric)
    return one is not None and other is not None and one[0] > other[1]


def cost(before: Evaluation, after: Evaluation) -> Cost | None:
    """Find the class whose recall falls most from one model to the other; None where no class is in both."""
    old = {one.name: one for one in before.classes}
    costs = [made for one in after.classes if (made := _cost(old.get(one.name), one)) is not None]
    return max(costs, key=lambda one: (one.drop, one.shown, one.class_name), default=None)


def _cost(before: ClassResult | None, after: ClassResult) -> Cost | None:
    if before is None or before.recall.value is None or after.recall.value is None:
        return None
    was, now = round(before.recall.value, 2), round(after.recall.value, 2)
    return Cost(
        class_name=after.name,
        drop=round(was - now, 2),
        before=was,
        after=now,
        n=after.recall.n,
        shown=after.recall.upper < before.recall.lower,
    )
