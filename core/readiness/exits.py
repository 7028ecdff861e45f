"""Exit codes of both command lines, and the one exception that ends a command with a line instead of a traceback."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the device's daemon ends with these codes and judges nothing
    from readiness.verdict import State

CLEAN = 0
NOT_DEPLOYABLE = 1
UNUSABLE = 2
EVIDENCE_MISSING = 3
UNAVAILABLE = 4


class Stop(Exception):
    """End the command: one line that says what, where and what to do, and the exit code."""

    def __init__(self, line: str, code: int = UNUSABLE) -> None:
        super().__init__(line)
        self.code = code


def of_state(state: "State", *, strict: bool = False) -> int:
    """Give the exit code of a state; `warning` fails only when `strict`."""
    if state in {"blocked", "retrain_required"} or (strict and state == "warning"):
        return NOT_DEPLOYABLE
    return CLEAN
