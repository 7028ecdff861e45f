"""Hand-written TOML is read strictly: profiles, policies and cards name the file and the key at fault."""

from pathlib import Path

import pytest

from readiness import policy, profile, strict
from readiness.evidence.model import Card

ROOT = Path(__file__).resolve().parents[2]
PROFILE = (ROOT / "profiles/targets/x86-gateway.toml").read_text()
POLICY = (ROOT / "profiles/policies/standard.toml").read_text()


@pytest.mark.parametrize("path", sorted((ROOT / "profiles/targets").glob("*.toml")), ids=lambda p: p.stem)
def test_shipped_targets_load_and_bear_their_file_name(path: Path) -> None:
    target = profile.parse(path.read_text(), path.name)
    assert target.name == path.stem
    assert target.sources
    for other in target.alternatives:
        assert (path.parent / f"{other}.toml").exists()


@pytest.mark.parametrize("path", sorted((ROOT / "profiles/policies").glob("*.toml")), ids=lambda p: p.stem)
def test_shipped_policies_load_and_bear_their_file_name(path: Path) -> None:
    assert policy.parse(path.read_text(), path.name).name == path.stem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PROFILE + "\nmoon = 1\n", "t.toml: unknown key 'demand.moon'; remove it or correct its spelling"),
        (PROFILE.replace("p95_ms = 16.0", "p95ms = 33.0"), "t.toml: missing key 'p95_ms' - at 'budget'"),
        (
            PROFILE.replace("p95_ms = 16.0", "p95_ms = 'fast'"),
            "t.toml: Expected 'float', got 'str' - at 'budget.p95_ms'",
        ),
        (PROFILE.replace("p95_ms = 16.0", "p95_ms = 0"), "t.toml: 'budget.p95_ms' is 0; it must be above 0"),
        (
            PROFILE.replace("memory_mib = 256.0", "memory_mib = nan"),
            "t.toml: 'budget.memory_mib' is nan; it must be above 0",
        ),
        (
            PROFILE.replace("p95_ms = 16.0", "p95_ms = inf"),
            "t.toml: 'budget.p95_ms' is inf; it must be above 0 and finite",
        ),
        (
            PROFILE.replace("memory_mib = 256.0\n", ""),
            "t.toml: 'budget.memory_mib' is missing; a device's memory is limited",
        ),
        (PROFILE.replace("runs = 300", "runs = -5"), "t.toml: 'demand.runs' is -5; it must be above 0"),
        (PROFILE.replace('["x86-64"]', "[]", 1), "t.toml: 'boards' is empty; name the boards whose benchmarks count"),
        ("= 3", "t.toml: not valid TOML"),
    ],
)
def test_a_bad_profile_names_file_and_key(text: str, said: str) -> None:
    with pytest.raises(strict.BadFile) as caught:
        profile.parse(text, "t.toml")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POLICY.replace("confidence = 0.95", "confidence = 7.0"), "p.toml: 'confidence' is 7; a floor lies between"),
        (POLICY.replace("confidence = 0.95", "confidence = nan"), "p.toml: 'confidence' is nan; a floor lies between"),
        (
            POLICY.replace("confidence = 0.95", "confidence = 0.1"),
            "p.toml: 'confidence' is 0.1; a bound holds with at least",
        ),
        (
            POLICY.replace("silent_s = 900", "silent_s = nan"),
            "p.toml: 'production.silent_s' is nan; it must be above 0",
        ),
        (
            POLICY.replace("benchmark = 30", "benchmark = inf"),
            "p.toml: 'max_age_days.benchmark' is inf; it must be above",
        ),
        (
            POLICY.replace("slice_recall = 0.7", "slice_recall = -1.0"),
            "p.toml: 'evaluation.slice_recall' is -1; a floor",
        ),
        (POLICY.replace("silent_s", "silence_s"), "p.toml: unknown key 'production.silence_s'"),
        (POLICY.replace("recall = 0.8", "recall = 1.0", 1), "p.toml: 'evaluation.recall' is 1; a floor lies between"),
        (
            POLICY + "\n[evaluation.classes.clip]\nrecall = 0\n",
            "p.toml: 'evaluation.classes.clip.recall' is 0; a floor lies between",
        ),
        (
            POLICY + '\n[[waivers]]\ncode = "a"\nreason = ""\nuntil = "2027-01-01T00:00:00Z"\nby = "me"\n',
            "p.toml: the waiver of 'a' needs a reason, who gave it",
        ),
        (
            POLICY + '\n[[waivers]]\ncode = "a"\nreason = "r"\nuntil = "next year"\nby = "me"\n',
            "p.toml: the waiver of 'a' needs a reason, who gave it ('by'), and an end",
        ),
        (POLICY + '\n[[waivers]]\ncode = "a"\nreason = "r"\nby = "me"\n', "p.toml: missing key 'until'"),
    ],
)
def test_a_bad_policy_names_file_and_key(text: str, said: str) -> None:
    with pytest.raises(strict.BadFile) as caught:
        policy.parse(text, "p.toml")
    assert str(caught.value).startswith(said)


def test_floors_of_a_class_win_over_the_policy() -> None:
    read = policy.parse(POLICY + "\n[evaluation.classes.clip]\nrecall = 0.6\n", "p.toml")
    assert (read.recall_floor("clip"), read.recall_floor("bolt")) == (0.6, 0.8)
    assert read.precision_floor("clip") == 0.8


def test_a_card_with_a_stray_key_is_refused() -> None:
    text = """
task = "detection"
classes = ["a"]
confidence = 0.5
[input]
size = [8, 8]
[output]
decoder = "yolo"
{extra}
"""
    assert strict.parse(text.format(extra=""), Card, "c").classes == ("a",)
    with pytest.raises(strict.BadFile, match=r"c: unknown key 'output\.nms'"):
        strict.parse(text.format(extra="nms = 0.5"), Card, "c")
