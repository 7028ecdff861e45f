"""Stops a worker that takes too long or has fallen silent, so that nobody waits for it for ever."""

import subprocess
import threading
import time

_PULSE_S = 0.25


class Watchdog:
    """Kills the process once `timeout_s` are over, or once it has said nothing for `silent_s`; `why` then says so."""

    def __init__(self, process: subprocess.Popen[bytes], timeout_s: float, silent_s: float | None) -> None:
        self.why = ""
        self._process, self._silent_s = process, silent_s
        self._over = threading.Event()
        now = time.monotonic()
        self._end, self._heard = now + timeout_s, now
        self._late = f"no answer within {timeout_s:.0f} s"
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def heard(self) -> None:
        """Note that the worker said something."""
        self._heard = time.monotonic()

    def shorten(self, left_s: float) -> None:
        """Let the worker have no more than so much longer, whatever it had left."""
        self._end = min(self._end, time.monotonic() + left_s)

    def release(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(_PULSE_S):
            now = time.monotonic()
            silent = self._silent_s is not None and now - self._heard > self._silent_s
            if silent or now > self._end:
                self.why = f"it said nothing for {self._silent_s:g} s" if silent else self._late
                self._process.kill()
                return
