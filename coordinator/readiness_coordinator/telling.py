"""What every report says of findings in the same words: the claim, its places, who accepted it, what to do about it."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from readiness.evidence.dataset import Item
from readiness.finding import Finding
from readiness_coordinator import words


class Telling(NamedTuple):
    """How the findings about one kind of evidence are told.

    `places` are those listed, of `total` in all; `accepted` is empty of a finding that nobody accepted, and `baseline`
    tells of an accepted one that this does not count for a deployment.
    """

    claim: Callable[[Finding], str]
    places: Callable[[Finding], tuple[Item, ...]]
    total: Callable[[Finding], int]
    accepted: Callable[[Finding], str]
    baseline: Callable[[Finding], bool]


class Advice(msgspec.Struct, frozen=True):
    """One step, and the codes of the findings that it answers."""

    text: str
    codes: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True):
    """Why the state is what it is: one code, with its worst answer and how many more there are."""

    title: str
    claim: str
    code: str
    more: int


def claim(finding: Finding, text: str) -> str:
    """Make a sentence of `text`, which says what was found, and of what; a name stays as it is at its start too."""
    if finding.subject is None or finding.subject.kind in {"dataset", "evidence"}:
        return words.sentence(text)
    parts = finding.subject.name.split(" + ")
    if not all(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) for part in parts):
        return words.sentence(f"{finding.subject.name}: {text}", begin=False)
    return words.sentence(text, begin=not text.startswith(tuple(parts)))


def waived(finding: Finding) -> str:
    """Say who accepted a finding, why and until when; empty if nobody did."""
    if finding.waived is None:
        return ""
    one = finding.waived
    return f"accepted by {one.by} until {words.moment(one.until)}: {one.reason.rstrip('.')}."


def steps(findings: Iterable[Finding]) -> list[Advice]:
    """Say what to do about findings, each step once, with how much of it there is to bring; in the order given."""
    alike: dict[str, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(finding.action.text if finding.action else finding.fix, []).append(finding)
    return [_advice(text, group) for text, group in alike.items()]


def reasons(changing: Iterable[Finding], telling: Telling) -> tuple[Reason, ...]:
    """Give one reason per code, in the order given."""
    alike: dict[str, list[Finding]] = {}
    for one in changing:
        alike.setdefault(one.code, []).append(one)
    return tuple(Reason(first.title, telling.claim(first), first.code, len(rest)) for first, *rest in alike.values())


def by_code(findings: Iterable[Finding]) -> list[Finding]:
    """Put findings of one code and answer together, in the order of the worst of each."""
    alike: dict[tuple[str, str, str | None, bool], list[Finding]] = {}
    for one in findings:
        alike.setdefault((one.code, one.outcome, one.unknown, one.waived is None), []).append(one)
    return [one for group in alike.values() for one in group]


def subjects(findings: Iterable[Finding]) -> list[str]:
    """Name what findings are about, each once."""
    return list(dict.fromkeys(one.subject.name for one in findings if one.subject))


def images(finding: Finding) -> tuple[Item, ...]:
    """Give the images of a finding as its places."""
    return tuple(Item(images=(image,)) for image in finding.images)


def by_policy(finding: Finding) -> str:
    """Say who accepted a finding where only the policy can."""
    return f"{said} This is a waiver of the policy." if (said := waived(finding)) else ""


PLAIN = Telling(
    claim=lambda finding: claim(finding, finding.because),
    places=images,
    total=lambda finding: finding.images_total,
    accepted=by_policy,
    baseline=lambda _: False,
)


def _advice(text: str, findings: list[Finding]) -> Advice:
    quotas = [one.action.quota for one in findings if one.action and one.action.quota]
    much = f" (up to {max(quotas):,} each)" if len(quotas) > 1 else f" ({quotas[0]:,})" if quotas else ""
    return Advice(words.sentence(f"{text.rstrip('.')}{much}"), tuple(dict.fromkeys(one.code for one in findings)))
