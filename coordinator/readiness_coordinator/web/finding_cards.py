"""The findings of a report as cards, one per reason code and effect: its answers, pictures, places, and the repair."""

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest

import msgspec

from readiness.evidence.dataset import Item
from readiness.finding import Finding, Severity
from readiness_coordinator import words
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.telling import Telling
from readiness_coordinator.web import thumbnails
from readiness_coordinator.words import Look

_THUMBNAILS = 6
_MOST_THUMBNAILS = 120
_PLACES = 25
_GROUPS = {
    Severity.BLOCK: ("Blocking", Look("blocked", "No deploy")),
    Severity.RETRAIN: ("Retrain", Look("retrain", "Train anew")),
    Severity.WARN: ("Warning", Look("warning", "A person must look")),
    Severity.MONITOR: ("Monitor", Look("monitor", "Watch")),
    Severity.NOTE: ("Note", Look("note", "Noted")),
}


class Thumb(msgspec.Struct, frozen=True):
    name: str
    uri: str | None


class Place(msgspec.Struct, frozen=True):
    """One row of a finding's list: the images and where in them."""

    images: str
    detail: str
    splits: str


class Answer(msgspec.Struct, frozen=True):
    """What was found about one subject."""

    about: str
    claim: str
    numbers: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one code that do the same to the state; `anchor` is the code on its first card, else empty."""

    title: str
    code: str
    anchor: str
    answers: tuple[Answer, ...]
    effect: str
    why: str
    fix: str
    accepted: str
    tag: str
    thumbs: tuple[Thumb, ...]
    more_images: int
    places: tuple[Place, ...]
    more_places: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one severity, `count` of them; open from the start where they hold deployment back."""

    word: str
    look: Look
    count: int
    cards: tuple[Card, ...]
    open: bool


def groups(found: Sequence[Finding], told: Telling, pictures: Mapping[str, Picture]) -> tuple[Group, ...]:
    """Group findings by severity, the worst first; few enough thumbnails that a page of any dataset stays small."""
    left, seen = _MOST_THUMBNAILS, set[str]()
    made = []
    for severity, (word, look) in _GROUPS.items():
        mine = [finding for finding in found if finding.severity is severity]
        cards = []
        for alike in _alike(mine, told):
            card = _card(alike, told, pictures, min(left, _THUMBNAILS), first=alike[0].code not in seen)
            seen.add(card.code)
            left -= len(card.thumbs)
            cards.append(card)
        if cards:
            opened = severity in {Severity.BLOCK, Severity.RETRAIN}
            made.append(Group(word=word, look=look, count=len(mine), cards=tuple(cards), open=opened))
    return tuple(made)


def _alike(findings: Sequence[Finding], told: Telling) -> list[list[Finding]]:
    """Put together findings of one code, effect and acceptance, in the order of the first of each."""
    groups: dict[tuple[str | None, ...], list[Finding]] = {}
    for one in findings:
        key = (one.code, one.outcome, one.unknown, one.effect, told.accepted(one))
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _card(alike: list[Finding], told: Telling, pictures: Mapping[str, Picture], most: int, *, first: bool) -> Card:
    finding = alike[0]
    items = _items(alike, told)
    thumbs = tuple(Thumb(name, uri) for name, uri in thumbnails.of_items(items, pictures, most))
    return Card(
        title=finding.title if finding.outcome == "found" else f"{words.unproven(finding)}: {finding.title}",
        code=finding.code,
        anchor=finding.code if first else "",
        answers=tuple(_answer(one, told, alone=len(alike) == 1) for one in alike),
        effect=words.EFFECTS.get(finding.effect or "", "None on the state"),
        why=words.sentence(finding.why),
        fix=words.sentence(finding.fix),
        accepted=words.sentence(told.accepted(finding)) if finding.waived else "",
        tag=_tag(finding, told),
        thumbs=thumbs,
        more_images=max(0, sum(one.images_total for one in alike) - len(thumbs)),
        places=tuple(Place(" = ".join(one.images[:4]), one.detail, " + ".join(one.splits)) for one in items[:_PLACES]),
        more_places=max(0, len(items) - _PLACES),
    )


def _tag(finding: Finding, told: Telling) -> str:
    if finding.waived is None:
        return ""
    return "accepted, but not for a deployment" if told.baseline(finding) else "waived by the policy"


def _answer(finding: Finding, told: Telling, *, alone: bool) -> Answer:
    """Say one answer; among many, a plain count stands in the claim already."""
    numbers = words.numbers(finding) if alone or finding.interval else ""
    return Answer(words.subject(finding), told.claim(finding), numbers)


def _items(alike: list[Finding], told: Telling) -> tuple[Item, ...]:
    """Give the places of several findings in turn, so that those who look at the first few see something of each."""
    turns = zip_longest(*(told.places(finding) for finding in alike))
    return tuple(dict.fromkeys(item for item in chain.from_iterable(turns) if item is not None))
