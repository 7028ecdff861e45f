"""The file of answers: what goes in comes out, and nothing else is taken for answers."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness_agent import answers_file
from readiness_agent.answers import Boxes, Mask, Scores

ANSWERS = (
    Boxes(xywh=np.array([[1.5, 2, 3, 4]]), scores=np.array([0.75]), rows=np.array([300])),
    None,
    Boxes(xywh=np.zeros((0, 4)), scores=np.zeros(0), rows=np.zeros(0, dtype=np.intp)),
    Scores(values=np.array([0.25, 0.75])),
    Mask(rows=np.arange(6, dtype=np.uint8).reshape(2, 3)),
)


def test_answers_come_back_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    answers_file.write(path, ANSWERS)
    read = answers_file.read(path)
    assert [type(one) for one in read] == [type(one) for one in ANSWERS]
    for ours, theirs in zip(read, ANSWERS, strict=True):
        for field in () if theirs is None else theirs.__struct_fields__:
            assert np.array_equal(getattr(ours, field), getattr(theirs, field))


@settings(max_examples=30, deadline=None)
@given(width=st.integers(1, 700), height=st.integers(1, 700))
def test_masks_are_thinned_to_pixels_of_their_own(width: int, height: int) -> None:
    rows = np.arange(height)[:, None] * 1000 + np.arange(width)
    thin = answers_file.thinned(rows)
    assert max(thin.shape) <= 128
    assert max(thin.shape) == min(128, max(rows.shape))
    assert np.isin(thin, rows).all()
    assert (np.diff(thin, axis=0) > 0).all()
    assert (np.diff(thin, axis=1) > 0).all()


@pytest.mark.parametrize(
    "data", [b"", b"no answers", b"\x91\x92\xa5boxes\x90", b"\x91\x92\xa4gone\x91\x93\xa1x\x90\xc4\x00"]
)
def test_what_holds_no_answers_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "answers"
    path.write_bytes(data)
    with pytest.raises(answers_file.UnreadableAnswers, match=str(path)):
        answers_file.read(path)
    with pytest.raises(answers_file.UnreadableAnswers, match="gone"):
        answers_file.read(tmp_path / "gone")


def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "pipe", tmp_path / "folder"):
        with pytest.raises(FileExistsError, match=place.name):
            answers_file.write(place, ANSWERS)
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "pipe"]
