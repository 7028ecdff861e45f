"""Asks NVIDIA's management library (NVML) how its cards are, by NVIDIA's own binding, which is imported on demand."""

import importlib
from collections.abc import Iterator
from typing import Any

from readiness_agent.sensors import Readings
from readiness_agent.sysroot import Tree

_MIB = 2**20
POWER_CAP = "power cap"
# Why the driver holds a card's clocks back (NVML API reference, "clocks event reasons"); that a card is idle, or its
# clock set by the user or bound to another card's, is no slowing.
_REASONS = {0x04: POWER_CAP, 0x08: "hardware slowdown", 0x20: "heat", 0x40: "heat by hardware", 0x80: "power brake"}


class _Card:
    """One card, whose every answer is None where it gives none."""

    def __init__(self, library: Any, handle: Any) -> None:
        self._library, self._handle = library, handle

    def ask(self, name: str, *more: int) -> Any:
        try:
            return getattr(self._library, name)(self._handle, *more)
        except (AttributeError, self._library.NVMLError):
            return None


def states(tree: Tree) -> list[Readings]:
    """Give each card's state in the order of the PCI bus; what a card does not tell is None."""
    return [_state(card) for card in _cards(tree)]


def slowed_by(tree: Tree) -> list[tuple[str, ...] | None]:
    """Give what holds back each card's clocks at this moment; None for a card that does not tell.

    Nearly every card meets its power cap under full load, which is its ordinary pace.
    """
    return [_slowed_by(card) for card in _cards(tree)]


def _cards(tree: Tree) -> Iterator[_Card]:
    """Find the cards where NVIDIA's driver runs; a Jetson has none, and a recorded tree speaks of another machine.

    The library stays initialised, because its start takes up to a second.
    """
    if not tree.live or not tree.exists("proc/driver/nvidia/version"):
        return
    try:
        library: Any = importlib.import_module("pynvml")
    except ImportError:
        tree.note("the cards' state is unknown: pip install nvidia-ml-py")
        return
    try:
        library.nvmlInit()
        for number in range(library.nvmlDeviceGetCount()):
            yield _Card(library, library.nvmlDeviceGetHandleByIndex(number))
    except library.NVMLError as error:
        tree.note(f"NVML does not answer: {error}")


def _state(card: _Card) -> Readings:
    memory, use = card.ask("nvmlDeviceGetMemoryInfo"), card.ask("nvmlDeviceGetUtilizationRates")
    name, reasons = card.ask("nvmlDeviceGetName"), _slowed_by(card)
    temperature_gpu, clock_sm = 0, 1  # NVML_TEMPERATURE_GPU, NVML_CLOCK_SM
    return {
        "name": None if name is None else str(name),
        "memory_mib": None if memory is None else round(memory.total / _MIB, 1),
        "memory_used_mib": None if memory is None else round(memory.used / _MIB, 1),
        "load_percent": None if use is None else int(use.gpu),
        "temperature_c": card.ask("nvmlDeviceGetTemperature", temperature_gpu),
        "power_mw": card.ask("nvmlDeviceGetPowerUsage"),
        "power_limit_mw": card.ask("nvmlDeviceGetEnforcedPowerLimit"),
        "frequency_mhz": card.ask("nvmlDeviceGetClockInfo", clock_sm),
        "frequency_max_mhz": card.ask("nvmlDeviceGetMaxClockInfo", clock_sm),
        "slowed_by": None if reasons is None else ", ".join(reasons) or "nothing",
    }


def _slowed_by(card: _Card) -> tuple[str, ...] | None:
    # A driver before 535 knows the question by its older name only.
    names = ("nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons")
    bits = next((bits for name in names if (bits := card.ask(name)) is not None), None)
    return None if bits is None else tuple(words for bit, words in _REASONS.items() if bits & bit)
