"""Faults in how a dataset is split: paths that lead nowhere, folders that belong to no split."""

from readiness.evidence.dataset import Listing
from readiness_coordinator.scan.faults import of_code
from readiness_coordinator.scan.listing import of_faults
from readiness_coordinator.scan.seen import Seen


def find(seen: Seen) -> dict[str, Listing]:
    """List what is wrong with the splits."""
    labelled = seen.labelled
    return {
        "split-path-broken": of_faults(labelled.broken_paths),
        "split-undeclared": of_code(labelled, "split-undeclared"),
    }
