"""Strict decoding: the same pixels as everywhere, and no cut of a file passes as whole."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from readiness.measures import decode, header
from readiness_coordinator.scan import strict
from readiness_coordinator.scan.view import look_into

NOISE = np.random.default_rng(0).integers(0, 256, (61, 73, 3), dtype=np.uint8)
PIXELS = cv2.GaussianBlur(NOISE, (0, 0), 2)


def saved(mode: str = "RGB", form: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(file, form, **options)
    return file.getvalue()


FILES = {
    "baseline": saved(quality=90),
    "progressive": saved(progressive=True),
    "whole colour": saved(subsampling=0),
    "restarts": saved(restart_marker_rows=1),
    "grey": saved("L"),
    "cmyk": saved("CMYK"),
    "png": saved(form="PNG"),
    "palette": saved("P", form="PNG"),
}


@pytest.mark.parametrize("name", FILES)
def test_pixels_are_those_of_the_one_decode_function(name: str):
    pixels, missing = strict.decoded(FILES[name], header.read(FILES[name]))
    assert missing == ""
    assert np.array_equal(pixels, decode.pixels(FILES[name]))


def test_real_photographs_decode_alike_and_whole(shared_data: Path):
    files = sorted(shared_data.glob("datasets/**/*.jpg"))[::15]
    assert len(files) > 50
    for file in files:
        data = file.read_bytes()
        pixels, missing = strict.decoded(data, header.read(data))
        assert missing == "", file
        assert np.array_equal(pixels, decode.pixels(data)), file


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_never_passes_as_whole(name: str, share: float):
    data = FILES[name]
    view = look_into(data[: int(share * len(data))]).view
    assert view.problem or view.damage


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("cut", [1, 2, 4, 12, 13])
def test_not_even_the_last_bytes_can_go(name: str, cut: int):
    view = look_into(FILES[name][:-cut]).view
    assert view.problem or view.damage


@pytest.mark.parametrize("name", FILES)
def test_garbage_behind_the_end_is_no_damage(name: str):
    view = look_into(FILES[name] + b"garbage" * 1000).view
    assert (view.problem, view.damage) == ("", "")


def test_damage_in_the_middle_is_told_in_the_decoders_words():
    data = FILES["baseline"]
    half = len(data) // 2
    view = look_into(data[:half] + b"\xff\xd0\0" + data[half:]).view
    assert "Corrupt JPEG data" in view.damage
    assert view.look is not None


def test_an_animation_cut_behind_its_first_frame_is_told():
    more = Image.fromarray(PIXELS[:, ::-1])
    data = saved(form="PNG", save_all=True, append_images=[more, more])
    assert look_into(data).view.frames == 3
    assert look_into(data[: len(data) // 2]).view.damage == "the file ends early"


@pytest.mark.parametrize("size", [(30000, 1), (1, 30000), (1, 1), (9, 9)])
def test_odd_sizes_are_looked_at(size: tuple[int, int]):
    file = io.BytesIO()
    Image.new("RGB", size, (10, 200, 30)).save(file, "PNG")
    view = look_into(file.getvalue()).view
    assert (view.width, view.height, view.problem, view.damage) == (*size, "", "")


def test_a_bomb_is_refused_before_it_goes_off():
    file = io.BytesIO()
    Image.new("1", (30000, 30000)).save(file, "PNG")
    assert len(file.getvalue()) < 200_000
    assert look_into(file.getvalue()).view.problem.startswith(
        ("30000x30000 pixels are over", "no readable image header")
    )


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
def test_a_jpeg_that_lost_a_block_within_is_told_without_a_word_on_stderr(
    share: float, capfd: pytest.CaptureFixture[str]
):
    data = cv2.imencode(".jpg", cv2.resize(NOISE, (480, 360)))[1].tobytes()
    start = int(share * len(data))
    view = look_into(data[:start] + data[start + 512 :]).view
    assert view.damage.startswith("Corrupt JPEG data")
    assert view.look is not None
    assert capfd.readouterr().err == ""


def test_a_jpeg_of_very_many_scans_is_refused_before_it_is_decoded():
    data = saved(progressive=True)
    start, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    many = 1 + decode.MOST_SCANS * decode.MOST_PIXELS // (73 * 61)
    bomb = data[:start] + b"\xff\xda" * many + data[end:]
    for decoded in (decode.pixels, lambda bytes_: strict.decoded(bytes_, header.read(bytes_))):
        with pytest.raises(decode.BadImage, match="scans of 73x61 pixels are more than a picture needs"):
            decoded(bomb)
