"""A benchmark as a report: its keys as the contract names them, for one model and for several."""

from collections.abc import Sequence
from importlib import metadata
from typing import Any

from readiness import verdict
from readiness.choice import Choice
from readiness_agent.benchmark.evaluations import evaluations
from readiness_agent.benchmark.judging import Reported, checks, chosen, exit_code, judged, worst_code
from readiness_agent.benchmark.table import show

__all__ = [
    "Reported",
    "checks",
    "chosen",
    "encoded",
    "encoded_set",
    "evaluations",
    "exit_code",
    "judged",
    "show",
    "worst_code",
]

_SHOWN = (
    "latency_ms",
    "end_to_end_ms",
    "stages_ms",
    "cold_start_ms",
    "throughput_fps",
    "throughput_bounds_fps",
    "memory_mib",
    "confidence",
    "agreement",
    "paced",
    "sustained",
    "placement",
    "calls",
    "source",
    "validity",
    "validity_because",
    "conditions",
)


def encoded(one: Reported) -> dict[str, Any]:
    """Give the report as the contract names its keys."""
    return {
        **_head("readiness.bench/1", one.verdict.state),
        "name": one.model.name,
        "target": one.target,
        "findings": one.findings,
        **{key: getattr(one.benchmark, key) for key in _SHOWN},
        "operators": one.operated,
        "trace": one.trace,
        "model": one.model,
        "evidence": one.benchmark,
    }


def encoded_set(reported: Sequence[Reported], unusable: dict[str, str], choice: Choice) -> dict[str, Any]:
    """Give several reports together, with the choice among them, and the models that could not run."""
    return {
        **_head("readiness.bench-set/1", verdict.worst(one.verdict.state for one in reported)),
        "findings": [],
        "reports": [encoded(one) for one in reported],
        "pareto": choice.front,
        "recommendation": {"name": choice.recommended, "because": choice.because},
        "choice": choice,
        "unusable": [{"model": path, "because": line} for path, line in unusable.items()],
    }


def _head(schema: str, state: verdict.State) -> dict[str, Any]:
    return {"schema": schema, "tool_version": metadata.version("model-readiness-advisor"), "state": state}
