"""A check's answer: clear, found, unknown or inapplicable, with what was measured, on what, and what to do."""

from enum import Enum
from typing import Literal

import msgspec

from readiness.bounds import against_floor
from readiness.evidence.bounded import Rate

SubjectKind = Literal[
    "project", "dataset", "split", "class", "slice", "image", "annotation", "model", "target", "endpoint", "evidence"
]
OutcomeKind = Literal["clear", "found", "unknown", "inapplicable"]
Unknown = Literal["missing", "stale", "undecided", "failed"]
ActionKind = Literal[
    "collect",
    "label",
    "fix",
    "retrain",
    "change-target",
    "benchmark",
    "evaluate",
    "scan",
    "approve",
    "deploy",
    "monitor",
]


class Severity(str, Enum):
    """What a finding does to the state: the table stands in `verdict`."""

    BLOCK = "block"
    RETRAIN = "retrain"
    WARN = "warn"
    MONITOR = "monitor"
    NOTE = "note"


class Subject(msgspec.Struct, frozen=True):
    """What a finding is about."""

    kind: SubjectKind
    name: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can do about one finding; `quota` counts objects, frames or runs to bring."""

    kind: ActionKind
    text: str
    quota: int | None = None


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers behind an answer: value against limit, with its interval and sample sizes."""

    measured: float | str | None = None
    limit: float | str | None = None
    unit: str = ""
    interval: tuple[float | None, float | None] | None = None
    n: int | None = None
    n_effective: float | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What `judge` gives back, one per subject."""

    kind: OutcomeKind
    because: str = ""
    subject: Subject | None = None
    measure: Measure = Measure()
    images: tuple[str, ...] = ()
    images_total: int = 0
    unknown: Unknown | None = None
    step: Step | None = None


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The waiver that keeps a finding from changing the state; it stays in sight."""

    reason: str
    by: str
    until: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with its code's own words, as reports, pages and messages carry it."""

    code: str
    severity: Severity
    outcome: OutcomeKind
    title: str
    because: str
    subject: Subject | None = None
    measured: float | str | None = None
    limit: float | str | None = None
    unit: str = ""
    interval: tuple[float | None, float | None] | None = None
    n: int | None = None
    n_effective: float | None = None
    images: tuple[str, ...] = ()
    images_total: int = 0
    unknown: Unknown | None = None
    why: str = ""
    fix: str = ""
    action: Step | None = None
    effect: str | None = None
    waived: Accepted | None = None


def clear(because: str = "", *, subject: Subject | None = None, measure: Measure | None = None) -> Outcome:
    """Answer that the problem is not there, on evidence that suffices."""
    return Outcome(kind="clear", because=because, subject=subject, measure=measure or Measure())


def found(
    because: str,
    *,
    subject: Subject | None = None,
    measure: Measure | None = None,
    images: tuple[str, ...] = (),
    images_total: int | None = None,
    step: Step | None = None,
) -> Outcome:
    """Answer that the problem is there."""
    return Outcome(
        kind="found",
        because=because,
        subject=subject,
        measure=measure or Measure(),
        images=images,
        images_total=len(images) if images_total is None else images_total,
        step=step,
    )


def unknown(
    because: str,
    reason: Unknown = "undecided",
    *,
    subject: Subject | None = None,
    measure: Measure | None = None,
    images: tuple[str, ...] = (),
    step: Step | None = None,
) -> Outcome:
    """Answer that the evidence does not settle it."""
    return Outcome(
        kind="unknown",
        because=because,
        subject=subject,
        measure=measure or Measure(),
        images=images,
        images_total=len(images),
        unknown=reason,
        step=step,
    )


def inapplicable(because: str) -> Outcome:
    """Answer that the question does not arise, such as boxes of a classifier."""
    return Outcome(kind="inapplicable", because=because)


def measured_longer(command: str | None, why: str, otherwise: Step) -> Step:
    """Give the step to what too few runs left undecided: `command` runs more; where none does, `otherwise`."""
    return otherwise if command is None else Step(kind="benchmark", text=f"{why}: {command}")


def by_floor(
    rate: Rate,
    floor: float,
    because: str,
    *,
    subject: Subject,
    images: tuple[str, ...],
    improve: Step,
    collect: Step,
    brought: int | None = None,
) -> Outcome:
    """Answer for a rate that must reach `floor` by its bounds; undecided, it says how many more would settle it.

    `brought` is the number of images that its trials are from, where it takes images and no single trials can be had.
    """
    measure = rate_measure(rate, floor)
    alike = f" (worth {rate.n_effective:.0f} independent ones)" if rate.n_effective < rate.n / 2 else ""
    because = f"{because}: {rate.lower:.2f} to {rate.upper:.2f}{alike}, the floor is {floor:g}"
    answer = against_floor(rate.lower, rate.upper, floor)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        return found(because, subject=subject, measure=measure, images=images, step=improve)
    more = rate.needed(floor, brought)
    if more is None:
        because = f"{because}; at this rate it stays under it"
        return unknown(because, subject=subject, measure=measure, images=images, step=improve)
    because = f"{because}; {more} more{'' if brought is None else ' images'} at this rate would settle it"
    step = msgspec.structs.replace(collect, quota=more)
    return unknown(because, subject=subject, measure=measure, images=images, step=step)


def rate_measure(rate: Rate, limit: float, unit: str = "share") -> Measure:
    """Give a rate's numbers as a finding carries them."""
    return Measure(
        measured=rate.value,
        limit=limit,
        unit=unit,
        interval=(rate.lower, rate.upper),
        n=rate.n,
        n_effective=rate.n_effective,
    )
