"""Seeded defects: whatever a mutator plants into a clean set is found and named, and nothing else speaks up."""

from collections.abc import Iterator

import pytest

from bench.defects import (
    bend_augmented,
    bend_copies,
    bend_images,
    bend_labels,
    bend_masks,
    bend_rest,
    bend_splits,
    judged,
    table,
)
from bench.defects.judged import Studio
from bench.defects.shelf import CLEAN, MUTATORS
from readiness import catalogue
from readiness.measures import features

# A shelf is filled by being imported.
SHELVES = (bend_augmented, bend_copies, bend_images, bend_labels, bend_masks, bend_rest, bend_splits)
SEEDS = range(5)

# Codes that no bent dataset can set off, each with its reason.
EXEMPT = {
    "dataset-incoherent": "speaks of reports that a scan of ours cannot write",
    "images-not-all-compared": "speaks of more than 50,000 pictures, or of crowds of look-alikes: too slow here",
}


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "alignment", judged.remembered(features.alignment))
        yield Studio(tmp_path_factory.mktemp("defects"))


def test_every_dataset_code_has_a_mutator():
    codes = {check.code for check in catalogue.load() if check.family == "dataset"}
    assert codes - {one.code for one in MUTATORS.values()} - set(EXEMPT) == set()
    assert set(EXEMPT) <= codes


@pytest.mark.parametrize(("task", "kind"), CLEAN)
def test_clean_sets_have_no_finding(studio: Studio, task: str, kind: str):
    _, findings = studio.scanned(studio.clean(task, kind, 0), {})
    assert [(one.code, one.outcome, one.because) for one in findings] == []


@pytest.mark.parametrize("name", MUTATORS)
def test_what_is_planted_is_found_and_nothing_else(studio: Studio, name: str):
    mutator = MUTATORS[name]
    result = judged.planted(studio, mutator, *mutator.on[0], 0)
    assert (result.missed, result.extra, result.alarms) == ([], [], [])


@pytest.mark.bench
@pytest.mark.timeout(3600)
def test_recall_and_false_alarms_over_all_seeds(studio: Studio):
    outcomes = table.of(studio, SEEDS)
    table.show(outcomes)
    assert {row.code: row.recall for row in outcomes.rows if row.recall < table.RECALL} == {}
    assert outcomes.alarms == []
