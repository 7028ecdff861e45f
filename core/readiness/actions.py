"""The next best actions out of a verdict: one per problem, in the order in which they free the way."""

from collections.abc import Sequence

import msgspec

from readiness.finding import ActionKind, Finding, Step, Subject
from readiness.verdict import STATES, State, Verdict, worst

_DEFAULT: dict[str, ActionKind] = {
    "dataset": "fix",
    "evaluation": "retrain",
    "target": "change-target",
    "production": "monitor",
    "lineage": "evaluate",
}
_LAST: dict[State, Step] = {
    "ready": Step(kind="deploy", text="deploy; every gate passes on its bounds"),
    "monitor_required": Step(
        kind="deploy", text="deploy with the monitor config in force; it falls to blocked on silence"
    ),
    "warning": Step(kind="approve", text="have an approver accept the warnings on this evidence, or clear them"),
}


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a person does next; `codes` are the findings it answers.

    `leads_to` is the state once these findings, and those of the steps before, are clear.
    """

    kind: ActionKind
    text: str
    codes: tuple[str, ...]
    subjects: tuple[Subject, ...] = ()
    quota: int | None = None
    leads_to: State


def plan(verdict: Verdict, families: dict[str, str]) -> tuple[Action, ...]:
    """Order the steps out of `verdict`; `families` maps each code to its family."""
    changing = [finding for finding in verdict.findings if finding.effect is not None]
    groups: dict[tuple[ActionKind, str], list[Finding]] = {}
    for finding in changing:
        step = finding.action or Step(kind=_DEFAULT[families[finding.code]], text=finding.fix)
        groups.setdefault((step.kind, step.text), []).append(finding)
    actions, left = [], changing
    for (kind, text), group in groups.items():
        left = [finding for finding in left if finding not in group]
        actions.append(_action(kind, text, group, left))
    if (last := _LAST.get(verdict.state)) is not None:
        actions.append(Action(kind=last.kind, text=last.text, codes=(), leads_to=verdict.state))
    return tuple(actions)


def _action(kind: ActionKind, text: str, group: Sequence[Finding], left: Sequence[Finding]) -> Action:
    effects = [finding.effect for finding in left]
    quotas = [finding.action.quota for finding in group if finding.action and finding.action.quota]
    return Action(
        kind=kind,
        text=text,
        codes=tuple(dict.fromkeys(finding.code for finding in group)),
        subjects=tuple(dict.fromkeys(finding.subject for finding in group if finding.subject)),
        quota=max(quotas, default=None),
        leads_to=worst([state for state in STATES if state in effects] or ["ready"]),
    )
