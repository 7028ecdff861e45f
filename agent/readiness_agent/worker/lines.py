"""Reads a worker's lines such that an interrupted read loses none: what was read stays until its line is whole."""

import os
from collections import deque

_CHUNK = 1 << 16


class Lines:
    """The lines of a pipe; the last one only if it is ended."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._begun: list[bytes] = []
        self._whole: deque[bytes] = deque()

    def next(self) -> bytes | None:
        """Wait for the next line; None once the pipe is closed."""
        while not self._whole:
            chunk = os.read(self._pipe, _CHUNK)
            if not chunk:
                return None
            *ended, rest = chunk.split(b"\n")
            if ended:
                self._whole.extend((b"".join(self._begun) + ended[0], *ended[1:]))
                self._begun.clear()
            self._begun.append(rest)
        return self._whole.popleft()
