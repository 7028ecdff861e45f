"""The five sections of a dataset's quality, and to which of them each reason code belongs."""

from collections.abc import Iterable

from readiness.finding import Finding

MEANINGS = {
    "image": "the files, and what can be seen in them",
    "annotation": "the labels on them",
    "split": "how they are divided for training and judging",
    "class": "what is there to learn and to judge of each class",
    "leakage": "what stands on both sides of a split",
}
SECTIONS = tuple(MEANINGS)
# What a code ends with goes before what it begins with, and both after its own name.
_NAMED = {
    "augmentation-flip-breaks-labels": "annotation",
    "augmentation-too-strong": "image",
    "augmentation-uneven": "class",
    "augmented-copies-in-evaluation": "leakage",
    "image-unlabelled": "annotation",
    "images-duplicated": "leakage",
    "images-empty-many": "annotation",
    "images-nearly-duplicated": "leakage",
    "images-not-all-compared": "leakage",
}
_ENDINGS = {"-shared-across-splits": "leakage", "-between-splits": "split", "-split-missing": "split"}
_BEGINNINGS = {
    "image": ("image", "images", "names"),
    "annotation": ("annotation", "area", "box", "crowd", "label", "labels", "mask", "object", "objects", "polygon"),
    "split": ("dataset", "scan", "split"),
    "class": ("class",),
    "leakage": ("leak",),
}


def section_of(code: str) -> str | None:
    """Give the section of a dataset check's code; None for one that stands in none."""
    named = _NAMED.get(code) or next((section for end, section in _ENDINGS.items() if code.endswith(end)), None)
    first = code.partition("-")[0]
    return named or next((section for section, words in _BEGINNINGS.items() if first in words), None)


def by_section(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Group findings by section, in the order of SECTIONS; what has none is not lost, but stands in the first."""
    groups: dict[str, list[Finding]] = {section: [] for section in SECTIONS}
    for finding in findings:
        groups[section_of(finding.code) or SECTIONS[0]].append(finding)
    return groups
