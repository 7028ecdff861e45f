"""Become a program that ends with its parent, however that ends; run as `leash PARENT_PID COMMAND…`."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux; it holds over exec, and ends when the thread that forked does


def main() -> None:
    """Ask the kernel for SIGTERM at the parent's death, then become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)
    os.execv(command[0], command)  # noqa: S606 - the caller's own argument list, no shell


if __name__ == "__main__":
    main()
