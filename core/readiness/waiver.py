"""A finding that people accept: which one, why, who, and until when; it stays in sight and never outgrows itself."""

from datetime import datetime

import msgspec


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted finding: a code, one subject of it or (empty) all, why, who, and until when (RFC 3339).

    `images`, where given, are those that the finding named when it was accepted: one that is not among them opens it
    again. So does a count above `at_most`.
    """

    code: str
    reason: str
    until: str
    by: str
    subject: str = ""
    at_most: float | None = None
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
        return datetime.fromisoformat(text.replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        return False
