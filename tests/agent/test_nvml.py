"""NVIDIA's library as a stand-in: what a card tells is read, what it does not support is unknown, never 0."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from readiness_agent import nvml
from readiness_agent.sensors import gpu, throttling
from readiness_agent.sysroot import Tree

MIB = 2**20
CAPPED, IDLE, HOT = 0x04, 0x01, 0x20


class NotSupported(Exception):
    """Stands for pynvml.NVMLError."""


def refuse(*_: Any) -> Any:
    raise NotSupported("Not Supported")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The functions of a stand-in for pynvml: one card tells all, one supports nothing, and a driver is there."""
    told = ModuleType("pynvml")
    answers = {
        "nvmlDeviceGetName": "NVIDIA T4",
        "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=15360 * MIB, used=512 * MIB),
        "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=37),
        "nvmlDeviceGetTemperature": 61,
        "nvmlDeviceGetPowerUsage": 42_000,
        "nvmlDeviceGetEnforcedPowerLimit": 70_000,
        "nvmlDeviceGetClockInfo": 1230,
        "nvmlDeviceGetMaxClockInfo": 1590,
        "nvmlDeviceGetCurrentClocksThrottleReasons": CAPPED | IDLE | HOT,
    }
    for name, answer in answers.items():
        setattr(told, name, lambda handle, *_, answer=answer: answer if handle == 0 else refuse())
    functions = {"NVMLError": NotSupported, "nvmlInit": lambda: None, "nvmlDeviceGetCount": lambda: 2}
    for name, function in functions.items() | {("nvmlDeviceGetHandleByIndex", lambda number: number)}:
        setattr(told, name, function)
    monkeypatch.setitem(sys.modules, "pynvml", told)
    monkeypatch.setattr(Tree, "exists", lambda _, path: path == "proc/driver/nvidia/version")
    return vars(told)


def test_a_card_tells_and_another_supports_nothing(library: dict[str, Any]) -> None:
    tree = Tree()
    first, second = nvml.states(tree)
    assert first == {
        "name": "NVIDIA T4",
        "memory_mib": 15360.0,
        "memory_used_mib": 512.0,
        "load_percent": 37,
        "temperature_c": 61,
        "power_mw": 42_000,
        "power_limit_mw": 70_000,
        "frequency_mhz": 1230,
        "frequency_max_mhz": 1590,
        "slowed_by": "power cap, heat",
    }
    assert set(second) == set(first)
    assert set(second.values()) == {None}
    assert nvml.slowed_by(tree) == [("power cap", "heat"), None]
    assert tree.notes == ()


def test_heat_is_throttling_and_a_power_cap_is_none(library: dict[str, Any]) -> None:
    hot = throttling.read(Tree())
    assert hot["throttled_now"] is True
    assert "GPU 0: heat" in str(hot["throttled_by"])
    assert "power cap" not in str(hot["throttled_by"])


def test_a_second_card_has_its_own_names_and_what_it_hides_is_absent(library: dict[str, Any]) -> None:
    library["nvmlDeviceGetName"] = lambda handle: f"card {handle}"
    read = gpu.read(Tree())
    assert (read["name"], read["gpu1_name"]) == ("card 0", "card 1")
    assert read["load_percent"] == 37
    assert "gpu1_load_percent" not in read


def test_the_newer_name_of_the_question_is_asked_first(library: dict[str, Any]) -> None:
    library["nvmlDeviceGetCurrentClocksEventReasons"] = lambda _: 0
    assert nvml.slowed_by(Tree()) == [(), ()]


def test_a_driver_that_does_not_answer_is_said(library: dict[str, Any]) -> None:
    library["nvmlInit"] = refuse
    tree = Tree()
    assert nvml.states(tree) == []
    assert tree.notes == ("NVML does not answer: Not Supported",)


def test_a_missing_binding_is_said(library: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    tree = Tree()
    assert nvml.states(tree) == []
    assert tree.notes == ("the cards' state is unknown: pip install nvidia-ml-py",)


def test_a_recorded_tree_is_never_asked(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
    (tmp_path / "proc/driver/nvidia/version").write_text("NVRM version: 550.107.02\n")
    monkeypatch.setitem(sys.modules, "pynvml", None)
    tree = Tree(tmp_path)
    assert nvml.states(tree) == []
    assert tree.notes == ()
