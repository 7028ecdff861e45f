"""Load and pressure stall information: how busy the machine is beside us (Linux PSI, kernel 4.20)."""

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import Tree, number


def read(tree: Tree) -> Readings:
    load = (tree.text("proc/loadavg") or "").split()
    if not load:
        raise Unsensed("no /proc/loadavg")
    loads = {f"load_{minutes}m": number(said) for minutes, said in zip((1, 5, 15), load, strict=False)}
    return {**loads, **{f"{kind}_stall_percent": _stall(tree, kind) for kind in ("cpu", "memory", "io")}}


def _stall(tree: Tree, kind: str) -> float | None:
    """Give the share of the last 10 s in which some task waited; None where the kernel keeps no PSI."""
    some = (tree.text(f"proc/pressure/{kind}") or "").splitlines()
    words = some[0].split() if some else []
    return next((number(word[6:]) for word in words if word.startswith("avg10=")), None)
