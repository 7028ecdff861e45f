"""The devices: whether each is there, what it is, and whether anything it sent is missing."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from readiness.messages import Birth, Presence
from readiness_coordinator.store.schema import devices, gaps


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One device; `missing` counts records that may still come, `lost` those that never will."""

    workspace: str
    name: str
    status: str
    status_at: str
    last_seen: str
    board: str
    fingerprint: str
    presence: Presence | None
    birth: Birth | None
    missing: int
    lost: int

    @property
    def incomplete(self) -> bool:
        return bool(self.missing or self.lost)


def present(c: sa.Connection, workspace: str, device: str, presence: Presence, at: str) -> None:
    """Note what a device, or the broker in its name (`offline`), says of its being there.

    The same again is a retained message that the broker repeats: it changes nothing and is no sign of life.
    """
    said = {"status": presence.status, "status_at": at, "presence": msgspec.json.encode(presence)}
    mine = sa.and_(devices.c.workspace == workspace, devices.c.device == device)
    if c.execute(sa.select(devices.c.presence).where(mine)).scalar() == said["presence"]:
        return
    _upsert(c, workspace, device, said if presence.status == "offline" else {**said, "last_seen": at})


def born(c: sa.Connection, workspace: str, device: str, birth: Birth, at: str) -> None:
    """Note what a device is and can run."""
    said = {
        "board": birth.device.board,
        "fingerprint": birth.fingerprint,
        "birth": msgspec.json.encode(birth),
        "last_seen": at,
    }
    _upsert(c, workspace, device, said)


def seen(c: sa.Connection, workspace: str, device: str, at: str) -> None:
    """Note that a device said something of its own."""
    _upsert(c, workspace, device, {"last_seen": at})


def list_devices(c: sa.Connection) -> list[DeviceRow]:
    """Give every device by workspace and name."""
    return [_row(row) for row in c.execute(_query().order_by(devices.c.workspace, devices.c.device))]


def get_device(c: sa.Connection, workspace: str, device: str) -> DeviceRow | None:
    """Give one device, or None when it never said anything."""
    row = c.execute(_query().where(devices.c.workspace == workspace, devices.c.device == device)).one_or_none()
    return _row(row) if row else None


def _upsert(c: sa.Connection, workspace: str, device: str, values: dict[str, Any]) -> None:
    empty = {"status": "", "status_at": "", "last_seen": "", "board": "", "fingerprint": ""}
    row = insert(devices).values(workspace=workspace, device=device, **{**empty, **values})
    c.execute(row.on_conflict_do_update(index_elements=["workspace", "device"], set_=values))


def _query() -> sa.Select[Any]:
    mine = sa.and_(gaps.c.workspace == devices.c.workspace, gaps.c.device == devices.c.device)
    count = sa.func.coalesce(sa.func.sum(gaps.c.last - gaps.c.first + 1), 0)
    missing = sa.select(count).where(mine, gaps.c.lost_because == "").scalar_subquery()
    lost = sa.select(count).where(mine, gaps.c.lost_because != "").scalar_subquery()
    return sa.select(devices, missing.label("missing"), lost.label("lost"))


def _row(row: sa.Row[Any]) -> DeviceRow:
    return DeviceRow(
        workspace=row.workspace,
        name=row.device,
        status=row.status or "unknown",
        status_at=row.status_at,
        last_seen=row.last_seen,
        board=row.board,
        fingerprint=row.fingerprint,
        presence=msgspec.json.decode(row.presence, type=Presence) if row.presence else None,
        birth=msgspec.json.decode(row.birth, type=Birth) if row.birth else None,
        missing=row.missing,
        lost=row.lost,
    )
