"""The dataset report of the contract: what a scan found, judged by the dataset checks under one policy."""

from collections.abc import Iterable
from typing import Any

from readiness import verdict
from readiness.catalogue import Check
from readiness.dossier import Dossier
from readiness.evidence.dataset import Dataset
from readiness.finding import Severity
from readiness.policy import Policy
from readiness.profile import Profile
from readiness_coordinator import reports
from readiness_coordinator.scan.saying import Target
from readiness_coordinator.scan.sections import by_section

SCHEMA = "readiness.scan/1"
_CAVEATS = frozenset({Severity.MONITOR, Severity.NOTE})


def build(
    dataset: Dataset,
    checks: Iterable[Check],
    policy: Policy,
    asked_at: str,
    *,
    profile: Profile | None = None,
    every: bool = False,
) -> dict[str, Any]:
    """Give the report as the contract names its keys; with `every`, clear and inapplicable answers too.

    `checks` may be the whole catalogue: those of the dataset family are asked. `evidence` is the scan itself, from
    which `readiness decide` reads it back; its listings hold every affected image. `quality_score` is the least of the
    scores of `gates`, one per section; the caveats stand beside it.
    """
    dossier = Dossier(policy=policy, asked_at=asked_at, profile=profile, dataset=dataset)
    reached = verdict.reach(dossier, [check for check in checks if check.family == "dataset"], partial=True)
    found = [finding for finding in reached.findings if finding.outcome == "found"]
    gates = verdict.gates_of(by_section(reached.findings))
    return {
        **reports.head(SCHEMA, reached, every=every),
        "quality_score": min(gate.score for gate in gates),
        "gates": gates,
        "policy": policy.name,
        "target": Target(name=profile.name, title=profile.title, input_px=profile.input_px) if profile else None,
        "dataset": dataset.name,
        "dataset_digest": dataset.digest,
        "task": dataset.task,
        "format": dataset.format,
        "images": dataset.images,
        "annotations": dataset.annotations,
        "splits": dataset.splits,
        "classes": dataset.classes,
        "slices": dataset.slices,
        "caveats": [finding.because for finding in found if finding.severity in _CAVEATS],
        "evidence": dataset,
    }
