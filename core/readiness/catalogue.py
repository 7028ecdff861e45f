"""Finds the checks, refuses a malformed one, and asks them: what does not load stops the start-up."""

import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import msgspec

from readiness import canonical, checks
from readiness.dossier import EVIDENCE, BadTime, Dossier, instant
from readiness.finding import Accepted, Finding, Outcome, Severity, Step, inapplicable, unknown
from readiness.waiver import Waiver

FAMILIES = ("dataset", "evaluation", "target", "production", "lineage")
# Whoever accepts these accepts to judge on nothing.
_OF_EVIDENCE = {"scan-incomplete", "dataset-incoherent"}
RENAMED: dict[str, str] = {}
_GETS_EVIDENCE: dict[str, Step] = {
    "dataset": Step(kind="scan", text="scan the dataset version the model was trained on"),
    "evaluation": Step(kind="evaluate", text="run the model over the test split and evaluate it"),
    "benchmark": Step(kind="benchmark", text="benchmark the model on the target device"),
    "production": Step(kind="monitor", text="connect the endpoint's agent so that it reports windows"),
}


class BadCheck(Exception):
    """A check cannot be trusted to answer; the message names its file and what it lacks."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One reason code, read from its file."""

    code: str
    family: str
    title: str
    why: str
    fix: str
    severity: Severity
    needs: tuple[str, ...]
    judge: Callable[..., Outcome | Iterable[Outcome]]
    source_digest: str = ""


def load() -> tuple[Check, ...]:
    """Give every check in code order; raises BadCheck for a stray or malformed file."""
    found = []
    for family in pkgutil.iter_modules(checks.__path__):
        if family.name not in FAMILIES or not family.ispkg:
            raise BadCheck(f"checks/{family.name}: no family of that name; the families are {', '.join(FAMILIES)}")
        package = importlib.import_module(f"{checks.__name__}.{family.name}")
        found += [_read(family.name, name) for name in _names(package)]
    codes = [check.code for check in found]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise BadCheck(f"the code '{min(twice)}' stands in two families; a code is one file")
    return tuple(sorted(found, key=lambda check: check.code))


def version(catalogue: Iterable[Check]) -> str:
    """Name the catalogue by its sources: the same release gives the same name on every machine."""
    return canonical.digest([(check.code, check.source_digest) for check in catalogue])


def ask(check: Check, dossier: Dossier) -> tuple[Finding, ...]:
    """Put one question to the dossier. Absent or stale evidence and an exception give `unknown`, never a pass."""
    outcomes = _outcomes(check, dossier)
    return tuple(_finding(check, outcome, dossier) for outcome in outcomes)


def answerable(check: Check, dossier: Dossier) -> bool:
    """Tell whether the dossier holds all that the check needs, as a report on part of the evidence asks."""
    return all(getattr(dossier, need) is not None for need in check.needs)


def _names(package: ModuleType) -> list[str]:
    return [module.name for module in pkgutil.iter_modules(package.__path__)]


def _read(family: str, name: str) -> Check:
    where = f"checks/{family}/{name}.py"
    try:
        module = importlib.import_module(f"{checks.__name__}.{family}.{name}")
    except Exception as error:
        raise BadCheck(f"{where}: does not load: {error}") from error
    title, why, fix = _sections(module.__doc__ or "", where)
    severity, judge = getattr(module, "SEVERITY", None), getattr(module, "judge", None)
    if not isinstance(severity, Severity) or not callable(judge):
        raise BadCheck(f"{where}: needs SEVERITY (a Severity) and a function judge")
    needs = tuple(inspect.signature(judge).parameters)
    if stray := [need for need in needs if need not in Dossier.__struct_fields__]:
        raise BadCheck(f"{where}: judge asks for '{stray[0]}', which no dossier has")
    return Check(
        code=name.replace("_", "-"),
        family=family,
        title=title,
        why=why,
        fix=fix,
        severity=severity,
        needs=needs,
        judge=judge,
        source_digest=canonical.digest_bytes(inspect.getsource(module).encode()),
    )


def _sections(doc: str, where: str) -> tuple[str, str, str]:
    parts = [" ".join(part.split()) for part in inspect.cleandoc(doc).split("\n\n")]
    why = next((part[4:].strip() for part in parts if part.startswith("Why:")), "")
    fix = next((part[4:].strip() for part in parts if part.startswith("Fix:")), "")
    if not (parts[0] and why and fix):
        raise BadCheck(f"{where}: its docstring needs a title line, 'Why:' and 'Fix:'")
    return parts[0], why, fix


def _outcomes(check: Check, dossier: Dossier) -> tuple[Outcome, ...]:
    if check.family == "production" and not dossier.endpoint:
        return (inapplicable("the model runs nowhere yet"),)
    for need in check.needs:
        if (absent := _absent(need, dossier)) is not None:
            return (absent,)
    try:
        answer = check.judge(**{need: getattr(dossier, need) for need in check.needs})
        outcomes = (answer,) if isinstance(answer, Outcome) else tuple(answer)
    except Exception as error:  # noqa: BLE001 - a check that breaks must read as unknown, whatever broke it
        return (unknown(f"the check failed: {type(error).__name__}: {error}", "failed"),)
    return outcomes or (unknown("the check gave no answer", "failed"),)


def _absent(need: str, dossier: Dossier) -> Outcome | None:
    if getattr(dossier, need) is None:
        return unknown(f"no {need} at hand", "missing", step=_GETS_EVIDENCE.get(need))
    if need in EVIDENCE:
        try:
            stale = dossier.stale(need)
        except BadTime as error:
            return unknown(f"the {need} evidence has an unusable time: {error}", "failed")
        if stale:
            return unknown(stale, "stale", step=_GETS_EVIDENCE.get(need))
    return None


def _finding(check: Check, outcome: Outcome, dossier: Dossier) -> Finding:
    measure: dict[str, Any] = msgspec.structs.asdict(outcome.measure)
    return Finding(
        code=check.code,
        severity=check.severity,
        outcome=outcome.kind,
        title=check.title,
        because=outcome.because,
        subject=outcome.subject,
        images=outcome.images,
        images_total=outcome.images_total,
        unknown=outcome.unknown,
        why=check.why,
        fix=check.fix,
        action=outcome.step,
        waived=_waiver(check, outcome, dossier),
        **measure,
    )


def _waiver(check: Check, outcome: Outcome, dossier: Dossier) -> Accepted | None:
    """Find the waiver in force for an answer; evidence that is absent, partial or of something else has none."""
    if check.family == "lineage" or check.code in _OF_EVIDENCE or outcome.unknown in {"missing", "stale", "failed"}:
        return None
    # A baseline lets work on the data go on; that a model of it may be deployed was not what was accepted.
    about_data = check.family == "dataset" and dossier.dataset is not None and dossier.model is None
    accepted = dossier.dataset.accepted if dossier.dataset is not None and about_data else ()
    for waiver in (*dossier.policy.waivers, *accepted):
        if waiver.code == check.code and _covers(waiver, outcome, dossier):
            return Accepted(reason=waiver.reason, by=waiver.by, until=waiver.until)
    return None


def _within(measured: float | str | None, waiver: Waiver) -> bool:
    """Tell whether a measured value is no worse than the one that was accepted."""
    if waiver.at_most is None and waiver.at_least is None:
        return True
    if not isinstance(measured, (int, float)):
        return False
    low, high = (
        math.inf * sign if bound is None else bound for sign, bound in ((-1, waiver.at_least), (1, waiver.at_most))
    )
    return low <= measured <= high


def _covers(waiver: Waiver, outcome: Outcome, dossier: Dossier) -> bool:
    """Tell whether a waiver is in force and the answer is still the one that was accepted, or less."""
    if instant(waiver.until) <= instant(dossier.asked_at):
        return False
    if waiver.subject not in {"", outcome.subject.name if outcome.subject else ""}:
        return False
    if not _within(outcome.measure.measured, waiver):
        return False
    listing = dossier.dataset.listed(waiver.code) if dossier.dataset is not None else None
    return not waiver.images or listing is None or set(listing.images(None)) <= set(waiver.images)
