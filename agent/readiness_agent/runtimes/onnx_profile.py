"""Reads the profile that onnxruntime writes of a session: which operator ran on which provider, and how long."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from readiness.evidence.benchmark import Placement
from readiness_agent.runtimes import Operation, Profile

_KERNEL = "_kernel_time"
# Their time is that of the operators in their bodies, which have events of their own.
_HOLDERS = {"If", "Loop", "Scan", "SequenceMap"}
# Put in between by onnxruntime to carry tensors from one provider to the other: none of the model's own operators.
_CARRIERS = {"MemcpyFromHost", "MemcpyToHost"}

Key = tuple[str, str, str]


class _Arguments(msgspec.Struct, frozen=True):
    op_name: str = ""
    provider: str = ""


class _Event(msgspec.Struct, frozen=True):
    """One event of the trace; `dur` is in microseconds."""

    name: str = ""
    cat: str = ""
    dur: float = 0.0
    args: _Arguments = _Arguments()


def read(trace: bytes, skip: int = 0) -> Profile:
    """Sum the operators' times over the runs in a trace, without the first `skip` runs; raises msgspec.DecodeError."""
    runs = _runs(msgspec.json.decode(trace, type=list[_Event]))[skip:]
    spent: dict[Key, float] = {}
    for operators, _ in runs:
        for event in operators:
            key = (event.name.removesuffix(_KERNEL), event.args.op_name, event.args.provider)
            spent[key] = spent.get(key, 0.0) + event.dur / 1e3
    operations = tuple(Operation(*key, total_ms) for key, total_ms in spent.items())
    return Profile(operations, len(runs), sum(whole for _, whole in runs) / 1e3)


def _runs(events: Sequence[_Event]) -> list[tuple[list[_Event], float]]:
    """Part the operators' events by run, each with the time of the whole run in microseconds."""
    runs: list[tuple[list[_Event], float]] = []
    operators: list[_Event] = []
    for event in events:
        if event.cat == "Node" and event.name.endswith(_KERNEL) and event.args.op_name not in _HOLDERS:
            operators.append(event)
        elif event.name == "model_run":
            runs.append((operators, event.dur))
            operators = []
    return runs


def placed(profile: Profile, provider: str, assigned: Sequence[tuple[str, int]] = ()) -> Placement | None:
    """Tell what a provider ran; None when the profile does not name the providers.

    `assigned` are the providers of the graph's parts with the operators in each (`get_provider_graph_assignment_info`,
    of onnxruntime 1.24 and later); without it a part that a provider compiled into one counts as one operator.
    Time elsewhere is set against the whole run's, not the operators': a GPU's operators return before they are done.
    """
    ran = [one for one in profile.operations if one.kind not in _CARRIERS]
    if not ran or not all(one.provider for one in ran):
        return None
    counts = assigned or [(one.provider, 1) for one in ran]
    elsewhere_ms = sum(one.total_ms for one in ran if one.provider != provider)
    share = min(1.0, elsewhere_ms / profile.total_ms) if profile.total_ms else None
    on_provider = sum(count for name, count in counts if name == provider)
    return Placement(
        provider=provider,
        operators=sum(count for _, count in counts),
        on_provider=on_provider,
        partitions=_partitions(ran, provider),
        elsewhere_share=share if on_provider else 1.0,
    )


def _partitions(ran: Sequence[Operation], provider: str) -> int:
    """Count the provider's unbroken stretches; a part that it compiled is one, and is named after it."""
    stretches = groupby(ran, key=lambda one: (one.provider == provider, one.name.startswith(f"{provider}_")))
    return sum(len(list(members)) if compiled else 1 for (there, compiled), members in stretches if there)
