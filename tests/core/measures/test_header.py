"""What image files say of themselves, in every format and with every oddity that a camera or an export writes."""

import contextlib
import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from readiness.measures import decode, header

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)


def saved(mode: str = "RGB", form: str = "PNG", frames: int = 1, **options: Any) -> bytes:
    image = Image.fromarray(PIXELS).convert(mode)
    if frames > 1:
        more = [image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), image.rotate(180), image][: frames - 1]
        options |= {"save_all": True, "append_images": more}
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(**tags: Any) -> Image.Exif:
    data = Image.Exif()
    outer = {"orientation": 0x0112, "make": 0x010F, "model": 0x0110}
    inner = {"taken": 0x9003, "fraction": 0x9291, "serial": 0xA431}
    for name, value in tags.items():
        if name in outer:
            data[outer[name]] = value
        else:
            data.get_ifd(0x8769)[inner[name]] = value
    return data


@pytest.mark.parametrize(
    ("options", "mode", "frames"),
    [
        ({"form": "JPEG"}, "RGB", 1),
        ({"form": "JPEG", "mode": "L"}, "L", 1),
        ({"form": "JPEG", "mode": "CMYK"}, "CMYK", 1),
        ({"form": "PNG", "frames": 3}, "RGB", 3),
        ({"form": "GIF", "frames": 3}, "P", 3),
        ({"form": "WEBP", "frames": 3}, "RGB", 3),
        ({"form": "TIFF", "frames": 3}, "RGB", 3),
        ({"form": "BMP"}, "RGB", 1),
    ],
)
def test_format_mode_and_frames(options: dict[str, Any], mode: str, frames: int):
    seen = header.read(saved(**options))
    assert (seen.format, seen.mode, seen.frames) == (options["form"], mode, frames)
    assert (seen.width, seen.height, seen.orientation, seen.alpha) == (40, 30, 1, False)


@pytest.mark.parametrize(("pixels", "mode"), [(PIXELS, "RGB;16"), (PIXELS[:, :, 0], "I;16")])
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_are_told_even_where_pillow_cuts_them(pixels: Any, mode: str, suffix: str):
    data = cv2.imencode(suffix, pixels.astype(np.uint16) * 257)[1].tobytes()
    assert header.read(data).mode == mode


def test_transparency_is_told_and_whether_anything_shows_through():
    opaque, clear = saved("RGBA"), saved("RGB", transparency=(0, 0, 0))
    hole = Image.fromarray(PIXELS).convert("RGBA")
    hole.putpixel((3, 3), (0, 0, 0, 0))
    file = io.BytesIO()
    hole.save(file, "PNG")
    assert [header.read(data).alpha for data in (saved(), opaque, file.getvalue())] == [False, True, True]
    assert [header.see_through(data) for data in (opaque, file.getvalue())] == [False, True]
    assert header.read(clear).mode == "RGB"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_exif_gives_orientation_camera_and_time(form: str):
    tags = exif(orientation=6, make="Acme\0", model=" X1 ", serial="0042", taken="2024:05:06 07:08:09", fraction="25")
    seen = header.read(saved(form=form, exif=tags))
    assert (seen.orientation, seen.camera, seen.taken) == (6, "Acme X1 0042", "2024:05:06 07:08:09.25")


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday"])
def test_a_clock_that_was_never_set_gives_no_time(taken: str):
    assert header.read(saved(form="JPEG", exif=exif(taken=taken))).taken == ""


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_exif_does_not_know_is_none(orientation: int):
    assert header.read(saved(form="JPEG", exif=exif(orientation=orientation))).orientation == 1


def test_damaged_exif_leaves_the_picture():
    data = saved(form="JPEG", exif=exif(orientation=6, make="Acme"))
    start = data.index(b"Exif\0\0") + 6
    damaged = data[:start] + b"\xff" * 16 + data[start + 16 :]
    assert header.read(damaged).camera == ""
    assert decode.pixels(damaged).shape == (30, 40, 3)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"hello", "no image format that is known here"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC is not read here: convert it to JPEG or PNG"),
    ],
)
def test_what_is_no_image_is_told_in_one_line(data: bytes, words: str):
    with pytest.raises(decode.BadImage, match=words):
        header.read(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_no_damage_raises_anything_but_bad_image(form: str):
    data = saved(form=form, frames=2 if form in {"GIF", "TIFF"} else 1)
    rng = np.random.default_rng(1)
    for _ in range(150):
        broken = bytearray(data)
        for place in rng.integers(0, min(len(data), 400), 4).tolist():
            broken[place] = int(rng.integers(256))
        with contextlib.suppress(decode.BadImage):
            assert header.read(bytes(broken)).width > 0


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"comment": b"x" * 300}, {"dpi": (72, 72)}])
def test_a_plain_jpeg_reads_as_by_pillow_and_cut_anywhere_in_its_header_is_refused(mode: str, options: dict[str, Any]):
    data = saved(mode, "JPEG", **options)
    begun = data.index(b"\xff\xda")
    assert header._plain_jpeg(data) == header._said(data) == header.read(data)
    for end in range(begun + 4):
        assert header._plain_jpeg(data[:end]) is None
    assert header._plain_jpeg(saved(mode, "JPEG", exif=exif(orientation=6))) is None
