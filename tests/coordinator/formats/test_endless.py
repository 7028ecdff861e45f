"""Files that the kernel makes up as they are read: regular by their kind, of no length, and some without an end."""

import os
from pathlib import Path

import pytest

from readiness_coordinator.formats.places import regular_bytes

MADE_UP = Path("/proc/self/status")


@pytest.mark.skipif(not MADE_UP.is_file(), reason="there is no /proc here")
@pytest.mark.parametrize("most", [-1, 9])
def test_a_file_without_a_length_is_empty(tmp_path: Path, most: int):
    (tmp_path / "linked.png").symlink_to(MADE_UP)
    assert regular_bytes(tmp_path / "linked.png", most) == b""


@pytest.mark.parametrize(("most", "read"), [(-1, b"0123456789"), (4, b"0123"), (99, b"0123456789")])
def test_a_file_is_read_up_to_its_length_or_the_limit(tmp_path: Path, most: int, read: bytes):
    (tmp_path / "a.txt").write_bytes(b"0123456789")
    assert regular_bytes(tmp_path / "a.txt", most) == read


@pytest.mark.timeout(20)
def test_a_pipe_in_place_of_the_file_that_was_asked_about_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "a.txt"
    file.write_bytes(b"0123456789")
    asked = Path.stat

    def swapped(path: Path, **how: bool) -> os.stat_result:
        status = asked(path, **how)
        if path == file:
            file.unlink()
            os.mkfifo(file)
        return status

    monkeypatch.setattr(Path, "stat", swapped)
    with pytest.raises(OSError, match="not a regular file"):
        regular_bytes(file)
