"""Looks at a file that end or hold their process for one mark in its bytes, as a decoder with a native fault does."""

import os
import time

from readiness_coordinator.scan.view import Looked, look_into

FATAL, STALLED, STRANGE = b"a fatal file", b"a stalled file", b"a strange file"


def fatal(data: bytes) -> Looked:
    if FATAL in data:
        os._exit(11)
    if STALLED in data:
        time.sleep(600)
    if STRANGE in data:
        raise ArithmeticError("no such colour")
    return look_into(data)
