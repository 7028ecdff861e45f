"""A user's pattern is tried before it is trusted: what never ends, or cannot be compiled, is one line."""

import time

import pytest

from readiness_coordinator.scan import patterns
from readiness_coordinator.scan.patterns import BadPattern, tried

NAMES = ["train/cam1_0001.jpg", "train/ключ_0002.jpg", "a" * 60 + "!.jpg"]


def test_a_good_pattern_is_given_back():
    pattern = tried(r"cam(\d+)_", NAMES)
    assert [bool(pattern.search(name)) for name in NAMES] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "missing ), unterminated subpattern at position 0"),
        ("", "has 0 characters"),
        ("a" * 201, "has 201 characters"),
        ("\\", "bad escape (end of pattern) at position 0"),
    ],
)
def test_a_bad_pattern_is_one_line(text: str, said: str):
    with pytest.raises(BadPattern) as error:
        tried(text, NAMES)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["(a+)+$", "(a|a)*b", r"(.*)*\d(x*)*y"])
def test_a_pattern_that_never_ends_is_refused(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patterns, "PATIENCE_S", 1)
    begun = time.monotonic()
    with pytest.raises(BadPattern):
        tried(text, NAMES)
    assert time.monotonic() - begun < 8
