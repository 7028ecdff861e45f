"""Evidence by digest, and the newest of what a decision asks for."""

import pytest

import specimens
from readiness import canonical
from readiness.dossier import BadTime
from readiness_coordinator.store import evidence
from readiness_coordinator.store.database import Store

AT = "2026-11-23T12:00:00Z"


@pytest.mark.parametrize("kind", ["dataset", "evaluation", "benchmark", "production"])
def test_every_kind_comes_back_as_it_went_in(store: Store, kind: str):
    record = getattr(specimens, kind)()
    with store.write() as c:
        digest = evidence.put(c, kind, record, AT)
        assert evidence.put(c, kind, record, "2026-11-24T12:00:00Z") == digest == canonical.digest(record)
        assert evidence.get(c, digest) == record
        assert evidence.counts(c)[kind] == 1
        assert sum(evidence.counts(c).values()) == 1
        assert evidence.get(c, specimens.OTHER) is None


def test_the_newest_scan_and_evaluation_are_found_by_what_they_are_about(store: Store):
    old, new = "2026-11-20T00:00:00Z", "2026-11-20T00:00:00.5Z"
    with store.write() as c:
        for observed_at in (new, old):
            evidence.put(c, "dataset", specimens.dataset(observed_at=observed_at), AT)
            for confidence in (0.4, 0.25):
                record = specimens.evaluation(observed_at=observed_at, confidence=confidence)
                evidence.put(c, "evaluation", record, AT)
        scan = evidence.latest_dataset(c, specimens.DATASET)
        found = evidence.latest_evaluation(c, specimens.MODEL, specimens.DATASET, 0.25)
        assert scan == specimens.dataset(observed_at=new)
        assert found == specimens.evaluation(observed_at=new, confidence=0.25)
        assert evidence.latest_evaluation(c, specimens.MODEL) is not None
        assert evidence.latest_evaluation(c, specimens.MODEL, specimens.OTHER) is None
        assert evidence.latest_evaluation(c, specimens.MODEL, None, 0.5) is None
        assert evidence.latest_evaluation(c, specimens.OTHER) is None
        assert evidence.latest_dataset(c, specimens.OTHER) is None


def test_a_benchmark_on_the_targets_board_goes_before_a_newer_one_elsewhere(store: Store):
    here = specimens.benchmark(device=specimens.device(board="raspberry-pi-4"), observed_at="2026-11-01T00:00:00Z")
    with store.write() as c:
        assert evidence.latest_benchmark(c, specimens.MODEL, ("raspberry-pi-4",)) is None
        evidence.put(c, "benchmark", here, AT)
        evidence.put(c, "benchmark", specimens.benchmark(), AT)
        assert evidence.latest_benchmark(c, specimens.MODEL, ("raspberry-pi-4",)) == here
        assert evidence.latest_benchmark(c, specimens.MODEL, ("jetson-nano",)) == specimens.benchmark()
        assert evidence.latest_benchmark(c, specimens.MODEL, ()) == specimens.benchmark()


def test_a_clock_that_runs_ahead_does_not_stay_the_newest(store: Store):
    ahead = specimens.benchmark(observed_at="2031-01-01T00:00:00Z")
    later = specimens.benchmark(observed_at="2026-11-24T12:00:00Z")
    with store.write() as c:
        evidence.put(c, "benchmark", ahead, AT)
        assert evidence.latest_benchmark(c, specimens.MODEL, ()) == ahead
        evidence.put(c, "benchmark", later, "2026-11-24T12:00:01Z")
        assert evidence.latest_benchmark(c, specimens.MODEL, ()) == later


def test_a_record_without_a_proper_time_is_refused(store: Store):
    with store.write() as c, pytest.raises(BadTime, match="yesterday"):
        evidence.put(c, "benchmark", specimens.benchmark(observed_at="yesterday"), AT)
