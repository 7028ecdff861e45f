"""What the front page says: candidates by targets, each decision's reasons, and the devices; worst first."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from readiness.decision import Decision
from readiness.dossier import instant
from readiness.evidence.model import Model
from readiness.profile import Profile
from readiness.verdict import STATES
from readiness_coordinator import words
from readiness_coordinator.guard import Currency
from readiness_coordinator.store.devices import DeviceRow
from readiness_coordinator.store.lineage import KnownModel
from readiness_coordinator.web.decision_view import Reason, next_step, reasons, shown_state
from readiness_coordinator.words import Look

_MISSED_BEATS = 3


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A logged decision and whether it still holds."""

    decision: Decision
    held: Currency


class Target(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    budget: str


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    look: Look
    fact: str
    href: str = ""
    tint: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    about: str
    cells: tuple[Cell, ...]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    look: Look
    title: str
    href: str
    reasons: tuple[Reason, ...]
    next: str
    asked: str
    policy: str
    threshold: str


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    look: Look
    board: str
    system: str
    heard: str
    gap: str


class FleetPage(msgspec.Struct, frozen=True, kw_only=True):
    summary: str
    targets: tuple[Target, ...]
    offered: tuple[str, ...]
    rows: tuple[Row, ...]
    decisions: tuple[Item, ...]
    devices: tuple[DeviceLine, ...]


def page(
    models: Sequence[KnownModel],
    profiles: Mapping[str, Profile],
    newest: Sequence[Held],
    devices: Sequence[DeviceRow],
    now: str,
) -> FleetPage:
    """Lay the fleet out; `newest` is the newest decision of each model and target."""
    asked = tuple(dict.fromkeys(one.decision.target for one in sorted(newest, key=lambda one: one.decision.target)))
    names = {model.model.digest: _name(model) for model in models}
    by_place = {(one.decision.model, one.decision.target): one for one in newest}
    lines = sorted(
        (_device(device, now) for device in devices), key=lambda line: (line.look.shape != "offline", line.name)
    )
    return FleetPage(
        summary=_summary(newest, lines),
        targets=tuple(_target(name, profiles.get(name)) for name in asked),
        offered=tuple(profiles),
        rows=tuple(_row(model, asked, by_place) for model in models),
        decisions=tuple(_item(one, names) for one in sorted(newest, key=_harm)),
        devices=tuple(lines),
    )


def _summary(newest: Sequence[Held], devices: Sequence[DeviceLine]) -> str:
    current = [one.decision for one in newest if one.held.current]
    allowed = sum(1 for decision in current if decision.deployable)
    if not newest:
        first = "No decision yet."
    elif not current:
        first = "No decision holds any more: ask again."
    else:
        verb = "allows" if allowed == 1 else "allow"
        first = f"{allowed} of {len(current)} {_count('decision', len(current))} {verb} a deploy."
    away = sum(1 for line in devices if line.look.shape == "offline")
    return f"{first} {away} of {len(devices)} {_count('device', len(devices))} cannot be reached." if away else first


def _target(name: str, profile: Profile | None) -> Target:
    if profile is None:
        return Target(name=name, budget="no longer offered")
    memory = profile.budget.memory_mib
    limits = f"p95 max {profile.budget.p95_ms:g} ms" + ("" if memory is None else f", {memory:g} MiB")
    return Target(name=name, budget=limits)


def _row(model: KnownModel, targets: Sequence[str], by_place: Mapping[tuple[str, str], Held]) -> Row:
    return Row(
        name=_name(model),
        about=_about(model.model),
        cells=tuple(_cell(by_place.get((model.model.digest, target))) for target in targets),
    )


def _about(model: Model) -> str:
    return "endpoint" if model.size_mib is None else f"{model.format}, {model.size_mib:.1f} MiB"


def _name(model: KnownModel) -> str:
    return model.model.name if model.model_id == model.model.digest else model.model_id


def _cell(one: Held | None) -> Cell:
    if one is None:
        return Cell(look=words.NOT_DECIDED, fact="Nobody has asked.")
    decision = one.decision
    fact = reasons(decision)[0].claim if one.held.current else words.sentence(one.held.because)
    return Cell(
        look=shown_state(decision, one.held),
        fact=fact,
        href=f"/decisions/{decision.decision_id}",
        tint=one.held.current and decision.state not in {"blocked", "retrain_required"},
    )


def _item(one: Held, names: Mapping[str, str]) -> Item:
    decision = one.decision
    name = names.get(decision.model, decision.model_name)
    why = reasons(decision)[:3] if one.held.current else (Reason(title="", claim=words.sentence(one.held.because)),)
    return Item(
        look=shown_state(decision, one.held),
        title=f"{name} on {decision.target}",
        href=f"/decisions/{decision.decision_id}",
        reasons=why,
        next=next_step(decision.actions) if one.held.current else "Ask again.",
        asked=words.moment(decision.asked_at),
        policy=decision.policy,
        threshold=words.number(decision.threshold),
    )


def _harm(one: Held) -> tuple[bool, int, float]:
    decision = one.decision
    return (not one.held.current, -STATES.index(decision.state), -instant(decision.asked_at).timestamp())


def _device(row: DeviceRow, now: str) -> DeviceLine:
    device = row.birth.device if row.birth else None
    known = [str(part) for part in (device and device.os, device and device.arch) if part]
    return DeviceLine(
        name=row.name,
        look=_link(row, now),
        board=row.board or "not said",
        system=", ".join(known) or "not said",
        heard=words.moment(row.last_seen) if row.last_seen else "never",
        gap=_gap(row),
    )


def _link(row: DeviceRow, now: str) -> Look:
    """Say whether the device is there; one that said so and then missed its beats is not."""
    look = words.LINKS.get(row.status, words.UNHEARD)
    if row.status != "online" or not row.last_seen or row.presence is None:
        return look
    silence = timedelta(seconds=_MISSED_BEATS * row.presence.interval_s)
    return words.SILENT if instant(now) - instant(row.last_seen) > silence else look


def _gap(row: DeviceRow) -> str:
    parts = [f"{row.missing} awaited" if row.missing else "", f"{row.lost} lost" if row.lost else ""]
    return ", ".join(part for part in parts if part) or "none"


def _count(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"
