"""The sensors on recorded trees and on this machine: what is there is read, what is not is said."""

import shutil
from pathlib import Path

import pytest

from readiness_agent.device import probe
from readiness_agent.sensors import names, sense_all
from readiness_agent.sensors.board import board
from readiness_agent.sensors.cpu import online

TREES = Path(__file__).parent / "trees"
BOARDS = sorted(path.name for path in TREES.iterdir() if path.is_dir())

# What each tree's own files say, worked out by hand: (sensor, reading, value); None is unknown.
READ = {
    "raspberry-pi-4": [
        ("cpu", "cpu", "Cortex-A72"),
        ("cpu", "governor", "ondemand"),
        ("cpu", "frequency_mhz", 600.0),
        ("cpu", "frequency_max_mhz", 1800.0),
        ("cpu", "features", None),
        ("memory", "total_mib", 3793.3),
        ("memory", "available_mib", 3234.4),
        ("memory", "zram_mib", None),
        ("thermal", "max_c", 48.2),
        ("thermal", "headroom_c", 31.8),
        ("throttling", "under_voltage", False),
        ("clock", "synchronised", True),
        ("clock", "hardware_clock", False),
        ("clock", "uptime_s", 3600.5),
        ("pressure", "load_1m", 0.08),
        ("pressure", "cpu_stall_percent", None),
        ("cgroup", "memory_limit_mib", None),
        ("cgroup", "memory_mib", None),
        ("accelerators", "found", "coral-usb"),
        ("storage", "root_read_only", False),
    ],
    "raspberry-pi-5": [
        ("cpu", "cpu", "Cortex-A76"),
        ("cpu", "features", "asimddp fphp"),
        ("throttling", "throttled_now", False),
        ("throttling", "throttled_since_boot", True),
        ("throttling", "under_voltage", False),
        ("throttling", "under_voltage_since_boot", True),
        ("throttling", "frequency_capped_since_boot", False),
        ("throttling", "soft_limit_since_boot", False),
        ("thermal", "max_c", 71.8),
        ("thermal", "headroom_c", 8.2),
        ("thermal", "cooling", "pwm-fan 3/4"),
        ("power", "total_mw", 4420.0),
        ("power", "total_of", "sum of 12 rails"),
        ("power", "vdd_core_mw", 2580.0),
        ("clock", "hardware_clock", True),
        ("cgroup", "memory_peak_mib", 60.0),
        ("pressure", "cpu_stall_percent", 3.1),
        ("accelerators", "found", "hailo-8"),
        ("accelerators", "hailo_nodes", 1),
    ],
    "jetson-nano": [
        ("cpu", "cpu", "Cortex-A57"),
        ("power", "power_mode", "MAXN"),
        ("power", "total_mw", 3482.0),
        ("power", "total_of", "POM_5V_IN"),
        ("power", "pom_5v_gpu_mw", 121.0),
        ("gpu", "node", "57000000.gpu"),
        ("gpu", "frequency_mhz", 76.8),
        ("gpu", "frequency_limit_mhz", 921.6),
        ("gpu", "load_percent", 12.5),
        ("cgroup", "version", 1),
        ("cgroup", "memory_mib", 30.0),
        ("cgroup", "memory_limit_mib", None),
        ("cgroup", "oom_kill_events", None),
        ("cgroup", "quota_throttled_events", 0),
        ("memory", "zram_mib", 1982.1),
        ("pressure", "cpu_stall_percent", None),
        ("thermal", "max_c", 43.0),
        ("thermal", "headroom_zone", "CPU-therm"),
        ("throttling", "throttled_now", False),
    ],
    "jetson-xavier-nx": [
        ("cpu", "cpu", "NVIDIA Carmel"),
        ("cpu", "cores_present", 6),
        ("cpu", "frequency_limit_mhz", 1497.6),
        ("cpu", "frequency_max_mhz", 1907.2),
        ("power", "power_mode", "MODE_10W_2CORE"),
        ("power", "power_mode_id", 3),
        ("power", "total_mw", 9576.0),
        ("power", "vdd_soc_mw", 1512.0),
        ("throttling", "throttled_now", True),
        ("throttling", "throttled_by", "thermal-cpufreq-0"),
        ("throttling", "over_current_now", False),
        ("throttling", "over_current_warning_now", True),
        ("thermal", "max_c", 86.0),
        ("thermal", "headroom_c", 0.0),
        ("cgroup", "memory_limit_mib", 1024.0),
        ("cgroup", "oom_kill_events", 1),
        ("storage", "mmcblk0_wear_percent", 20),
        ("accelerators", "found", "nvidia-dla, nvidia-dla, nvidia-tegra-gpu"),
        ("gpu", "load_percent", 64.0),
    ],
    "jetson-orin-nano": [
        ("cpu", "cpu", "Cortex-A78AE"),
        ("cpu", "cores", 5),
        ("cpu", "cores_present", 6),
        ("power", "power_mode", "MAXN_SUPER"),
        ("power", "total_mw", 5274.9),
        ("throttling", "oc1_events", 0),
        ("throttling", "oc2_events", 1),
        ("throttling", "oc3_events", 37),
        ("throttling", "throttled_now", False),
        ("thermal", "max_c", 52.2),
        ("gpu", "load_percent", 0.0),
        ("gpu", "frequency_limit_mhz", 1020.0),
        ("clock", "synchronised", None),
    ],
    "jetson-agx-orin": [
        ("cpu", "cores", 8),
        ("cpu", "cores_present", 12),
        ("power", "power_mode", "MODE_30W"),
        ("power", "total_mw", 9687.2),
        ("power", "total_of", "sum of 4 rails"),
        ("throttling", "throttled_now", False),
        ("throttling", "oc3_throttles", False),
        ("gpu", "node", "17000000.ga10b"),
        ("gpu", "load_percent", 3.3),
        ("storage", "mmcblk0_wear_percent", 10),
        ("accelerators", "found", "nvidia-dla, nvidia-dla, nvidia-tegra-gpu"),
    ],
    "x86-laptop": [
        ("cpu", "governor", "performance,powersave"),
        ("cpu", "energy_preference", "balance_performance"),
        ("cpu", "turbo", True),
        ("cpu", "smt", True),
        ("cpu", "frequency_max_mhz", 3600.0),
        ("cpu", "features", "avx2"),
        ("board", "virtual", False),
        ("board", "bios", "N24ET76W (1.51 )"),
        ("throttling", "core_throttle_events", 4),
        ("throttling", "package_throttle_events", 40),
        ("thermal", "max_c", 61.0),
        ("thermal", "headroom_zone", "coretemp"),
        ("thermal", "headroom_c", 39.0),
        ("thermal", "acpitz_2_c", 47.0),
        ("power", "package-0_energy_uj", 48211004512),
        ("power", "battery_mw", 9214.0),
        ("power", "on_mains", False),
        ("power", "power_mode", "balanced"),
        ("gpu", "adapters", "i915 8086:5917"),
        ("accelerators", "found", "none"),
    ],
    "x86-vm": [
        ("board", "virtual", True),
        ("board", "container", True),
        ("cpu", "governor", None),
        ("cpu", "frequency_mhz", None),
        ("cpu", "turbo", None),
        ("cpu", "quota_cores", 1.5),
        ("cgroup", "memory_limit_mib", 2048.0),
        ("cgroup", "quota_throttled_events", 12),
        ("memory", "swap_total_mib", 0.0),
        ("pressure", "cpu_stall_percent", 34.0),
        ("storage", "root_read_only", True),
        ("gpu", "adapters", "virtio-pci 1af4:1050"),
    ],
    "x86-workstation": [
        ("cpu", "turbo", True),
        ("cpu", "pstate", "active"),
        ("thermal", "max_c", 44.1),
        ("thermal", "headroom_c", None),
        ("gpu", "name", "NVIDIA GeForce RTX 4060"),
        ("gpu", "driver", "550.107.02"),
        ("accelerators", "found", "nvidia-gpu NVIDIA GeForce RTX 4060"),
    ],
}
# The sensors that have nothing to say there, and words of the reason that they give.
SILENT = {
    "raspberry-pi-4": {"power": "no power rail"},
    "x86-vm": {"thermal": "no readable thermal zone", "throttling": "stays unknown", "power": "no power rail"},
    "x86-workstation": {"throttling": "stays unknown", "power": "no power rail", "cgroup": "no control groups"},
}
# What must not be there at all: a name that is absent is unknown, and a false one would be a lie.
ABSENT = {
    "raspberry-pi-4": ("throttling", {"throttled_now", "frequency_capped_now", "throttled_since_boot"}),
    "jetson-nano": ("throttling", {"oc1_events", "over_current_now", "core_throttle_events"}),
    "jetson-orin-nano": ("thermal", {"cv0-thermal_c", "cv1-thermal_c", "cv2-thermal_c"}),
    "jetson-xavier-nx": ("thermal", {"PMIC-Die_c"}),
    "jetson-agx-orin": ("thermal", {"CV0-therm_c"}),
    "x86-laptop": ("throttling", {"throttled_now", "under_voltage"}),
    "x86-workstation": ("gpu", {"memory_mib", "load_percent", "slowed_by"}),
}


@pytest.mark.parametrize("tree", BOARDS)
def test_a_recorded_board_reads_as_its_files_say(tree: str) -> None:
    sensed = {one.sensor: one for one in sense_all(TREES / tree)}
    assert tuple(sensed) == names()
    found = [(sensor, name, sensed[sensor].readings[name]) for sensor, name, _ in READ[tree]]
    assert found == READ[tree]
    silent = SILENT.get(tree, {})
    assert {one.sensor for one in sensed.values() if not one.ok} == set(silent)
    assert all(words in sensed[name].error for name, words in silent.items())
    sensor, absent = ABSENT.get(tree, ("board", set()))
    assert not absent & set(sensed[sensor].readings)
    assert all(one.took_ms > 0 for one in sensed.values())


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ("raspberry-pi-4", ["vcgencmd get_throttled"]),
        ("jetson-nano", ["over-current lines are unknown"]),
        ("jetson-orin-nano", []),
        ("raspberry-pi-5", []),
    ],
)
def test_what_a_board_does_not_tell_of_throttling_is_said(tree: str, words: list[str]) -> None:
    notes = next(one.notes for one in sense_all(TREES / tree) if one.sensor == "throttling")
    assert len(notes) == len(words)
    assert all(word in note for word, note in zip(words, notes, strict=True))


@pytest.mark.parametrize(
    ("tree", "name", "arch", "cores", "mode", "accelerators"),
    [
        ("raspberry-pi-4", "raspberry-pi-4", "aarch64", 4, None, ("coral-usb",)),
        ("raspberry-pi-5", "raspberry-pi-5", "aarch64", 4, None, ("hailo-8",)),
        ("jetson-nano", "jetson-nano", "aarch64", 4, "MAXN", ("nvidia-tegra-gpu",)),
        ("jetson-xavier-nx", "jetson-xavier-nx", "aarch64", 2, "MODE_10W_2CORE", 3),
        ("jetson-orin-nano", "jetson-orin-nano", "aarch64", 5, "MAXN_SUPER", ("nvidia-tegra-gpu",)),
        ("jetson-agx-orin", "jetson-agx-orin", "aarch64", 8, "MODE_30W", 3),
        ("x86-laptop", "x86-64", "x86_64", 8, "balanced", ()),
        ("x86-vm", "x86-64", "x86_64", 4, None, ()),
        ("x86-workstation", "x86-64", "x86_64", 8, None, ("nvidia-gpu NVIDIA GeForce RTX 4060",)),
    ],
)
def test_each_board_is_recognised(
    tree: str, name: str, arch: str, cores: int, mode: str | None, accelerators: tuple[str, ...] | int
) -> None:
    device = probe(TREES / tree)
    assert (device.board, device.arch, device.cores, device.power_mode) == (name, arch, cores, mode)
    found = device.accelerators
    assert (len(found) if isinstance(accelerators, int) else found) == accelerators
    assert device.runtimes == {}


def test_every_tree_is_tested_and_says_whether_hardware_confirmed_it() -> None:
    assert set(BOARDS) == set(READ)
    for tree in BOARDS:
        marked = TREES / tree / "UNCONFIRMED"
        assert not marked.exists() or "has confirmed it" in marked.read_text("utf-8")


def test_an_empty_tree_is_all_unknown_and_no_sensor_raises(tmp_path: Path) -> None:
    sensed = sense_all(tmp_path)
    assert {one.sensor for one in sensed if one.ok} == {"board"}
    assert all(one.error for one in sensed if not one.ok)
    assert all(value is None for one in sensed for value in one.readings.values())
    device = probe(tmp_path)
    assert (device.board, device.arch, device.cores, device.memory_mib) == ("unknown", "unknown", None, None)
    assert (device.runtimes, device.accelerators) == ({}, ())


def test_this_machine_has_memory_and_cores() -> None:
    device = probe()
    assert device.memory_mib
    assert device.cores
    assert "onnxruntime" in device.runtimes


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance\n"),
        ("var/lib/nvpmodel/status", "pmode:0003\n"),
        ("sys/devices/system/cpu/online", "0-5\n"),
        ("proc/sys/kernel/osrelease", "5.15.185-tegra\n"),
    ],
)
def test_the_fingerprint_follows_the_conditions(path: str, said: str, tmp_path: Path) -> None:
    tree = shutil.copytree(TREES / "jetson-orin-nano", tmp_path / "orin")
    before = probe(tree).fingerprint()
    assert probe(tree).fingerprint() == before
    (tree / path).write_text(said)
    assert probe(tree).fingerprint() != before


@pytest.mark.parametrize("path", ["proc/loadavg", "proc/uptime", "sys/class/thermal/thermal_zone0/temp"])
def test_the_fingerprint_does_not_follow_what_always_changes(path: str, tmp_path: Path) -> None:
    tree = shutil.copytree(TREES / "jetson-orin-nano", tmp_path / "orin")
    before = probe(tree).fingerprint()
    (tree / path).write_text("61000 1 1\n")
    assert probe(tree).fingerprint() == before


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


@pytest.mark.parametrize(
    ("text", "cores"),
    [("0-3", 4), ("0", 1), ("0-3,5", 5), ("", None), (None, None), ("3-0", None), ("0-", None), ("0-3,x", None)],
)
def test_online_lists(text: str | None, cores: int | None) -> None:
    assert online(text) == cores
