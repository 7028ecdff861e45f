"""All evidence known of one model for one target, under one policy and threshold, at the time of asking."""

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from readiness import canonical
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.dataset import Dataset
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.evidence.production import Production
from readiness.policy import Policy
from readiness.profile import Profile

EVIDENCE = ("dataset", "evaluation", "benchmark", "production")
MAX_AGE_DAYS = {"dataset": 365.0, "evaluation": 365.0, "benchmark": 30.0, "production": 1.0}
CLOCK_SKEW = timedelta(hours=1)


class BadTime(ValueError):
    """A time is not RFC 3339 with its offset."""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """The whole input of a verdict; `endpoint` is empty until the model runs somewhere."""

    policy: Policy
    asked_at: str
    model: Model | None = None
    profile: Profile | None = None
    threshold: float | None = None
    dataset: Dataset | None = None
    evaluation: Evaluation | None = None
    benchmark: Benchmark | None = None
    production: Production | None = None
    endpoint: str = ""

    def key(self, catalogue_version: str) -> str:
        """Name what a decision stands on; any changed input gives another key, so the old decision is superseded."""
        parts: dict[str, Any] = {
            "dataset": self.evidence_digest("dataset"),
            "model": self.model.digest if self.model else None,
            "card": canonical.digest(self.model.card) if self.model else None,
            "evaluation": self.evidence_digest("evaluation"),
            "benchmark": self.evidence_digest("benchmark"),
            "production": self.evidence_digest("production"),
            "profile": canonical.digest(self.profile) if self.profile else None,
            "policy": canonical.digest(self.policy),
            "threshold": self.threshold,
            "endpoint": self.endpoint,
            "catalogue": catalogue_version,
        }
        return canonical.digest(parts)

    def evidence_digest(self, kind: str) -> str | None:
        record = getattr(self, kind)
        return canonical.digest(record) if record is not None else None

    def stale(self, kind: str) -> str | None:
        """Say why evidence of `kind` is too old (or from the future) to count, or None when it is current."""
        record = getattr(self, kind)
        if kind not in EVIDENCE or record is None:
            return None
        age = instant(self.asked_at) - instant(record.observed_at)
        if age < -CLOCK_SKEW:
            return f"the {kind} evidence is dated {record.observed_at}, after the question ({self.asked_at})"
        limit = self.policy.max_age_days.get(kind, MAX_AGE_DAYS[kind])  # type: ignore[call-overload]
        if age > timedelta(days=limit):
            return f"the {kind} evidence is {age.days} days old, the policy accepts {limit:g}"
        return None


def instant(text: str) -> datetime:
    """Read an RFC 3339 time with an offset; raises BadTime."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise BadTime(f"'{text}' is no RFC 3339 time") from None
    if moment.tzinfo is None:
        raise BadTime(f"'{text}' lacks its offset; write Z for UTC")
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise BadTime(f"'{text}' lies outside the calendar") from None
