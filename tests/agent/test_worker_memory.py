"""What a worker says of its memory and of its waiting is what Linux says; what it cannot know is None."""

import contextlib
import hashlib
import mmap
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from readiness_agent.sysroot import Tree
from readiness_agent.worker import cgroup_memory, memory
from readiness_agent.worker.waiting import Waiting

SMAPS = """\
55d0-55d1 r--p 00000000 fe:00 1234                       /usr/bin/python3
Size:               2048 kB
Pss:                1024 kB
Private_Clean:       512 kB
Private_Dirty:       256 kB
SwapPss:              64 kB
VmFlags: rd mr mw me
7f00-7f01 rw-p 00000000 00:00 0
Pss:                3072 kB
Private_Clean:         0 kB
Private_Dirty:      3072 kB
SwapPss:               0 kB
"""


def tree(root: Path, files: dict[str, str]) -> Tree:
    for path, said in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(said)
    return Tree(root)


def test_an_old_kernels_mappings_are_summed(tmp_path: Path) -> None:
    (tmp_path / "smaps").write_text(SMAPS)
    summed = memory.rollup(tmp_path)
    assert summed["Pss"] == 4.0
    assert summed["SwapPss"] == 0.0625
    assert memory._uss(summed) == 3.75
    (tmp_path / "smaps_rollup").write_text("5-7 ---p [rollup]\nPss: 2048 kB\nPrivate_Clean: 0 kB\n")
    assert memory.rollup(tmp_path) == {"Pss": 2.0, "Private_Clean": 0.0}
    assert memory._uss(memory.rollup(tmp_path)) is None
    assert memory.rollup(tmp_path / "none") == {}


def test_the_sum_of_the_mappings_is_the_kernels(tmp_path: Path) -> None:
    for name in ("smaps", "smaps_rollup"):
        (tmp_path / name).write_text(Path("/proc/self", name).read_text())
    whole = memory.rollup(tmp_path)
    (tmp_path / "smaps_rollup").unlink()
    parts = memory.rollup(tmp_path)
    for key in ("Pss", "Private_Clean", "Private_Dirty"):
        assert parts[key] == pytest.approx(whole[key], abs=1.0)


def test_a_neighbour_that_shares_a_file_moves_uss_and_not_what_was_made_here(tmp_path: Path) -> None:
    shared = tmp_path / "library"
    shared.write_bytes(b"x" * (16 << 20))
    look = "m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); sum(m[::4096]); print(flush=True); input()"
    program = f"import mmap\nwith open({str(shared)!r}, 'rb') as f: {look}"
    with shared.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert sum(mapped[::4096])
        alone = memory.uss_mib(), memory.anonymous_mib()
        with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            other.stdout.readline()
            beside = memory.uss_mib(), memory.anonymous_mib()
            other.kill()
    assert None not in (*alone, *beside)
    uss_shift, made_shift = (now - before for now, before in zip(beside, alone, strict=True))
    assert uss_shift < -14
    assert abs(made_shift) < 2


def test_what_was_made_here_counts_where_it_was_swapped_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "rollup", lambda: {"Anonymous": 30.0, "SwapPss": 12.0})
    assert memory.anonymous_mib() == 42.0
    monkeypatch.setattr(memory, "rollup", dict)
    assert memory.anonymous_mib() is None


def test_the_peak_is_that_since_the_reset() -> None:
    program = (
        "from readiness_agent.worker import memory\n"
        "held = b'x' * (200 << 20); before = memory.peak_mib(); del held\n"
        "memory.reset_peak(); after = memory.peak_mib()\n"
        "held = b'x' * (50 << 20); print(before, after, memory.peak_mib())\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    before, after, now = map(float, said.split())
    assert before > 200
    assert after < before - 150
    assert now - after == pytest.approx(50, abs=5)


def test_no_gpu_is_none_and_not_nought() -> None:
    if Path("/proc/driver/nvidia/version").exists():
        pytest.skip("there is one")
    assert memory.gpu_mib() is None
    assert memory.footprint(None, None).gpu is None


class Driver:
    """Stands in for pynvml: two cards, each with the memory of some processes in bytes."""

    class NVMLError(Exception):
        pass

    def __init__(self, *cards: dict[int, int | None]) -> None:
        self._cards = cards

    def nvmlInit(self) -> None:  # noqa: N802 - NVML's own name
        if not self._cards:
            raise self.NVMLError

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return len(self._cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> dict[int, int | None]:  # noqa: N802
        return self._cards[index]

    def nvmlDeviceGetComputeRunningProcesses(self, card: dict[int, int | None]) -> list[SimpleNamespace]:  # noqa: N802
        return [SimpleNamespace(pid=pid, usedGpuMemory=used) for pid, used in card.items()]


def test_the_gpus_memory_is_this_processs(monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.getpid()

    def said(*cards: dict[int, int | None]) -> float | None:
        monkeypatch.setitem(sys.modules, "pynvml", Driver(*cards))
        return memory.gpu_mib()

    assert said({own: 300 << 20, 1: 900 << 20}, {own: 20 << 20}) == 320.0
    assert said({1: 900 << 20}) is None  # another PID namespace, or no memory on the card
    assert said({own: None}) is None  # NVML's word for "not available", as under WDDM and on a Jetson
    assert said() is None


V2 = {
    "proc/self/cgroup": "0::/user.slice/bench.scope\n",
    "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
    "sys/fs/cgroup/user.slice/memory.max": str(512 << 20),
    "sys/fs/cgroup/user.slice/memory.current": str(300 << 20),
    "sys/fs/cgroup/user.slice/memory.stat": f"anon 1\ninactive_file {20 << 20}\nactive_file 3\n",
    "sys/fs/cgroup/user.slice/bench.scope/memory.max": "max\n",
    "sys/fs/cgroup/user.slice/bench.scope/memory.current": str(100 << 20),
    "sys/fs/cgroup/user.slice/bench.scope/memory.peak": str(250 << 20),
    "sys/fs/cgroup/user.slice/bench.scope/memory.events": "low 0\nmax 7\noom 3\noom_kill 2\n",
    "proc/vmstat": "nr_free_pages 5\noom_kill 9\n",
    "proc/meminfo": "MemTotal: 4096000 kB\nMemAvailable: 2048000 kB\n",
}


def test_the_tightest_limit_above_a_group_leaves_the_room(tmp_path: Path) -> None:
    """512 MiB less 300 used of which 20 can be dropped; the group itself has no limit, the machine has 2,000 left."""
    on = tree(tmp_path, V2)
    assert cgroup_memory.room_mib(on) == 232.0
    assert memory.available_mib(on) == 232.0
    assert cgroup_memory.peak_mib(on) == 250.0
    assert cgroup_memory.out_of_memory_kills(on) == 2
    (tmp_path / "proc/meminfo").write_text("MemAvailable: 102400 kB\n")
    assert memory.available_mib(on) == 100.0


def test_a_container_sees_its_group_as_the_mount(tmp_path: Path) -> None:
    on = tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/docker/4f5e\n",
            "sys/fs/cgroup/cgroup.controllers": "memory\n",
            "sys/fs/cgroup/memory.max": str(256 << 20),
            "sys/fs/cgroup/memory.current": str(56 << 20),
            "sys/fs/cgroup/memory.peak": str(99 << 20),
        },
    )
    assert cgroup_memory.room_mib(on) == 200.0
    assert cgroup_memory.peak_mib(on) == 99.0
    assert cgroup_memory.out_of_memory_kills(on) is None


def test_version_one_has_a_limit_and_kills_but_no_peak(tmp_path: Path) -> None:
    own = "sys/fs/cgroup/memory/app"
    files = {
        "proc/self/cgroup": "4:memory:/app\n1:cpu:/\n0::/\n",
        f"{own}/memory.limit_in_bytes": str(64 << 20),
        f"{own}/memory.usage_in_bytes": str(80 << 20),
        f"{own}/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": str(800 << 20),
    }
    on = tree(tmp_path, files)
    assert cgroup_memory.room_mib(on) == 0.0
    assert cgroup_memory.peak_mib(on) is None
    assert cgroup_memory.out_of_memory_kills(on) == 4


def test_no_group_is_no_limit_and_the_machines_kills(tmp_path: Path) -> None:
    on = tree(tmp_path, {name: V2[name] for name in ("proc/vmstat", "proc/meminfo")})
    assert cgroup_memory.room_mib(on) is None
    assert memory.available_mib(on) == 2000.0
    assert cgroup_memory.out_of_memory_kills(on) == 9
    assert memory.available_mib(Tree(tmp_path / "none")) is None


@contextlib.contextmanager
def hashing_on(core: int) -> Iterator[None]:
    """Two threads that keep to one core and want all of it, without the interpreter's lock, until the block ends."""
    over, block = threading.Event(), bytes(1 << 20)

    def work() -> None:
        os.sched_setaffinity(0, {core})
        while not over.is_set():
            hashlib.sha256(block)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_threads_that_share_a_core_wait_for_it() -> None:
    """Of two busy threads on one core one always waits, though neither is this process's first."""
    # Threads that have ended are not in the kernel's list, so they go on until it was read.
    waiting, begun, delay = Waiting(Tree()), time.monotonic(), 0.0
    with hashing_on(min(os.sched_getaffinity(0))):
        while delay < 0.15 and time.monotonic() - begun < 20:
            time.sleep(0.1)
            delay = waiting.run_delay_s() or 0.0
        took = time.monotonic() - begun
    assert 0.15 <= delay < 2 * took + 1
    assert took < 20
    assert waiting.involuntary_switches() > 3


def test_a_kernel_that_does_not_count_says_nothing(tmp_path: Path) -> None:
    on = tree(tmp_path, {"proc/self/task/7/schedstat": "0 0 0\n", "proc/self/task/8/schedstat": "0 0 0\n"})
    assert Waiting(on).run_delay_s() is None
    (tmp_path / "proc/self/task/7/schedstat").write_text("500 100 3\n")
    waiting = Waiting(on)
    (tmp_path / "proc/self/task/7/schedstat").write_text("900 2000000100 4\n")
    (tmp_path / "proc/self/task/8/schedstat").unlink()
    tree(tmp_path, {"proc/self/task/9/schedstat": "50 500000000 1\n"})
    assert waiting.run_delay_s() == 2.5


def test_the_machines_pressure_is_what_its_total_grew_by(tmp_path: Path) -> None:
    assert Waiting(tree(tmp_path, {})).machine_stall_s() is None
    line = "some avg10=0.00 avg60=0.00 avg300=0.00 total={}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
    waiting = Waiting(tree(tmp_path, {"proc/pressure/cpu": line.format(7_000_000)}))
    (tmp_path / "proc/pressure/cpu").write_text(line.format(8_500_000))
    assert waiting.machine_stall_s() == 1.5
