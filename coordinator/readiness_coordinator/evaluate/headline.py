"""The first three lines of every report of an evaluation: risk and weakest class, why it fails, what to do next."""

import math
from collections.abc import Sequence

import msgspec

from readiness import actions, catalogue, causes, risk, verdict
from readiness.actions import Action
from readiness.evidence.evaluation import ClassResult, Confused, Evaluation
from readiness.finding import Finding
from readiness.policy import Policy
from readiness.verdict import STATES, State, Verdict
from readiness_coordinator.evaluate.outcomes import BACKGROUND

_WEAK = frozenset({"class", "slice"})
_MOST = 112  # with the words before it a line stays under 120 characters
_TWO = 140  # two steps may take a little more
_OFTEN = 1 / 3  # of what goes wrong, from which one way to go wrong is the reason


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """`risk` is 0 to 100; `weak`, `why` and `next` are sentences without their full stop."""

    risk: int
    state: State
    weak: str
    why: str
    next: str

    def lines(self) -> tuple[str, str, str]:
        """Give the three lines as they are shown."""
        state = verdict.said(self.state).capitalize()
        said = f"{state}, risk {self.risk} of 100. {self.weak}", f"Why: {self.why}", f"Next: {self.next}"
        first, second, third = (line if line.endswith("…") else f"{line}." for line in said)
        return first, second, third


def headline(evaluation: Evaluation, policy: Policy, reached: Verdict) -> Headline:
    """Say the worst, its reason and the first step out of it, from what was measured and how it was judged."""
    weak = _weakest(reached.findings)
    # Nothing asked is no small risk: the state has the last word on the band.
    least, _ = risk.BANDS[reached.state]
    return Headline(
        risk=max(risk.score(reached.findings), least),
        state=reached.state,
        weak=_claim(evaluation, policy, weak),
        why=_short(_why(evaluation, reached, weak)),
        next=_next(reached, weak),
    )


def _weakest(findings: Sequence[Finding]) -> Finding | None:
    """Take the class or slice at the highest risk; only one that has numbers, found before undecided."""
    weak = [
        one
        for one in findings
        if one.effect and one.subject and one.subject.kind in _WEAK and one.interval and one.unknown != "missing"
    ]
    return max(weak, key=lambda one: (one.outcome == "found", risk.of(one)), default=None)


def _claim(evaluation: Evaluation, policy: Policy, weak: Finding | None) -> str:
    if weak is not None:
        kind = "Weakest" if weak.outcome == "found" else "Least sure"
        return f"{kind}: {_numbers(weak)}"
    there = [one for one in evaluation.classes if one.objects]
    if not there:
        return f"Nothing could be measured: {evaluation.images} images with {evaluation.objects} objects"
    lowest = min(there, key=lambda one: (one.recall.lower - policy.recall_floor(one.name), one.name))
    return _short(
        f"No class or slice is weak; lowest '{lowest.name}', recall {lowest.recall.lower:.2f} to"
        f" {lowest.recall.upper:.2f}, n {lowest.recall.n:,}, floor {policy.recall_floor(lowest.name):g}"
    )


def _numbers(weak: Finding) -> str:
    """Say a rate with its bounds, its count and its floor; another finding says its numbers itself."""
    name = next((word for word in ("recall", "precision") if word in weak.code), None)
    if name is None or weak.subject is None or weak.interval is None or isinstance(weak.measured, str):
        return _short(weak.because.split("; ")[0])
    low, high = (end if end is not None else math.nan for end in weak.interval)
    point = "" if weak.measured is None else f" {weak.measured:.2f}"
    floor = f"floor {weak.limit:g}" if isinstance(weak.limit, float) else "no floor"
    bounds = f"({low:.2f} to {high:.2f}), n {weak.n or 0:,}"
    return f"{weak.subject.kind} '{weak.subject.name}', {name}{point} {bounds}, {floor}"


def _why(evaluation: Evaluation, reached: Verdict, weak: Finding | None) -> str:
    """Say the cause of the findings if there is one; else how the weakest fails; else what holds the model back."""
    held = set(causes.causes(reached.findings).values())
    root = next((one for one in reached.findings if one.code in held and one.outcome == "found"), None)
    if root is not None:
        return f"{root.title.rstrip('.')}: {root.because}"
    worst = next((one for one in reached.findings if one.effect), None)
    if worst is None:
        return _most_frequent(evaluation)
    if weak is None or (weak.outcome != "found" and _rank(worst) > _rank(weak)):
        return worst.because
    return _how(evaluation, weak)


def _rank(finding: Finding) -> int:
    return next((rank for rank, state in enumerate(STATES) if state == finding.effect), -1)


def _how(evaluation: Evaluation, weak: Finding) -> str:
    assert weak.subject is not None
    one = next((result for result in evaluation.classes if result.name == weak.subject.name), None)
    said = _of_slice(evaluation) if one is None else _of_class(evaluation, one, weak)
    if weak.outcome == "found" or weak.n is None:
        return said
    few = f"{weak.n:,} {evaluation.unit} are too few: the bounds hold the floor"
    return f"{few}; {said}" if said else few


def _of_slice(evaluation: Evaluation) -> str:
    recall = evaluation.metrics.get("recall")
    return "" if recall is None else f"over the whole split recall is {recall:.2f}"


def _of_class(evaluation: Evaluation, one: ClassResult, weak: Finding) -> str:
    """Say which way most of a class's errors go: to another class, to nothing, or false answers to either."""
    if weak.code.startswith("class-precision"):
        cells = [cell for cell in evaluation.confusion if cell.answer == one.name != cell.truth]
        worst = _largest(cells)
        if worst is None:
            return ""
        where = "lie on nothing of any class" if worst.truth == BACKGROUND else f"are of class '{worst.truth}'"
        return f"{worst.count:,} of {one.detections:,} answers '{one.name}' {where}"
    cells = [cell for cell in evaluation.confusion if cell.truth == one.name != cell.answer]
    named = _largest([cell for cell in cells if cell.answer != BACKGROUND])
    missed = sum(cell.count for cell in cells)
    if named is not None and named.count >= _OFTEN * missed:
        return f"'{one.name}' is mostly confused with '{named.answer}' ({named.count:,} of {one.objects:,})"
    unseen = sum(cell.count for cell in cells if cell.answer == BACKGROUND)
    if not unseen:
        return ""
    scan = evaluation.slice_scan
    where = next(
        (f", most often of {weak.words}" for weak in (scan.weak if scan else ()) if weak.class_name == one.name), ""
    )
    return f"'{one.name}' is mostly not seen ({unseen:,} of {one.objects:,} {evaluation.unit}){where}"


def _largest(cells: Sequence[Confused]) -> Confused | None:
    return max(cells, key=lambda cell: cell.count, default=None)


def _most_frequent(evaluation: Evaluation) -> str:
    wrong = {name: count for name, count in evaluation.errors.items() if name != "matched" and count}
    if not wrong:
        return f"nothing fails at confidence {evaluation.confidence:g}"
    name = max(wrong, key=lambda name: wrong[name])
    return f"every bound keeps its floor; the most frequent error is {name} ({wrong[name]:,})"


def _next(reached: Verdict, weak: Finding | None) -> str:
    """Say the first step of the plan, and after it that for the weakest; of causes, as their consequences go along."""
    follow = causes.causes(reached.findings)
    left = tuple(one for one in reached.findings if one.code not in follow)
    families = {check.code: check.family for check in catalogue.load()}
    plan = actions.plan(msgspec.structs.replace(reached, findings=left), families)
    if not plan:
        return "nothing was asked: evaluate again with the checks of this release"
    first, *rest = plan
    then = next((one for one in rest if weak and weak.code in one.codes and weak.subject in one.subjects), None)
    both = f"{_step(first)}; then {_step(then)}" if then else ""
    return both if both and len(both) <= _TWO else _step(first)


def _step(action: Action) -> str:
    text = action.text if action.quota is None else action.text.replace("more", f"{action.quota:,} more", 1)
    named = [subject.name for subject in action.subjects if subject.kind in _WEAK and subject.name not in text]
    about = f" ({', '.join(named[:3])}{', …' if len(named) > 3 else ''})" if named else ""
    return f"{text}{about}"


def _short(text: str) -> str:
    """Cut a text between words where it is too long for its line."""
    if len(text) <= _MOST:
        return text
    return text[:_MOST].rsplit(" ", 1)[0].rstrip(",;:(") + " …"
