"""One period of an endpoint's life as mergeable counts: what the deployed model answered, and how fast."""

import msgspec


class Production(msgspec.Struct, frozen=True, kw_only=True):
    """Merged windows of one endpoint; `last_seen` is the coordinator's receive time of the newest window."""

    endpoint: str
    model: str
    device: str
    first_seen: str
    last_seen: str
    observed_at: str
    windows: int
    gaps: int
    inferences: int
    errors: int
    latency_p95_ms: float | None = None
    latency_p95_upper_ms: float | None = None
