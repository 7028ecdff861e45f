"""A look at a file that kills its process for one name, as a decoder with a native fault does."""

import os

from readiness_coordinator.scan.view import Looked, look_at


def fatal(path: str) -> Looked:
    if path.endswith("fatal.png"):
        os._exit(11)
    return look_at(path)
