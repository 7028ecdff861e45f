"""The payloads that travel between device and coordinator; unknown fields of a newer sender are ignored."""

from typing import Literal

import msgspec

from readiness.evidence.benchmark import Benchmark
from readiness.evidence.device import Device, Sensed
from readiness.evidence.model import Model


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """`state/online`: said on connect, on a graceful stop, and by the broker as the device's will."""

    status: Literal["online", "stopped", "offline"]
    boot_id: str = ""
    interval_s: float = 30.0
    reason: str = ""


class KnownModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model file that the device holds."""

    name: str
    digest: str


class Birth(msgspec.Struct, frozen=True, kw_only=True):
    """`birth/manifest`: what the device is and can run."""

    device: Device
    fingerprint: str
    sensors: tuple[Sensed, ...] = ()
    models: tuple[KnownModel, ...] = ()
    schemas: tuple[str, ...] = ()
    agent_version: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`tele/health`: what every sensor read at one moment, or why it could not."""

    sensors: tuple[Sensed, ...]
    spool_pending: int = 0


class BenchProgress(msgspec.Struct, frozen=True, kw_only=True):
    """`bench/<run>/progress`."""

    model_name: str
    done: int
    total: int


class BenchResult(msgspec.Struct, frozen=True, kw_only=True):
    """`bench/<run>/result`: the evidence together with the model it is about."""

    run: str
    model: Model
    benchmark: Benchmark


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """`evt/<kind>`: something happened on the device that is worth a line in its history.

    `lost` declares records that a full spool gave up, as (stream, first seq, last seq) of the envelope's epoch.
    """

    kind: str
    text: str
    lost: tuple[tuple[str, int, int], ...] = ()


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """`ack/<stream>`: every record of `epoch` up to `through`, but for `gaps`, is committed and may be deleted."""

    epoch: str
    through: int
    gaps: tuple[tuple[int, int], ...] = ()


SCHEMAS: dict[str, type[msgspec.Struct]] = {
    "state.online/1": Presence,
    "birth.manifest/1": Birth,
    "tele.health/1": Health,
    "bench.progress/1": BenchProgress,
    "bench.result/1": BenchResult,
    "evt/1": Event,
    "ack/1": Ack,
}
