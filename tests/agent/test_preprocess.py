"""Frames reach the model's input as the card says, and boxes come back to where they were."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.evidence.model import CardInput
from readiness_agent.geometry import place
from readiness_agent.inference.preprocess import Preprocess
from readiness_agent.runtimes import Port

RESIZES = ("letterbox", "stretch", "crop")


def how(**changes: Any) -> CardInput:
    return CardInput(**({"size": (32, 24)} | changes))


def port(dtype: str = "float32", **quantised: Any) -> Port:
    return Port(name="image", shape=(1, 3, 24, 32), dtype=dtype, **quantised)


@given(
    width=st.integers(16, 2000),
    height=st.integers(16, 2000),
    resize=st.sampled_from(RESIZES),
    anchor=st.sampled_from(("centre", "top-left")),
)
def test_a_box_in_sight_comes_back(width: int, height: int, resize: str, anchor: str) -> None:
    where = place((width, height), how(resize=resize, anchor=anchor))
    box = np.array([[width * 0.45, height * 0.45, width * 0.55, height * 0.55]])
    there = box * np.array(where.scale * 2) + np.array(where.offset * 2)
    assert np.allclose(where.to_frame(there), box, atol=1e-6)


@pytest.mark.parametrize("resize", RESIZES)
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("frame", [(20, 60), (60, 20), (24, 32)])
def test_the_batch_has_the_shape_asked_for(resize: str, layout: str, frame: tuple[int, int]) -> None:
    batch, _ = Preprocess(how(resize=resize, layout=layout), port())(np.zeros((*frame, 3), dtype=np.uint8))
    assert batch.shape == ((1, 3, 24, 32) if layout == "nchw" else (1, 24, 32, 3))
    assert batch.dtype == np.float32
    assert batch.flags.c_contiguous


def test_colour_scale_mean_and_std_by_channel() -> None:
    frame = np.zeros((24, 32, 3), dtype=np.uint8)
    frame[..., 2] = 200
    card = how(colour="rgb", scale=1 / 255, mean=(0.5, 0.0, 0.1), std=(0.5, 1.0, 0.2))
    batch, _ = Preprocess(card, port())(frame)
    assert np.allclose(batch[0, :, 0, 0], [(200 / 255 - 0.5) / 0.5, 0.0, -0.5], atol=1e-6)
    kept, _ = Preprocess(how(colour="bgr"), port())(frame)
    assert kept[0, :, 0, 0].tolist() == [0, 0, 200]


def test_letterbox_pads_right_of_and_below_a_top_left_frame() -> None:
    card = how(resize="letterbox", anchor="top-left", pad=114, colour="bgr")
    batch, where = Preprocess(card, port())(np.full((40, 40, 3), 7, dtype=np.uint8))
    assert where.offset == (0, 0)
    assert (batch[0, :, :, :24] == 7).all()
    assert (batch[0, :, :, 24:] == 114).all()


def test_integer_inputs_are_quantised_and_raw_bytes_stay_raw() -> None:
    frame = np.full((24, 32, 3), 200, dtype=np.uint8)
    centred = how(mean=(127.5,), std=(127.5,))
    wanted = round((200 - 127.5) / 127.5 / 0.0078125) + 128
    assert Preprocess(centred, port("uint8", scale=0.0078125, zero_point=128))(frame)[0].flat[0] == wanted
    assert Preprocess(how(), port("uint8", scale=0.0078125, zero_point=128))(frame)[0].flat[0] == 200
    shifted = Preprocess(how(scale=1 / 255), port("int8", scale=1 / 255, zero_point=-128))(frame)[0]
    assert shifted.flat[0] == 72
    assert shifted.dtype == np.int8


def test_grey_has_one_channel() -> None:
    batch, _ = Preprocess(how(colour="grey"), port())(np.full((24, 32, 3), 9, dtype=np.uint8))
    assert batch.shape == (1, 1, 24, 32)
    assert (batch == 9).all()
