"""Gathers what is known of one model for one target into a dossier; it takes what is newest, never what is kind."""

import sqlalchemy as sa

from readiness.dossier import Dossier
from readiness.evidence.dataset import Dataset
from readiness.evidence.evaluation import Evaluation
from readiness.policy import Policy
from readiness.profile import Profile
from readiness_coordinator.store import evidence
from readiness_coordinator.store.lineage import KnownModel


def gather(
    c: sa.Connection,
    known: KnownModel,
    *,
    profile: Profile,
    policy: Policy,
    threshold: float,
    asked_at: str,
    endpoint: str = "",
) -> Dossier:
    """Give the dossier of a registered model, as the store stands within this transaction.

    What is absent stays absent. What does not fit (another threshold, another board, another dataset version) is
    handed over as it is: the lineage checks say what is wrong with it, which silence would not.
    """
    evaluation = _evaluation(c, known.model.digest, threshold)
    return Dossier(
        policy=policy,
        asked_at=asked_at,
        model=known.model,
        profile=profile,
        threshold=threshold,
        dataset=_dataset(c, known, evaluation),
        evaluation=evaluation,
        benchmark=evidence.latest_benchmark(c, known.model.digest, profile.boards),
        endpoint=endpoint,
    )


def _evaluation(c: sa.Connection, model: str, threshold: float) -> Evaluation | None:
    at_threshold = evidence.latest_evaluation(c, model, None, threshold)
    return at_threshold or evidence.latest_evaluation(c, model, None, None)


def _dataset(c: sa.Connection, known: KnownModel, evaluation: Evaluation | None) -> Dataset | None:
    """Take the version that the evaluation names; the one of registration only while there is no evaluation."""
    digest = evaluation.dataset if evaluation else known.version_digest
    return evidence.latest_dataset(c, digest) if digest else None
