"""The sensors on files that lie, block, deny access or lead elsewhere: unknown with a reason, no other one harmed."""

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.evidence.device import Sensed
from readiness_agent import sensors
from readiness_agent.sensors import names, sense, sense_all
from readiness_agent.sysroot import Tree

TREES = Path(__file__).parent / "trees"
BOARDS = sorted(path.name for path in TREES.iterdir() if path.is_dir())
MOST_S = 5.0
HUGE = 1 << 32
# What is counted or told by a file's presence alone, whatever stands in it.
BY_PRESENCE = {"version", "hailo_nodes", "coral_pcie_nodes", "cards", "container", "synchronised", "hardware_clock"}


def _garbage(place: Path) -> None:
    place.write_bytes(b"\xff\xfe\x80 \x1b[31m{garbage\0\n\xc3(")


def _empty(place: Path) -> None:
    place.write_bytes(b"")


def _huge(place: Path) -> None:
    place.write_bytes(b"")
    os.truncate(place, HUGE)


def _one_endless_line(place: Path) -> None:
    place.write_bytes(b"9" * (1 << 20))


def _pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def _folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


def _dangling(place: Path) -> None:
    place.unlink()
    place.symlink_to("nowhere")


def _loop(place: Path) -> None:
    place.unlink()
    place.symlink_to(place.name)


def _outside(place: Path) -> None:
    secret = next(parent for parent in place.parents if parent.name == "tree").with_name("secret")
    secret.write_text("4242\n")
    place.unlink()
    place.symlink_to(secret)


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    return lambda tree: shutil.copytree(TREES / tree, tmp_path / "tree")


def files(tree: Path) -> list[Path]:
    return [place for place in tree.rglob("*") if place.is_file() and place.name != "UNCONFIRMED"]


def is_sound(sensed: tuple[Sensed, ...]) -> bool:
    """Tell whether every sensor answered in a form that a message can carry and a terminal can show in one line."""
    assert tuple(one.sensor for one in sensed) == names()
    assert msgspec.json.decode(msgspec.json.encode(sensed), type=tuple[Sensed, ...]) == sensed
    texts = [text for one in sensed for text in (one.error, *one.notes, *one.readings, *one.readings.values())]
    return all(text.isprintable() for text in texts if isinstance(text, str)) and all(
        bool(one.error) is not one.ok and one.took_ms >= 0 for one in sensed
    )


@pytest.mark.parametrize(
    "spoil", [_garbage, _empty, _huge, _one_endless_line, _pipe, _folder, _dangling, _loop, _outside]
)
@pytest.mark.parametrize("tree", ["jetson-nano", "jetson-xavier-nx", "raspberry-pi-5", "x86-laptop"])
def test_no_number_comes_out_of_files_that_hold_none(
    tree: str, spoil: Callable[[Path], None], copy: Callable[[str], Path]
) -> None:
    root = copy(tree)
    for place in files(root):
        spoil(place)
    begun = time.monotonic()
    sensed = sense_all(root)
    assert time.monotonic() - begun < MOST_S
    assert is_sound(sensed)
    readings = {name: value for one in sensed for name, value in one.readings.items() if name not in BY_PRESENCE}
    numbers = {name: value for name, value in readings.items() if isinstance(value, int | float)}
    assert not numbers
    assert not any("4242" in str(value) for value in readings.values())


@pytest.mark.parametrize("spoil", [_garbage, _empty, _pipe, _dangling, _outside])
def test_a_sensor_without_its_files_harms_no_other(spoil: Callable[[Path], None], copy: Callable[[str], Path]) -> None:
    before = {one.sensor: dict(one.readings) for one in sense_all(TREES / "jetson-orin-nano")}
    root = copy("jetson-orin-nano")
    for place in files(root / "sys/class/thermal"):
        spoil(place)
    spoil(root / "proc/meminfo")
    after = {one.sensor: one for one in sense_all(root)}
    assert not after["thermal"].ok
    assert not after["memory"].ok or after["memory"].readings["total_mib"] is None
    for name in set(before) - {"thermal", "memory", "throttling"}:
        assert after[name].readings == before[name], name
    assert after["throttling"].readings["oc3_events"] == 37
    assert "throttled_now" not in after["throttling"].readings


@pytest.mark.parametrize(("number", "words"), [(errno.EACCES, "permission denied"), (errno.EIO, "input/output error")])
def test_what_may_not_be_read_is_named_with_what_it_needs(
    number: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Tree._bytes

    def refused(place: str) -> bytes:
        if "intel-rapl" in place or place.endswith("temp1_input"):
            raise OSError(number, os.strerror(number), place)
        return plain(place)

    monkeypatch.setattr(Tree, "_bytes", staticmethod(refused))
    sensed = {one.sensor: one for one in sense_all(TREES / "x86-laptop")}
    notes = " ".join(sensed["power"].notes)
    assert f"{words}: /sys/class/powercap/intel-rapl:0/name" in notes
    assert ("needs root" in notes) == (number == errno.EACCES)
    assert "package-0_energy_uj" not in sensed["power"].readings
    assert sensed["power"].readings["battery_mw"] == 9214.0
    assert sensed["thermal"].readings["coretemp_c"] == 59.0
    assert any("temp1_input" in note for note in sensed["thermal"].notes)
    assert sensed["cpu"].ok


def test_hundreds_of_refusals_are_told_in_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(place: str) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", place)

    monkeypatch.setattr(Tree, "_bytes", staticmethod(refused))
    sensed = sense_all(TREES / "x86-laptop")
    assert is_sound(sensed)
    assert max(len(one.notes) for one in sensed) == 7
    assert any(one.notes[-1].startswith("and ") for one in sensed if one.notes)


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Thermal zones that never answer until the event is set, and sensors with less patience than in life."""
    released, plain = threading.Event(), Tree._bytes

    def waiting(place: str) -> bytes:
        if "/thermal_zone" in place:
            released.wait(60)
        return plain(place)

    monkeypatch.setattr(Tree, "_bytes", staticmethod(waiting))
    monkeypatch.setattr(sensors, "DEADLINE_S", 0.3)
    monkeypatch.setattr(sensors, "_PATIENCE_S", 0.05)
    yield released
    released.set()


def test_a_read_that_blocks_costs_its_time_and_no_more(blocked: threading.Event, copy: Callable[[str], Path]) -> None:
    root = copy("raspberry-pi-5")
    begun = time.monotonic()
    sensed = {one.sensor: one for one in sense_all(root)}
    assert time.monotonic() - begun < 2
    assert not sensed["thermal"].ok
    assert "took longer than" in sensed["thermal"].error
    assert sensed["thermal"].took_ms >= 300
    assert all(one.ok for name, one in sensed.items() if name != "thermal")
    before = threading.active_count()
    for _ in range(3):
        assert not sense(["thermal"], root)[0].ok
    assert threading.active_count() == before
    blocked.set()
    time.sleep(0.2)
    assert sense(["thermal"], root)[0].readings["max_c"] == 71.8


def test_all_sensors_blocked_at_once_still_end_in_time(
    copy: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    released, plain = threading.Event(), Tree._bytes

    def waiting(place: str) -> bytes:
        released.wait(60)
        return plain(place)

    monkeypatch.setattr(Tree, "_bytes", staticmethod(waiting))
    root = copy("x86-vm")
    begun = time.monotonic()
    sensed = sense_all(root)
    released.set()
    assert time.monotonic() - begun < MOST_S
    assert sum("took longer than" in one.error for one in sensed) >= len(sensed) - 2


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_in_a_random_file_never_break_a_sensor(data: st.DataObject) -> None:
    tree = data.draw(st.sampled_from(BOARDS))
    path = data.draw(st.sampled_from(sorted(str(one.relative_to(TREES / tree)) for one in files(TREES / tree))))
    said = data.draw(st.binary(max_size=200) | st.text(alphabet="0123456789-,.:= \nx", max_size=60).map(str.encode))
    plain = Tree._bytes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tree, "_bytes", staticmethod(lambda place: said if place.endswith(path) else plain(place)))
        assert is_sound(sense_all(TREES / tree))
