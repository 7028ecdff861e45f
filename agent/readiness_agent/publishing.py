"""Sends a benchmark result to the coordinator: through the running daemon, or by its own connection."""

from contextlib import closing

from readiness import wire
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.model import Model
from readiness.exits import UNAVAILABLE, Stop
from readiness.messages import BenchResult
from readiness_agent.agent import Agent
from readiness_agent.settings import Settings
from readiness_agent.spool import BadSpool, Spool, open_spool, take_lock

_SCHEMA = "bench.result/1"


def publish_benchmark(
    model: Model, benchmark: Benchmark, run: str, settings: Settings, patience_s: float = 30.0
) -> None:
    """Commit the result to the spool, and see it to the coordinator unless a running daemon does that.

    Raises Stop: UNUSABLE when `run` or the record cannot travel, UNAVAILABLE when it stays in the spool for now.
    """
    if not wire.is_name(run):
        raise Stop(f"run name '{run}' cannot be used: 1 to 64 letters, digits, _ or -")
    result = BenchResult(run=run, model=model, benchmark=benchmark)
    try:
        lock = take_lock(settings.folder)
        if lock is None:
            spool = open_spool(settings.folder, settings.spool_bytes, owner=False)
            _append(spool, result)
            spool.close()
            return
    except BadSpool as bad:
        raise Stop(str(bad), UNAVAILABLE) from None
    with closing(Agent(settings, lock)) as agent:
        seq = _append(agent.spool, result)
        trouble = agent.deliver(lambda: _acknowledged(agent.spool, seq), patience_s)
    if trouble:
        raise Stop(f"{trouble}; the result is kept in the spool; `readiness-agent run` will send it", UNAVAILABLE)


def _append(spool: Spool, result: BenchResult) -> int:
    try:
        return spool.append("bench", result.run, result, schema=_SCHEMA, id="result")
    except wire.BadMessage as bad:
        raise Stop(f"the benchmark result cannot be sent: {bad}") from None


def _acknowledged(spool: Spool, seq: int) -> bool:
    """Tell whether the record has left the spool: an acknowledgement past it may still count it as missing."""
    return all(record.seq != seq for record in spool.pending("bench", seq - 1, 1))
