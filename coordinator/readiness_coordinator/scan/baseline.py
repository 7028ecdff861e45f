"""The baseline of a dataset: findings that people accepted, with who, why and until when; later scans honour it."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from readiness import waiver
from readiness.dossier import instant
from readiness.evidence.dataset import Dataset
from readiness.exits import Stop
from readiness.finding import Finding
from readiness.waiver import Waiver
from readiness_coordinator import reports

SCHEMA: Literal["readiness.baseline/1"] = "readiness.baseline/1"
EVERY = "all"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: which dataset it is of, by name, and what was accepted in it."""

    dataset: str
    accepted: tuple[Waiver, ...] = ()
    schema: Literal["readiness.baseline/1"] = SCHEMA


def read(path: Path) -> Baseline:
    """Read a baseline file; raises Stop with one line that names the file and what is wrong."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        raise Stop(f"cannot read {path}: {error.strerror}") from None
    except (*reports.BROKEN_JSON, ValueError) as error:
        raise Stop(f"{path}: not a baseline file: {error}") from None
    if fault := next((fault for one in found.accepted if (fault := waiver.wrong(one))), None):
        raise Stop(f"{path}: {fault}")
    return found


def of(held: Baseline, dataset: str, path: Path) -> tuple[Waiver, ...]:
    """Give what the file at `path` accepts in the dataset of this name; raises Stop where it is of another one."""
    if held.dataset != dataset:
        raise Stop(f"{path}: a baseline of '{held.dataset}', not of '{dataset}'; accept findings for each dataset")
    return held.accepted


def accept(
    wanted: Sequence[str], findings: Iterable[Finding], dataset: Dataset, *, reason: str, by: str, until: str
) -> tuple[Waiver, ...]:
    """Turn found findings into waivers: `wanted` names CODE, CODE:SUBJECT or `all`.

    Each keeps the number that was measured and the images that were listed, so that it never covers more than was
    seen. `until` is a day (its end in UTC) or an RFC 3339 time. Raises Stop where a name fits nothing or who, why or
    until is wanting.
    """
    open_ = [one for one in findings if one.outcome == "found" and one.effect is not None and one.waived is None]
    names = [one.code if one.subject is None else f"{one.code}:{one.subject.name}" for one in open_]
    for name in wanted:
        if name != EVERY and not any(name in {one.code, full} for one, full in zip(open_, names, strict=True)):
            raise Stop(f"nothing to accept under '{name}'; open are {', '.join(names) or 'none'}")
    ends = f"{until}T23:59:59Z" if _DAY.fullmatch(until) else until
    made = [
        _waiver(one, dataset, reason=reason, by=by, until=ends)
        for one, full in zip(open_, names, strict=True)
        if {EVERY, one.code, full} & set(wanted)
    ]
    if fault := next((fault for one in made if (fault := waiver.wrong(one))), None):
        raise Stop(f"cannot accept: {fault}")
    if made and instant(ends) <= instant(dataset.observed_at):
        raise Stop(f"cannot accept until {until}: that has passed already")
    return tuple(made)


def write(path: Path, dataset: str, before: Iterable[Waiver], more: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Write the baseline with `more` in place of what it held for the same codes and subjects; gives all it holds."""
    kept = {(one.code, one.subject): one for one in (*before, *more)}
    accepted = tuple(kept[key] for key in sorted(kept))
    file = msgspec.json.format(msgspec.json.encode(Baseline(dataset=dataset, accepted=accepted)), indent=1)
    reports.write_bytes(file + b"\n", str(path))
    return accepted


def _waiver(finding: Finding, dataset: Dataset, *, reason: str, by: str, until: str) -> Waiver:
    listing = dataset.listed(finding.code)
    measured = finding.measured if isinstance(finding.measured, (int, float)) else None
    # What lies under its limit gets worse by falling, such as objects of a rare class.
    falls = measured is not None and isinstance(finding.limit, (int, float)) and measured < finding.limit
    return Waiver(
        code=finding.code,
        subject=finding.subject.name if finding.subject else "",
        reason=reason,
        by=by,
        until=until,
        at_most=None if falls else measured,
        at_least=measured if falls else None,
        images=listing.images(None) if listing else (),
    )
