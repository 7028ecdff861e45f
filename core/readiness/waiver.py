"""A finding that people accept: which one, why, who, and until when; it stays in sight and never outgrows itself."""

from datetime import datetime, timezone

import msgspec


class Waiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An accepted finding: a code, one subject of it or (empty) all, why, who, and until when (RFC 3339).

    `images`, where given, are those that the finding named when it was accepted: one that is not among them opens it
    again. So does a measured value above `at_most` or, where less is worse, under `at_least`.
    """

    code: str
    reason: str
    until: str
    by: str
    subject: str = ""
    at_most: float | None = None
    at_least: float | None = None
    images: tuple[str, ...] = ()


def wrong(waiver: Waiver) -> str | None:
    """Say what a waiver lacks, or None."""
    if waiver.reason.strip() and waiver.by.strip() and _is_instant(waiver.until):
        return None
    return (
        f"the waiver of '{waiver.code}' needs a reason, who gave it ('by'), and an end with its "
        "offset ('until', such as 2027-01-31T00:00:00Z)"
    )


def _is_instant(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return moment.tzinfo is not None and bool(moment.astimezone(timezone.utc))
    except (ValueError, OverflowError):
        return False
