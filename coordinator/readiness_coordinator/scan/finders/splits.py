"""Faults in how a dataset is split: paths that lead nowhere."""

from readiness.evidence.dataset import Listing
from readiness_coordinator.scan.listing import of_faults
from readiness_coordinator.scan.seen import Seen


def find(seen: Seen) -> dict[str, Listing]:
    """List what is wrong with the splits."""
    return {"split-path-broken": of_faults(seen.labelled.broken_paths)}
