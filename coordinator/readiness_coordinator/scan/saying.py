"""What every report of a scan says in the same words: state, target, the claim of a finding, who accepted it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from readiness import listed
from readiness.evidence.dataset import Dataset, Item
from readiness.finding import Finding
from readiness_coordinator import telling
from readiness_coordinator.telling import Telling

LINES = {
    "ready": "Nothing found that stands in the way.",
    "monitor_required": "Usable, while what is found is watched.",
    "warning": "A person must look at the warnings first.",
    "retrain_required": "A model of these data must be trained anew.",
    "blocked": "No model of these data can be judged yet.",
}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The target that a report was asked for; `input_px` is the longer side of what its model is given."""

    name: str
    title: str
    input_px: int | None


def target(report: Mapping[str, Any]) -> str:
    """Name the target that the answer is for; without one its questions were not asked."""
    asked: Target | None = report["target"]
    if asked is None:
        return "no target in particular"
    size = "no input size" if asked.input_px is None else f"input {asked.input_px} px"
    return f"{asked.name} ({size})"


def places(finding: Finding, dataset: Dataset) -> tuple[Item, ...]:
    """Give the listed places of a finding; of one about certain splits, those of these splits."""
    listing = dataset.listed(finding.code)
    if listing is None or finding.outcome != "found":
        return tuple(Item(images=(image,)) for image in finding.images)
    if finding.subject is not None and finding.subject.kind == "split":
        mine = tuple(one for one in listing.items if " + ".join(one.splits) == finding.subject.name)
        return mine or listing.items
    return listing.items


def claim(finding: Finding, dataset: Dataset) -> str:
    """Say in a sentence what was found, in numbers and of what, without the examples that `places` has.

    The names of splits and classes stay as they are, at the beginning too.
    """
    text = finding.because.removesuffix(f": {listed.examples(places(finding, dataset))}")
    return telling.claim(finding, text)


def of_baseline(finding: Finding, dataset: Dataset) -> bool:
    """Tell whether it is the baseline of the dataset that accepts a finding, and not the policy."""
    waived = finding.waived
    given = waived and (waived.by, waived.reason, waived.until)
    return any((one.by, one.reason, one.until) == given for one in dataset.accepted if one.code == finding.code)


def accepted(finding: Finding, dataset: Dataset) -> str:
    """Say who accepted a finding, why and until when, and whether that holds for a deployment; empty if nobody did."""
    if not of_baseline(finding, dataset):
        return telling.by_policy(finding)
    return f"{telling.waived(finding)} This is the baseline of the dataset, which does not count for a deployment."


def told(dataset: Dataset) -> Telling:
    """Give how the findings of one dataset are told."""

    def total(finding: Finding) -> int:
        items, listing = places(finding, dataset), dataset.listed(finding.code)
        return listing.total if listing and len(listing.items) == len(items) else len(items)

    return Telling(
        claim=lambda finding: claim(finding, dataset),
        places=lambda finding: places(finding, dataset),
        total=total,
        accepted=lambda finding: accepted(finding, dataset),
        baseline=lambda finding: of_baseline(finding, dataset),
    )
