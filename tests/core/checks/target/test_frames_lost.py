"""frames-lost: a camera or stream of which frames are missing, or that had to be opened again."""

import pytest

from asking import ask
from readiness.evidence.benchmark import Source
from specimens import benchmark

CODE = "frames-lost"


def outcomes(**source: int) -> dict[str, str]:
    findings = ask(CODE, benchmark=benchmark(source=Source(kind="stream", **source)))
    return {finding.subject.name: finding.outcome for finding in findings if finding.subject}


@pytest.mark.parametrize(("arrived", "dropped"), [(64, 0), (30, 1), (990, 10), (100_000, 30)])
def test_clear_where_frames_are_not_lost_by_habit(arrived: int, dropped: int) -> None:
    assert outcomes(arrived=arrived, dropped=dropped) == {"frames dropped": "clear", "connection": "clear"}


@pytest.mark.parametrize(("arrived", "dropped"), [(30, 2), (989, 11), (10_000, 200)])
def test_found_where_over_one_in_a_hundred_is_lost(arrived: int, dropped: int) -> None:
    assert outcomes(arrived=arrived, dropped=dropped) == {"frames dropped": "found", "connection": "clear"}


def test_found_where_the_connection_broke() -> None:
    assert outcomes(arrived=500, reconnects=1) == {"frames dropped": "clear", "connection": "found"}


def test_frames_from_files_are_not_asked() -> None:
    (finding,) = ask(CODE, benchmark=benchmark(source=Source(kind="folder")))
    assert finding.outcome == "inapplicable"


def test_unknown_where_nothing_says_where_the_frames_are_from() -> None:
    assert ask(CODE, benchmark=benchmark(source=None))[0].unknown == "missing"
    assert ask(CODE, benchmark=None)[0].unknown == "missing"
