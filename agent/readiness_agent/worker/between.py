"""What is done between timed stretches and never inside one: the board's state, memory left, progress, ending early."""

import time
from collections.abc import Callable

from readiness_agent.sysroot import Tree
from readiness_agent.worker import memory
from readiness_agent.worker.jobs import Block

Report = Callable[[int, int], None]
_PROMPT_S = 0.02
_REPORT_EVERY_S = 1.0
_CONSTANT = "PMIC"  # the Tegra PMIC zone reads a constant


class Gauges:
    """The hottest thermal zone and the highest clock; a file that takes over 20 ms to read is not read again."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        zones = tree.matches("sys/class/thermal/thermal_zone*")
        shown = [zone for zone in zones if not (tree.text(f"{zone}/type") or _CONSTANT).startswith(_CONSTANT)]
        self._temperatures = self._prompt([f"{zone}/temp" for zone in shown])
        self._clocks = self._prompt(tree.matches("sys/devices/system/cpu/cpufreq/policy*/scaling_cur_freq"))

    def temperature_c(self) -> float | None:
        return self._highest_thousandth(self._temperatures)

    def frequency_mhz(self) -> float | None:
        return self._highest_thousandth(self._clocks)

    def available_mib(self) -> float | None:
        return memory.available_mib(self._tree)

    def _prompt(self, paths: list[str]) -> list[str]:
        return [path for path in paths if self._reads_promptly(path)]

    def _reads_promptly(self, path: str) -> bool:
        begun = time.perf_counter()
        return self._tree.integer(path) is not None and time.perf_counter() - begun < _PROMPT_S

    def _highest_thousandth(self, paths: list[str]) -> float | None:
        """Give the highest reading of files in thousandths: of a degree, or of a MHz."""
        said = [self._tree.integer(path) for path in paths]
        return max((number / 1000 for number in said if number is not None), default=None)


class Between:
    """Stands between the loops and the world; `stopped` tells whether the repetition is asked to end early.

    `later_s` is how long the loops take that come after the present one.
    """

    def __init__(self, gauges: Gauges, report: Report, stopped: Callable[[], bool]) -> None:
        self.stopped = stopped
        self.later_s = 0.0
        self.headroom_mib: float | None = None
        self._gauges, self._report = gauges, report
        self._begun = self._told = time.monotonic()
        self.note_headroom()

    def block(
        self, start_s: float, runs: int, uss_mib: float | None = None, anonymous_mib: float | None = None
    ) -> Block:
        """Close a stretch of a loop: read what the board says now."""
        self.note_headroom()
        return Block(
            start_s=round(start_s, 3),
            runs=runs,
            temperature_c=self._gauges.temperature_c(),
            frequency_mhz=self._gauges.frequency_mhz(),
            uss_mib=uss_mib,
            anonymous_mib=anonymous_mib,
        )

    def note_headroom(self) -> None:
        now = self._gauges.available_mib()
        if now is not None:
            self.headroom_mib = now if self.headroom_mib is None else min(self.headroom_mib, now)

    def tell(self, left_s: float) -> None:
        """Report done and total in tenths of a second, at most once a second."""
        now = time.monotonic()
        if now - self._told >= _REPORT_EVERY_S:
            self._told = now
            done_s = now - self._begun
            self._report(int(10 * done_s), int(10 * (done_s + max(0.0, left_s) + self.later_s)))
