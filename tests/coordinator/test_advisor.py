"""What is gathered: the newest that fits, else the newest there is, and never a thing that is not there."""

from collections.abc import Callable

import specimens
from readiness.dossier import Dossier
from readiness_coordinator import advisor
from readiness_coordinator.store import evidence, lineage
from readiness_coordinator.store.database import Store

EARLIER = "2026-11-20T12:00:00Z"


def gathered(store: Store, threshold: float = 0.4) -> Dossier:
    with store.read() as c:
        known = lineage.get_model(c, "parts-v1")
        assert known is not None
        return advisor.gather(
            c,
            known,
            profile=specimens.profile(),
            policy=specimens.policy(),
            threshold=threshold,
            asked_at=specimens.ASKED_AT,
        )


def test_all_that_is_known_of_the_model(opened: Store, put: Callable[..., None]):
    put()
    assert gathered(opened) == specimens.dossier()


def test_what_is_absent_stays_absent(opened: Store, put: Callable[..., None]):
    put(dataset=None, evaluation=None, benchmark=None)
    dossier = gathered(opened)
    assert (dossier.dataset, dossier.evaluation, dossier.benchmark) == (None, None, None)


def test_the_dataset_is_the_one_that_the_evaluation_names(opened: Store, put: Callable[..., None]):
    put(evaluation=specimens.evaluation(dataset=specimens.OTHER))
    assert gathered(opened).dataset is None, "another version's health must not vouch for this one"


def test_the_dataset_of_registration_while_there_is_no_evaluation(opened: Store, put: Callable[..., None]):
    put(evaluation=None)
    assert gathered(opened).dataset == specimens.dataset()


def test_an_evaluation_at_the_threshold_goes_before_a_newer_one_at_another(opened: Store, put: Callable[..., None]):
    put(evaluation=specimens.evaluation(observed_at=EARLIER))
    with opened.write() as c:
        evidence.put(c, "evaluation", specimens.evaluation(confidence=0.5), specimens.OBSERVED_AT)
    first, other = gathered(opened).evaluation, gathered(opened, threshold=0.9).evaluation
    assert first is not None
    assert first.observed_at == EARLIER
    assert other is not None, "an evaluation at another threshold is handed over, so that the check can say so"
    assert other.confidence == 0.5


def test_a_benchmark_on_another_board_is_handed_over(opened: Store, put: Callable[..., None]):
    put(benchmark=specimens.benchmark(device=specimens.device(board="raspberry-pi-4")))
    benchmark = gathered(opened).benchmark
    assert benchmark is not None
    assert benchmark.device.board == "raspberry-pi-4"


def test_evidence_of_another_model_is_not_gathered(opened: Store, put: Callable[..., None]):
    put(evaluation=specimens.evaluation(model=specimens.OTHER), benchmark=specimens.benchmark(model=specimens.OTHER))
    dossier = gathered(opened)
    assert (dossier.evaluation, dossier.benchmark) == (None, None)
