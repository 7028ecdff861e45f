"""Tells which operators of a TFLite model a delegate took, from the interpreter's list of operators."""

from collections.abc import Collection, Sequence
from typing import Any

from readiness.evidence.benchmark import Placement

# What the runtimes call the one operator that stands for all those that a delegate took together.
DELEGATE = "DELEGATE"


def placed(details: Sequence[dict[str, Any]], provider: str, own: Collection[int]) -> Placement:
    """Count the operators behind the delegates whose indices are `own`; without delegates of its own it ran nothing.

    `details` are those of `Interpreter._get_ops_details` after the allocation: the model's operators stay listed, and
    each delegate follows them with the tensors that go in and come out.
    """
    plain = [one for one in details if one["op_name"] != DELEGATE]
    taken = {operator for index in own for operator in behind(details, index)}
    return Placement(provider=provider, operators=len(plain), on_provider=len(taken), partitions=len(own))


def all_on(details: Sequence[dict[str, Any]], provider: str) -> Placement:
    """Give the placement of a model that one set of kernels runs whole."""
    count = sum(1 for one in details if one["op_name"] != DELEGATE)
    return Placement(provider=provider, operators=count, on_provider=count, partitions=1, elsewhere_share=0.0)


def behind(details: Sequence[dict[str, Any]], delegate: int) -> set[int]:
    """Walk from what comes out of a delegate back to what goes in, and give the operators on the way."""
    makers = {int(tensor): one for one in details if one["op_name"] != DELEGATE for tensor in one["outputs"]}
    given = {int(tensor) for tensor in details[delegate]["inputs"]}
    open_ends = [int(tensor) for tensor in details[delegate]["outputs"]]
    found: set[int] = set()
    while open_ends:
        tensor = open_ends.pop()
        maker = makers.get(tensor)
        if tensor in given or maker is None or maker["index"] in found:
            continue
        found.add(int(maker["index"]))
        open_ends += [int(one) for one in maker["inputs"]]
    return found
