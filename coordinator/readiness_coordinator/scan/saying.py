"""What every report of a scan says in the same words: state, target, the claim of a finding, who accepted it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from readiness import listed
from readiness.evidence.dataset import Dataset, Item
from readiness.finding import Finding
from readiness_coordinator import words

LINES = {
    "ready": "Nothing found that stands in the way.",
    "monitor_required": "Usable, while what is found is watched.",
    "warning": "A person must look at the warnings first.",
    "retrain_required": "A model of these data must be trained anew.",
    "blocked": "No model of these data can be judged yet.",
}


class Advice(msgspec.Struct, frozen=True):
    """One step, and the codes of the findings that it answers."""

    text: str
    codes: tuple[str, ...]


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
    if finding.subject is None or finding.subject.kind == "dataset":
        return words.sentence(text)
    parts = finding.subject.name.split(" + ")
    if not all(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) for part in parts):
        return words.sentence(f"{finding.subject.name}: {text}", begin=False)
    return words.sentence(text, begin=not text.startswith(tuple(parts)))


def steps(findings: Iterable[Finding]) -> list[Advice]:
    """Say what to do about findings, each step once, with how much of it there is to bring; in the order given."""
    alike: dict[str, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(finding.action.text if finding.action else finding.fix, []).append(finding)
    return [_advice(text, group) for text, group in alike.items()]


def _advice(text: str, findings: list[Finding]) -> Advice:
    quotas = [one.action.quota for one in findings if one.action and one.action.quota]
    much = f" (up to {max(quotas):,} each)" if len(quotas) > 1 else f" ({quotas[0]:,})" if quotas else ""
    return Advice(words.sentence(f"{text.rstrip('.')}{much}"), tuple(dict.fromkeys(one.code for one in findings)))


def of_baseline(finding: Finding, dataset: Dataset) -> bool:
    """Tell whether it is the baseline of the dataset that accepts a finding, and not the policy."""
    waived = finding.waived
    given = waived and (waived.by, waived.reason, waived.until)
    return any((one.by, one.reason, one.until) == given for one in dataset.accepted if one.code == finding.code)


def accepted(finding: Finding, dataset: Dataset) -> str:
    """Say who accepted a finding, why and until when, and whether that holds for a deployment; empty if nobody did."""
    waived = finding.waived
    if waived is None:
        return ""
    said = f"accepted by {waived.by} until {words.moment(waived.until)}: {waived.reason}"
    if of_baseline(finding, dataset):
        return f"{said.rstrip('.')}. This is the baseline of the dataset, which does not count for a deployment."
    return f"{said.rstrip('.')}. This is a waiver of the policy."
