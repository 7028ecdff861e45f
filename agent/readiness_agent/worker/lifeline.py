"""Ties a worker to the process that started it, and has it end before the agent: alone, early, or first of all."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_OOM_SCORE = "500"


def die_with(parent: int) -> None:
    """Have Linux kill this process when `parent` dies (prctl(2), PR_SET_PDEATHSIG); elsewhere nothing is done."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel was asked
        os._exit(1)


def die_first() -> None:
    """Have Linux end this process rather than the agent or the production beside it when memory runs out (proc(5))."""
    try:
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")
    except OSError:
        return


def asked_to_end() -> Callable[[], bool]:
    """Let SIGINT and SIGTERM no longer end this process but ask it to end early; tells whether one of them came."""
    came: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: came.append(number))
    return lambda: bool(came)
