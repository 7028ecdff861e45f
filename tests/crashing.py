"""A look at a file that kills its process for one name, as a decoder with a native fault does."""

import os

from readiness_coordinator.scan.viewing import View, view


def fatal(path: str) -> View:
    if path.endswith("fatal.png"):
        os._exit(11)
    return view(path)
