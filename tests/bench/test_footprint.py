"""What the idle daemon costs a device: memory and processor time, connected and sampling, with no engine loaded."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from children import BrokerChild, Child, Coordinator, free_port, wait_until

pytestmark = [pytest.mark.bench, pytest.mark.broker]

MOST_PSS_MIB, MOST_CPU_PERCENT = 35.0, 1.0
SETTLE_S, IDLE_S, LOOK_S = 5.0, 95.0, 5.0
ENGINES = ("onnxruntime", "litert", "tflite", "cv2", "opencv", "numpy", "scipy")


class Cost(NamedTuple):
    """What a process holds and has used: memory in MiB (Pss, private, resident), processor time in seconds."""

    pss_mib: float
    uss_mib: float
    rss_mib: float
    cpu_s: float
    at_s: float


def cost(pid: int) -> Cost:
    """Read a process's memory (smaps_rollup) and its processor time, ended threads and waited-for children included."""
    rows = (Path("/proc") / str(pid) / "smaps_rollup").read_text("ascii")
    kib = {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", rows, re.MULTILINE)}
    spent = (Path("/proc") / str(pid) / "stat").read_text("ascii").rpartition(")")[2].split()
    return Cost(
        pss_mib=kib["Pss"] / 1024,
        uss_mib=(kib["Private_Clean"] + kib["Private_Dirty"]) / 1024,
        rss_mib=kib["Rss"] / 1024,
        cpu_s=sum(int(ticks) for ticks in spent[11:15]) / os.sysconf("SC_CLK_TCK"),
        at_s=time.monotonic(),
    )


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerChild]:
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if found is None:
        pytest.skip("the mosquitto binary is not installed (Debian: apt-get install mosquitto)")
    port = free_port()
    (tmp_path / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    broker = BrokerChild([found, "-c", str(tmp_path / "mosquitto.conf")], tmp_path / "broker.log", port)
    yield broker
    broker.stop()


@pytest.fixture
def command(broker: BrokerChild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The daemon's command, once its modules are compiled, as pip leaves them: compiling costs 10 MiB that stay."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "compiled"))
    words = ["--device", "line-3", "--state", str(tmp_path / "state"), "--broker", f"127.0.0.1:{broker.port}"]
    daemon = [sys.executable, "-m", "readiness_agent", "run", *words]
    subprocess.run([*daemon, "--for", "3"], check=True, timeout=60, capture_output=True)
    return daemon


@pytest.mark.timeout(200)
def test_the_idle_daemon_is_small_and_quiet(command: list[str], broker: BrokerChild, tmp_path: Path) -> None:
    coordinator = Coordinator(broker.port)
    daemon = Child(command, tmp_path / "daemon.log")
    try:
        wait_until(lambda: coordinator.of("tele"), "the first health sample arrives")
        time.sleep(SETTLE_S)
        seen, costs = len(coordinator.of("tele")), [cost(daemon.process.pid)]
        while costs[-1].at_s - costs[0].at_s < IDLE_S:
            time.sleep(LOOK_S)
            costs.append(cost(daemon.process.pid))
        samples = len(coordinator.of("tele")) - seen
        mapped = (Path("/proc") / str(daemon.process.pid) / "maps").read_text("utf-8", "replace")
    finally:
        ended = daemon.stop()
        coordinator.close()
    idle_s, cpu_s = costs[-1].at_s - costs[0].at_s, costs[-1].cpu_s - costs[0].cpu_s
    most = Cost(*map(max, zip(*costs, strict=True)))
    loaded = sorted({name for name in ENGINES if name in mapped})
    print(
        f"\nidle daemon, {idle_s:.0f} s, {samples} health samples delivered: PSS {most.pss_mib:.1f} MiB"
        f" (private {most.uss_mib:.1f}, resident {most.rss_mib:.1f}), {100 * cpu_s / idle_s:.2f} % of one core;"
        f" its start took {costs[0].cpu_s:.2f} s of processor time; engines loaded: {', '.join(loaded) or 'none'}"
    )
    assert ended == 0, daemon.said()
    assert samples >= 3
    assert most.pss_mib <= most.rss_mib <= MOST_PSS_MIB  # whatever else on the machine shares its libraries
    assert 100 * cpu_s / idle_s <= MOST_CPU_PERCENT
    assert not loaded
