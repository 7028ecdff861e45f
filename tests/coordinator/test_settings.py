"""Settings come from a file and flags, strictly; what cannot be used is named."""

from pathlib import Path

import pytest

from readiness.exits import UNUSABLE, Stop
from readiness_coordinator.settings import Broker, password, read


def test_the_defaults_keep_to_this_machine():
    settings = read()
    assert (settings.host, settings.broker.host, settings.broker.embedded) == ("127.0.0.1", "127.0.0.1", True)
    assert settings.database == Path.cwd() / "readiness-data" / "readiness.db"
    assert settings.roots == ()


def test_a_file_is_read_and_flags_go_before_it(tmp_path: Path):
    file = tmp_path / "readiness.toml"
    file.write_text(
        f'data = "{tmp_path}/d"\nport = 9000\nallowed_roots = ["{tmp_path}"]\n[broker]\nembedded = false\nport = 1883\n'
    )
    settings = read(file, port=9001, broker_port=1884, workspace=None)
    assert (settings.port, settings.broker, settings.workspace) == (9001, Broker(embedded=False, port=1884), "default")
    assert settings.folder == tmp_path / "d"
    assert settings.roots == (tmp_path.resolve(),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "readiness.toml: unknown key 'prot'"),
        ("port = 'x'", "Expected 'int', got 'str'"),
        ("port = 70000", "port is 70000; it must lie between 0 and 65535"),
        ("workspace = 'a/b'", "workspace 'a/b' cannot be used"),
        ("[broker]\nhost = '0.0.0.0'", "the embedded broker asks nobody for a password"),
        ("[broker]\nembedded = false\nport = 0", "broker.port is 0; it must lie between 1 and 65535"),
        ("port = ", "not valid TOML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line(tmp_path: Path, text: str, said: str):
    file = tmp_path / "readiness.toml"
    file.write_text(text)
    with pytest.raises(Stop) as stop:
        read(file)
    assert said in str(stop.value)
    assert "\n" not in str(stop.value)
    assert stop.value.code == UNUSABLE


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(Stop, match=r"none\.toml: cannot be read: No such file"):
        read(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(Stop, match="it is no UTF-8 text"):
        read(tmp_path / "bad.toml")


def test_the_password_is_the_first_line_of_its_file(tmp_path: Path):
    (tmp_path / "secret").write_text("open sesame\nnot this\n")
    assert password(Broker(password_file=str(tmp_path / "secret"))) == "open sesame"
    assert password(Broker()) is None
