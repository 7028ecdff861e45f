"""endpoint-silent: the newest window is not older than the policy allows."""

from asking import ask_one
from specimens import production

CODE = "endpoint-silent"


def test_clear_at_the_limit() -> None:
    # Asked at 12:00:00; the policy allows 900 s.
    finding = ask_one(CODE, endpoint="line-3", production=production(last_seen="2026-11-23T11:45:00Z"))
    assert finding.outcome == "clear"


def test_found_a_second_later() -> None:
    finding = ask_one(CODE, endpoint="line-3", production=production(last_seen="2026-11-23T11:44:59Z"))
    assert finding.outcome == "found"
    assert finding.because == "last window 901 s ago, 900 s allowed"


def test_unknown_without_windows() -> None:
    assert ask_one(CODE, endpoint="line-3").unknown == "missing"


def test_unknown_when_the_time_cannot_be_read() -> None:
    finding = ask_one(CODE, endpoint="line-3", production=production(last_seen="yesterday"))
    assert finding.unknown == "failed"
