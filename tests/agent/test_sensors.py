"""The sensors on recorded trees and on this machine: what is there is read, what is not is said."""

import shutil
from pathlib import Path

import pytest

from readiness_agent.device import probe
from readiness_agent.sensors import sense_all
from readiness_agent.sensors.board import board
from readiness_agent.sensors.cpu import online

TREES = Path(__file__).parent / "trees"


def said(tree: Path) -> dict[str, dict]:
    return {one.sensor: dict(one.readings) for one in sense_all(tree)}


@pytest.mark.parametrize(
    ("tree", "name", "arch", "cores"),
    [
        ("raspberry-pi-4", "raspberry-pi-4", "aarch64", 4),
        ("jetson-orin-nano", "jetson-orin-nano", "aarch64", 5),
        ("x86-desktop", "x86-64", "x86_64", 4),
    ],
)
def test_each_board_is_recognised(tree: str, name: str, arch: str, cores: int) -> None:
    device = probe(TREES / tree)
    assert (device.board, device.arch, device.cores) == (name, arch, cores)


def test_pi_reads_voltage_and_heat_and_says_no_pressure() -> None:
    pi = said(TREES / "raspberry-pi-4")
    assert pi["throttling"] == {"under_voltage": False}
    assert pi["thermal"]["max_c"] == 48.2
    assert pi["pressure"]["cpu_stall_percent"] is None
    assert pi["clock"]["synchronised"] is True
    assert pi["cpu"]["cpu"] == "Cortex-A72"
    assert pi["cpu"]["governor"] == "ondemand"


def test_jetson_leaves_the_constant_zone_out_and_counts_over_current() -> None:
    jetson = said(TREES / "jetson-orin-nano")
    assert jetson["thermal"]["max_c"] == 52.2
    assert jetson["throttling"] == {"oc1_events": 0, "oc2_events": 1, "oc3_events": 37}
    assert jetson["board"]["power_mode"] == "0002"
    assert jetson["clock"]["synchronised"] is None


def test_pc_sums_its_counters_and_names_every_governor_and_quota() -> None:
    pc = said(TREES / "x86-desktop")
    assert pc["throttling"] == {"core_throttle_events": 6, "package_throttle_events": 20}
    assert pc["cpu"]["governor"] == "performance,powersave"
    assert pc["cpu"]["quota_cores"] == 1.5
    assert pc["thermal"] == {"max_c": 47.0, "acpitz_c": 45.0, "acpitz_2_c": 47.0}
    assert pc["board"]["virtual"] is False


def test_an_empty_tree_is_all_unknown_and_no_sensor_raises(tmp_path: Path) -> None:
    sensed = sense_all(tmp_path)
    assert {one.sensor for one in sensed if not one.ok} == {
        "clock", "cpu", "memory", "pressure", "thermal", "throttling",
    }  # fmt: skip
    assert all(one.error for one in sensed if not one.ok)
    device = probe(tmp_path)
    assert (device.board, device.arch, device.cores, device.memory_mib) == ("unknown", "unknown", None, None)
    assert device.runtimes == {}


def test_a_sensor_that_breaks_says_so_and_stops_no_other(tmp_path: Path) -> None:
    tree = shutil.copytree(TREES / "x86-desktop", tmp_path / "pc")
    (tree / "proc/meminfo").write_text("MemTotal: much\n")
    (tree / "proc/loadavg").write_text("\n")
    sensed = {one.sensor: one for one in sense_all(tree)}
    assert not sensed["memory"].ok
    assert not sensed["pressure"].ok
    assert sensed["cpu"].ok
    assert all(one.took_ms >= 0 for one in sensed.values())


def test_this_machine_has_memory_and_cores() -> None:
    device = probe()
    assert device.memory_mib
    assert device.cores
    assert "onnxruntime" in device.runtimes


def test_fingerprint_follows_the_governor(tmp_path: Path) -> None:
    tree = shutil.copytree(TREES / "raspberry-pi-4", tmp_path / "pi")
    before = probe(tree).fingerprint()
    (tree / "sys/devices/system/cpu/cpufreq/policy0/scaling_governor").write_text("performance\n")
    assert probe(tree).fingerprint() != before


@pytest.mark.parametrize(
    ("compatible", "arch", "name"),
    [
        ("nvidia,p3768-0000+p3767-0000 nvidia,p3767-0000 nvidia,tegra234", "aarch64", "jetson-orin-nx"),
        ("nvidia,p3737-0000+p3701-0005 nvidia,p3701-0005 nvidia,tegra234", "aarch64", "jetson-agx-orin"),
        ("nvidia,p3450-0000 nvidia,jetson-nano nvidia,tegra210", "aarch64", "jetson-nano"),
        ("raspberrypi,5-model-b brcm,bcm2712", "aarch64", "raspberry-pi-5"),
        ("raspberrypi,400 brcm,bcm2711", "aarch64", "raspberrypi-400"),
        ("radxa,rock-5b rockchip,rk3588", "aarch64", "radxa-rock-5b"),
        (None, "aarch64", None),
        (None, "x86_64", "x86-64"),
    ],
)
def test_board_names(compatible: str | None, arch: str, name: str | None) -> None:
    assert board(compatible, arch) == name


@pytest.mark.parametrize(("text", "cores"), [("0-3", 4), ("0", 1), ("0-3,5", 5), ("", None), (None, None)])
def test_online_lists(text: str | None, cores: int | None) -> None:
    assert online(text) == cores
