"""Settings: a strict file, overridden by flags; what cannot be used is named in one line."""

import argparse
from pathlib import Path

import pytest

from readiness.exits import UNUSABLE, Stop
from readiness_agent import settings


def read(*words: str) -> settings.Settings:
    parser = argparse.ArgumentParser()
    settings.add_arguments(parser)
    return settings.read(parser.parse_args(words))


def test_flags_override_the_file(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    broker = '[broker]\nhost = "broker.lan"\nport = 8883\nusername = "u"\n'
    file.write_text(f'device = "line-3"\nworkspace = "plant"\ninterval_s = 5\n{broker}')
    told = read("--config", str(file), "--workspace", "other", "--broker", "10.0.0.7")
    assert (told.device, told.workspace, told.interval_s) == ("line-3", "other", 5.0)
    assert told.broker == settings.Broker(host="10.0.0.7", port=8883, username="u")
    assert read("--config", str(file), "--broker", "[::1]:1884").broker.host == "::1"
    assert str(read("--device", "a", "--broker", "h:1").broker) == "h:1"


def test_defaults_need_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/var/lib/x")
    told = read("--device", "line-3")
    assert told.folder == Path("/var/lib/x/readiness-agent")
    assert (told.workspace, str(told.broker), told.spool_bytes) == ("default", "127.0.0.1:1883", 64 << 20)


@pytest.mark.parametrize(
    ("text", "flags", "words"),
    [
        ("devcie = 'a'", (), "unknown key 'devcie'"),
        ("[broker]\nprot = 1", (), "unknown key 'broker.prot'"),
        ("interval_s = 'often'", (), "interval_s"),
        ("interval_s = 0", (), "interval_s is 0; it must lie between"),
        ("spool_mib = 0.5", (), "spool_mib is 0.5"),
        ("device = ", (), "not valid TOML"),
        ("", ("--device", "line 3"), "device name 'line 3' cannot be used"),
        ("", ("--device", "x" * 65), "cannot be used"),
        ("", ("--device", "a/b"), "cannot be used"),
        ("", ("--workspace", "ü"), "workspace name 'ü' cannot be used"),
        ("", ("--broker", "host:port"), "--broker 'host:port': give HOST or HOST:PORT"),
        ("", ("--broker", ":1883"), "give HOST or HOST:PORT"),
        ("", ("--broker", "host:99999"), "broker.port is 99999"),
        ("[broker]\ntls_ca = '/nowhere/ca.pem'", (), "/nowhere/ca.pem: no such file"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, flags: tuple[str, ...], words: str) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(text)
    device = () if "--device" in flags or "device" in text else ("--device", "line-3")
    with pytest.raises(Stop) as stop:
        read("--config", str(file), *device, *flags)
    assert stop.value.code == UNUSABLE
    assert words in str(stop.value)
    assert "\n" not in str(stop.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"none.toml: the settings cannot be read: No such file"):
        read("--config", str(tmp_path / "none.toml"))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Stop, match=r"no UTF-8 text"):
        read("--config", str(tmp_path / "binary.toml"))
    with pytest.raises(Stop, match=r"password cannot be read"):
        settings.password(settings.Broker(password_file=str(tmp_path / "none")))
    (tmp_path / "secret").write_text("s3cret\nrest\n")
    assert settings.password(settings.Broker(password_file=str(tmp_path / "secret"))) == "s3cret"
    assert settings.password(settings.Broker()) is None
