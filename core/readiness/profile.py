"""What a target demands and offers, as `profiles/targets/NAME.toml` says it."""

import math
from typing import Literal

import msgspec

from readiness import strict


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """Upper limits of one model on this target; a missing one is no demand, and only a device needs one on memory."""

    p95_ms: float
    memory_mib: float | None = None
    model_mib: float | None = None
    throughput_fps: float | None = None
    cold_start_ms: float | None = None


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """The least a benchmark must show before it counts for this target."""

    frames: int = 32
    runs: int = 300


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One target; `boards` are the device boards whose benchmarks count for it, `sources` back the numbers.

    `input_px` is the longer side of a frame as the target's usual model is given it. `power_modes` are those that a
    benchmark counts in, by the names that the device gives them; none named, any counts.
    """

    name: str
    title: str
    kind: Literal["edge", "cloud", "api"]
    boards: tuple[str, ...]
    runtimes: tuple[str, ...]
    power_modes: tuple[str, ...] = ()
    budget: Budget
    demand: Demand = Demand()
    memory_mib: float | None = None
    input_px: int | None = None
    alternatives: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def parse(text: str, source: str) -> Profile:
    """Read one target profile; raises strict.BadFile that names `source` and the key at fault."""
    profile = strict.parse(text, Profile, source)
    for key, value in _budgets(profile):
        if not (math.isfinite(value) and value > 0):
            raise strict.BadFile(f"{source}: '{key}' is {value:g}; it must be above 0 and finite")
    if profile.kind == "edge" and profile.budget.memory_mib is None:
        raise strict.BadFile(f"{source}: 'budget.memory_mib' is missing; a device's memory is limited")
    if not profile.boards:
        raise strict.BadFile(f"{source}: 'boards' is empty; name the boards whose benchmarks count")
    return profile


def _budgets(profile: Profile) -> list[tuple[str, float]]:
    """Give every number that limits something, under the key by which the file has it."""
    limits = {f"budget.{key}": value for key, value in msgspec.structs.asdict(profile.budget).items()}
    limits |= {f"demand.{key}": value for key, value in msgspec.structs.asdict(profile.demand).items()}
    limits |= {"memory_mib": profile.memory_mib, "input_px": profile.input_px}
    return [(key, float(value)) for key, value in limits.items() if value is not None]
