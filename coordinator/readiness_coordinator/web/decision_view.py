"""What the page of one decision says: state, why, what next; then every finding, gate and piece of evidence."""

from collections.abc import Iterable, Sequence

import msgspec

from readiness import catalogue
from readiness.actions import Action
from readiness.decision import Decision
from readiness.dossier import Dossier
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.dataset import Dataset
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.production import Production
from readiness.finding import Finding
from readiness.verdict import Gate
from readiness_coordinator import words
from readiness_coordinator.guard import Currency
from readiness_coordinator.words import Look

_SHOWN_IMAGES = 12


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One claim with its code; several findings of one code count as one reason."""

    title: str
    claim: str
    code: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do next, and the state it leads to."""

    label: str
    text: str
    leads: str = ""


class GateRow(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    look: Look
    open: int
    score: str


class FindingCard(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    claim: str
    look: Look
    effect: str
    subject: str
    numbers: str
    why: str
    fix: str
    images: str
    code: str


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    what: str
    observed: str
    digest: str


class DecisionPage(msgspec.Struct, frozen=True, kw_only=True):
    look: Look
    line: str
    threshold: str
    asked: str
    reasons: tuple[Reason, ...]
    more: str
    steps: tuple[Step, ...]
    gates: tuple[GateRow, ...]
    gates_line: str
    findings: tuple[FindingCard, ...]
    p95: str
    memory: str
    error_rate: str
    monitor_line: str
    evidence: tuple[EvidenceRow, ...]


def page(decision: Decision, dossier: Dossier, held: Currency) -> DecisionPage:
    """Lay a decision out; one that no longer holds is shown as superseded, whatever it allowed."""
    every = reasons(decision)
    left_out = len(every) - 3
    gates = _gates(decision)
    return DecisionPage(
        look=shown_state(decision, held),
        line=_line(decision, held),
        threshold=words.number(decision.threshold),
        asked=words.moment(decision.asked_at),
        reasons=every[:3],
        more=f"{left_out} more below." if left_out > 0 else "",
        steps=_steps(decision, held),
        gates=gates,
        gates_line=_gates_line(gates),
        findings=tuple(_card(finding) for finding in decision.findings),
        p95=words.number(decision.guardrails.p95_ms, "ms"),
        memory=_at_most(decision.guardrails.memory_mib),
        error_rate=f"{decision.guardrails.error_rate:.1%}",
        monitor_line=_monitor_line(decision),
        evidence=tuple(
            EvidenceRow(
                kind=stood.kind,
                what=_what(getattr(dossier, stood.kind)),
                observed=words.moment(stood.observed_at),
                digest=stood.digest,
            )
            for stood in decision.evidence
        ),
    )


def shown_state(decision: Decision, held: Currency) -> Look:
    return words.look(decision.state) if held.current else words.SUPERSEDED


def reasons(decision: Decision) -> tuple[Reason, ...]:
    """Give one reason per code and answer that changes the state, worst first; without any, that all passed."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in decision.findings:
        if finding.effect is not None:
            groups.setdefault((finding.code, finding.outcome), []).append(finding)
    if not groups:
        asked = sum(1 for step in decision.path if step.clear)
        return (Reason(title="Every gate passes", claim=f"{asked} reason codes were asked and are clear."),)
    return tuple(_reason(code, found) for (code, _), found in groups.items())


def _reason(code: str, found: Sequence[Finding]) -> Reason:
    first, others = found[0], len(found) - 1
    more = f", and {others} more like it" if others else ""
    return Reason(title=_title(first), claim=words.sentence(first.because + more), code=code)


def _line(decision: Decision, held: Currency) -> str:
    if held.current:
        return words.LINES[decision.state]
    return f"It read {words.look(decision.state).word.lower()} and counts for nothing now: {held.because}."


def _steps(decision: Decision, held: Currency) -> tuple[Step, ...]:
    if not held.current:
        ask = f"readiness deploy {decision.model_name} --target {decision.target}"
        return (Step(label="Ask again", text=f"Today's evidence may give another answer: {ask}"),)
    return tuple(_step(action) for action in decision.actions[:3])


def _step(action: Action) -> Step:
    done = "" if action.kind in {"deploy", "approve"} else f"Then: {words.look(action.leads_to).word.lower()}."
    quota = f" Bring {action.quota} more." if action.quota else ""
    return Step(label=words.STEPS[action.kind], text=words.sentence(action.text) + quota, leads=done)


def _gates(decision: Decision) -> tuple[GateRow, ...]:
    """Give every family's gate; one of which nothing was asked, as production before a deploy, is no pass."""
    gates = {gate.name: gate for gate in decision.gates}
    return tuple(_gate(name, gates.get(name)) for name in catalogue.FAMILIES)


def _gate(name: str, gate: Gate | None) -> GateRow:
    if gate is None:
        return GateRow(name=name.capitalize(), look=words.NOT_ASKED, open=0, score="none")
    look = words.look(gate.state) if gate.open else words.PASS
    return GateRow(name=name.capitalize(), look=look, open=gate.open, score=f"{gate.score} of 100")


def _gates_line(gates: Sequence[GateRow]) -> str:
    passing = sum(1 for gate in gates if gate.look == words.PASS)
    idle = sum(1 for gate in gates if gate.look == words.NOT_ASKED)
    return f"{passing} of {len(gates) - idle} pass" + (f", {idle} does not apply" if idle else "")


def _card(finding: Finding) -> FindingCard:
    images = ", ".join(finding.images[:_SHOWN_IMAGES])
    total = max(finding.images_total, len(finding.images))
    return FindingCard(
        title=_title(finding),
        claim=words.sentence(finding.because),
        look=words.look(finding.effect),
        effect=_effect(finding),
        subject=words.subject(finding),
        numbers=words.numbers(finding),
        why=words.sentence(finding.why),
        fix=words.sentence(finding.action.text if finding.action else finding.fix),
        images=f"{images} ({total} in all)" if images else "",
        code=finding.code,
    )


def _title(finding: Finding) -> str:
    """Say the problem, and before it that it is not known where it is not."""
    title = finding.title.rstrip(".")
    return title if finding.outcome == "found" else f"{words.unproven(finding)}: {_lower(title)}"


def _effect(finding: Finding) -> str:
    if finding.waived:
        return f"Accepted by {finding.waived.by} until {words.moment(finding.waived.until)}: {finding.waived.reason}"
    return words.EFFECTS.get(finding.effect or "", "None: it is noted")


def _at_most(memory_mib: float | None) -> str:
    return "no limit" if memory_mib is None else f"max {words.number(memory_mib, 'MiB')}"


def _monitor_line(decision: Decision) -> str:
    if decision.monitor.required:
        return "Required: the decision falls to blocked when the endpoint goes silent."
    if decision.monitor.reasons:
        return "Not the answer yet: graver findings come first."
    return "No finding asks for it; the windows are kept anyway."


def _what(record: Dataset | Evaluation | Benchmark | Production) -> str:
    match record:
        case Dataset():
            return f"{record.name}: {record.images} images, {record.annotations} objects"
        case Evaluation():
            at = f"confidence {words.number(record.confidence)}, IoU {words.number(record.iou)}"
            return f"{record.objects} objects in {record.images} images of {record.split}, {at}"
        case Benchmark():
            how = f"{record.runs} runs on {record.frames_count} frames"
            return f"{how}, {record.device.board}, {record.runtime} {record.runtime_version}: {record.validity}"
        case Production():
            return f"{record.windows} windows of {record.endpoint}, {record.inferences} inferences"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def next_step(actions: Iterable[Action]) -> str:
    """Say the first thing to do in one line."""
    first = next(iter(actions), None)
    return words.sentence(first.text) if first else "Nothing."
