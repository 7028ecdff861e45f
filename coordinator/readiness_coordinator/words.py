"""How states, numbers and times are said on the pages: a word and a shape for each state, plain numbers, UTC."""

import msgspec

from readiness.dossier import instant
from readiness.finding import Finding
from readiness.listed import counted


class Look(msgspec.Struct, frozen=True):
    """A state as it is shown: the name of its shape and colour, and its word."""

    shape: str
    word: str


LOOKS = {
    "ready": Look("ready", "Ready"),
    "monitor_required": Look("monitor", "Monitor required"),
    "warning": Look("warning", "Warning"),
    "retrain_required": Look("retrain", "Retrain required"),
    "blocked": Look("blocked", "Blocked"),
}
SUPERSEDED = Look("unknown", "Superseded")
NOT_DECIDED = Look("unknown", "Not decided")
PASS = Look("ready", "Pass")
NOT_ASKED = Look("note", "Does not apply")
NO_EFFECT = Look("note", "Noted")

LINES = {
    "ready": "Deploy is allowed. Every gate passes on its bounds.",
    "monitor_required": "Deploy is allowed while the monitor is in force.",
    "warning": "Deploy needs an approval of these warnings.",
    "retrain_required": "Deploy is off: the model falls short.",
    "blocked": "Deploy is off.",
}
EFFECTS = {
    "monitor_required": "Deploy only with the monitor in force",
    "warning": "Deploy only after an approval",
    "retrain_required": "No deploy until the model is better",
    "blocked": "No deploy",
}
LINKS = {
    "online": Look("online", "Online"),
    "stopped": Look("offline", "Stopped"),
    "offline": Look("offline", "Offline"),
}
UNHEARD = Look("offline", "Not heard of")
SILENT = Look("offline", "Silent")

STEPS = {
    "collect": "Collect more data",
    "label": "Label data",
    "fix": "Fix",
    "retrain": "Retrain",
    "change-target": "Change model or target",
    "benchmark": "Run benchmark",
    "evaluate": "Evaluate",
    "scan": "Scan dataset",
    "approve": "Have it approved",
    "deploy": "Deploy",
    "monitor": "Monitor",
}


_MANY = 1000
_UNITS = {"": "", "share": "", "effect": " of 1", "ratio": " to 1"}


def sentence(text: str, *, begin: bool = True) -> str:
    """Begin with a capital, unless told not to, and end with a full stop; a first word such as p95 stays as it is."""
    plain = begin and (text[1:2].islower() or text[1:2] == " ")
    begun = text[:1].upper() + text[1:] if plain else text
    return begun if begun.endswith("…") else begun.rstrip(".") + "."


def look(state: str | None) -> Look:
    return LOOKS.get(state or "", NO_EFFECT)


def moment(text: str) -> str:
    """Say an RFC 3339 time in UTC, to the minute."""
    return instant(text).strftime("%d %b %Y, %H:%M UTC")


def number(value: float | str | None, unit: str = "") -> str:
    """Say a measured value; a digest or a name stays as it is."""
    if value is None:
        return "not measured"
    if isinstance(value, str):
        return value
    if abs(value) >= _MANY or value == int(value):
        return f"{value:,.0f}{_UNITS[unit]}" if unit in _UNITS else counted(round(value), unit)
    return f"{value:.3g}{_UNITS.get(unit, f' {unit}')}"


def numbers(finding: Finding) -> str:
    """Say measured value, interval, sample size and limit of a finding; empty where it has none."""
    if finding.measured is None and finding.limit is None:
        return ""
    said = [number(finding.measured, finding.unit)]
    if finding.interval:
        low, high = finding.interval
        said.append(f"95% bounds {_bound(low)} to {_bound(high)}")
    if finding.n is not None and finding.n != finding.measured:
        said.append(f"n {finding.n:,}")
    if finding.n_effective is not None and round(finding.n_effective) != finding.n:
        said.append(f"effective n {finding.n_effective:.0f} (independent ones)")
    if finding.limit is not None:
        counts = finding.unit not in _UNITS and isinstance(finding.measured, int)
        said.append(f"limit {number(finding.limit, '' if counts else finding.unit)}")
    return ", ".join(said)


def subject(finding: Finding) -> str:
    return f"{finding.subject.kind} {finding.subject.name}" if finding.subject else "the whole dossier"


def unproven(finding: Finding) -> str:
    """Say why an unknown answer is unknown."""
    return {
        "missing": "Not measured",
        "stale": "Too old",
        "undecided": "Not proven",
        "failed": "Check failed",
    }.get(finding.unknown or "", "Not proven")


def _bound(value: float | None) -> str:
    return "open" if value is None else f"{value:.3g}"
