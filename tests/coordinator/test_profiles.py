"""Policies and target profiles by name, by path, and from another folder."""

from pathlib import Path

import pytest

from readiness.exits import Stop
from readiness_coordinator import profiles


def test_every_shipped_policy_and_target_loads_by_its_name():
    assert {"prototype", "standard", "strict-safety"} <= set(profiles.names("policies"))
    assert {"raspberry-pi-4", "jetson-nano"} <= set(profiles.names("targets"))
    assert all(profiles.load_policy(name).name == name for name in profiles.names("policies"))
    assert all(profiles.load_profile(name).name == name for name in profiles.names("targets"))


def test_by_path_and_from_another_folder(tmp_path: Path):
    (tmp_path / "policies").mkdir()
    file = tmp_path / "policies" / "ours.toml"
    file.write_text('name = "ours"\ntitle = "Ours"\n')
    assert profiles.load_policy(str(file)) == profiles.load_policy("ours", tmp_path)


def test_what_is_missing_or_bad_is_one_line_with_exit_2(tmp_path: Path):
    (tmp_path / "bad.toml").write_text("name = ")
    for name, line in (
        ("gone", "no policy 'gone'; there are prototype, standard, strict-safety, or give a .toml"),
        (str(tmp_path / "bad.toml"), "not valid TOML"),
        (str(tmp_path / "gone.toml"), "no policy"),
    ):
        with pytest.raises(Stop, match=line) as caught:
            profiles.load_policy(name)
        assert caught.value.code == 2
        assert "\n" not in str(caught.value)
