"""A decision for people: what it is, why, and what to do next; missing evidence is said once a kind."""

from rich.console import Console
from rich.text import Text

from readiness.actions import Action
from readiness.decision import Decision
from readiness.finding import Finding
from readiness.verdict import said
from readiness_coordinator.reports import print_findings

_ABSENT = frozenset({"missing", "stale"})


def show(console: Console, decision: Decision) -> None:
    """Print state and score, the reasons worst first, and the next steps in order."""
    verdict = "deployable" if decision.deployable else "not deployable"
    console.print(
        Text(
            f"{decision.model_name} on {decision.target}: {said(decision.state)}, {verdict}, score {decision.score}",
            "bold",
        ),
        soft_wrap=True,
    )
    gates = ", ".join(f"{gate.name} {said(gate.state)} ({gate.score})" for gate in decision.gates)
    console.print(Text(f"policy {decision.policy}, confidence {decision.threshold:g}; gates: {gates}"), soft_wrap=True)
    absent: dict[str, list[Finding]] = {}
    for finding in decision.findings:
        if finding.unknown in _ABSENT:
            absent.setdefault(finding.because, []).append(finding)
    for because, findings in absent.items():
        codes = ", ".join(dict.fromkeys(finding.code for finding in findings))
        console.print(Text(f"missing  {because}: {codes} cannot be answered"), soft_wrap=True)
    print_findings(console, [finding for finding in decision.findings if finding.unknown not in _ABSENT])
    for number, action in enumerate(decision.actions, 1):
        console.print(Text(f"{number}. {_step(action)}"), soft_wrap=True)


def _step(action: Action) -> str:
    quota = f" (up to {action.quota} each)" if action.quota else ""
    return f"{action.kind}: {action.text}{quota}; then {said(action.leads_to)}"
