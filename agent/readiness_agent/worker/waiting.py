"""How long this process's threads and all others waited for a core, and how often one was taken from them."""

from resource import RUSAGE_SELF, getrusage

from readiness_agent.sysroot import Tree, integer


class Waiting:
    """Counts from its making on; an engine's own threads are in it, but not those that ended meanwhile."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._delays = _delays(tree)
        self._stall_us = _stall_us(tree)
        self._switches = getrusage(RUSAGE_SELF).ru_nivcsw

    def run_delay_s(self) -> float | None:
        """Give the time that threads were ready to run and had no core, summed; None where the kernel does not say."""
        now = _delays(self._tree)
        if now is None or self._delays is None:
            return None
        return sum(delay - self._delays.get(thread, 0) for thread, delay in now.items()) / 1e9

    def machine_stall_s(self) -> float | None:
        """Give the time in which some task of the whole machine waited for a core; None where no pressure is kept."""
        now_us = _stall_us(self._tree)
        return None if now_us is None or self._stall_us is None else (now_us - self._stall_us) / 1e6

    def involuntary_switches(self) -> int:
        return getrusage(RUSAGE_SELF).ru_nivcsw - self._switches


def _stall_us(tree: Tree) -> int | None:
    """Read the total of "some" in Linux's pressure stall information (kernel 4.20)."""
    some = (tree.text("proc/pressure/cpu") or "").splitlines()[:1]
    return next((integer(word[6:]) for word in " ".join(some).split() if word.startswith("total=")), None)


def _delays(tree: Tree) -> dict[str, int] | None:
    """Give each thread's run delay in ns (schedstat, field 2); a kernel that does not count writes zeros alone."""
    said = {path: tree.text(path) for path in tree.matches("proc/self/task/*/schedstat")}
    fields = {path: [integer(word) or 0 for word in text.split()] for path, text in said.items() if text}
    counted = any(any(numbers) for numbers in fields.values())
    return {path: numbers[1] for path, numbers in fields.items() if len(numbers) > 1} if counted else None
