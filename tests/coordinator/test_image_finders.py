"""Faults of images, each seeded into a clean dataset: found where it was put, and nowhere else."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from parts_dataset import HEIGHT, WIDTH, Parts, picture
from readiness.evidence.dataset import Listing
from readiness_coordinator import formats
from readiness_coordinator.scan.finders import images, looks
from readiness_coordinator.scan.seen import Seen
from readiness_coordinator.scan.view import look_at

NAME = "train/train004.png"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "parts", train=30, test=10)


def listings(root: Path) -> dict[str, Listing]:
    labelled = formats.open_dataset(root)
    views = {picture.name: look_at(str(picture.file)).view for picture in labelled.pictures}
    seen = Seen(labelled, views, {}, None)
    return {**images.find(seen), **looks.find(seen)}


def found(root: Path) -> dict[str, tuple[str, str]]:
    """Give {code: (image, detail)} of everything listed; each code at most once."""
    listed = {code: one.items for code, one in listings(root).items() if one.total}
    assert all(len(items) == 1 for items in listed.values())
    return {code: (items[0].images[0], items[0].detail) for code, items in listed.items()}


def written(parts: Parts, pixels: np.ndarray[Any, Any]) -> None:
    cv2.imwrite(str(parts.root / NAME), pixels)


def saved(parts: Parts, mode: str = "RGB", form: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture(4)[:, :, ::-1]).convert(mode).save(file, form, **options)
    (parts.root / NAME).write_bytes(file.getvalue())
    return file.getvalue()


def test_a_clean_dataset_has_all_the_keys_and_nothing_in_them(parts: Parts):
    listed = listings(parts.root)
    assert len(listed) == 12
    assert {code for code, one in listed.items() if one.total} == set()


CODES_OF_LOOKS: dict[str, tuple[Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]], str]] = {
    "image-dark": (lambda p: p // 8, "99 % of it is under 9"),
    "image-bright": (lambda p: 235 + p // 13, "95 % of it is over 9"),
    "image-blurry": (lambda p: cv2.GaussianBlur(p, (0, 0), 4), "shrunk four times it loses nothing"),
    "image-grey-among-colour": (lambda p: np.repeat(p[:, :, :1], 3, axis=2), ""),
}


@pytest.mark.parametrize("code", CODES_OF_LOOKS)
def test_what_an_image_looks_like(parts: Parts, code: str):
    bend, words = CODES_OF_LOOKS[code]
    written(parts, bend(picture(4)))
    ((here, detail),) = [found(parts.root)[code]]
    assert here == NAME
    assert detail.startswith(words)
    assert set(found(parts.root)) == {code}


def test_an_image_of_one_colour_shows_nothing_and_is_not_called_blurred(parts: Parts):
    written(parts, np.full((HEIGHT, WIDTH, 3), (90, 120, 150), np.uint8))
    assert found(parts.root) == {"image-low-information": (NAME, "0.00 bits a channel")}


def test_plain_grey_among_dark_images_is_not_called_bright(parts: Parts):
    for file in parts.root.rglob("*.png"):
        cv2.imwrite(str(file), cv2.imread(str(file)) // 2)
    written(parts, np.full((HEIGHT, WIDTH, 3), 170, np.uint8))
    assert "image-bright" not in found(parts.root)


def test_an_image_far_from_the_others_light_is_odd_before_it_is_black_or_white(parts: Parts):
    over = np.clip(picture(4).astype(int) + 150, 0, 255).astype(np.uint8)
    written(parts, over)
    (code,) = found(parts.root)
    assert code == "image-bright"
    night = picture(4) // 6
    night[:12, :30] = 255
    written(parts, night)
    assert found(parts.root)["image-dark"][1].endswith("far below the other images")


def test_sizes_and_shapes_unlike_the_rest(parts: Parts):
    for index in range(3, 6):
        file = parts.root / "test" / f"test00{index}.png"
        cv2.imwrite(str(file), cv2.resize(picture(30 + index), (WIDTH + 20, HEIGHT + 10)))
    written(parts, cv2.resize(picture(4), (WIDTH * 3, HEIGHT * 3)))
    listed = listings(parts.root)
    assert listed["image-size-odd"].images() == (NAME,)
    assert listed["image-size-differs"].total == 4
    written(parts, cv2.resize(picture(4), (WIDTH * 2, HEIGHT // 2)))
    assert listings(parts.root)["image-aspect-odd"].images() == (NAME,)
    written(parts, cv2.resize(picture(4), (9, 9)))
    assert listings(parts.root)["image-size-odd"].items[0].detail == "9x9 pixels"


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        ({"mode": "CMYK", "form": "JPEG"}, "CMYK colours"),
        ({"mode": "RGBA"}, "an alpha channel"),
        ({"form": "GIF", "mode": "P", "save_all": True, "append_images": [Image.new("P", (WIDTH, HEIGHT), 9)]}, "2 f"),
    ],
)
def test_modes_on_which_decoders_disagree(parts: Parts, options: dict[str, Any], detail: str):
    saved(parts, **options)
    (code, (here, words)) = next(iter(found(parts.root).items()))
    assert (code, here) == ("image-mode-odd", NAME)
    assert words.startswith(detail)


def test_sixteen_bits_and_holes_are_told_however_many_there_are(parts: Parts):
    for index, file in enumerate(sorted(parts.root.glob("*/*.png"))):
        cv2.imwrite(str(file), picture(index).astype(np.uint16) * 257)
    assert listings(parts.root)["image-mode-odd"].total == 40
    for index, file in enumerate(sorted(parts.root.glob("*/*.png"))):
        cv2.imwrite(str(file), np.dstack([picture(index), np.full((HEIGHT, WIDTH), 255, np.uint8)]))
    assert listings(parts.root)["image-mode-odd"].total == 0
    hole = np.dstack([picture(4), np.full((HEIGHT, WIDTH), 255, np.uint8)])
    hole[5, 5, 3] = 0
    written(parts, hole)
    assert listings(parts.root)["image-mode-odd"].items[0].detail == "transparent pixels"


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ((WIDTH, HEIGHT), "labels made for the image as stored, 160x120"),
        ((HEIGHT, WIDTH), "labels made for the turned image, 120x160"),
    ],
)
def test_a_turned_image_is_told_with_the_size_its_labels_mean(parts: Parts, said: tuple[int, int], detail: str):
    tags = Image.Exif()
    tags[0x0112] = 6
    saved(parts, form="JPEG", exif=tags)
    entry = parts.said["train"]["images"][4]
    entry["width"], entry["height"] = said
    seen = found(parts.save())
    assert seen["image-exif-rotated"] == (NAME, f"to be shown turned by 90° clockwise; {detail}")
    assert ("image-size-differs" in seen) == (said != (WIDTH, HEIGHT))


def test_labels_of_another_size_are_told_and_swapped_sides_named(parts: Parts):
    entry = parts.said["train"]["images"][4]
    entry["width"], entry["height"] = HEIGHT, WIDTH
    words = "labels say 120x160, the image is 160x120"
    assert found(parts.save()) == {"image-size-differs": (NAME, f"{words}: sides swapped")}
    entry["width"], entry["height"] = WIDTH * 2, HEIGHT * 2
    assert found(parts.save())["image-size-differs"][1] == "labels say 320x240, the image is 160x120"


def test_a_file_cut_short_is_truncated_whether_it_decodes_or_not(parts: Parts):
    data = saved(parts, form="JPEG")
    (parts.root / NAME).write_bytes(data[: len(data) * 2 // 3])
    assert listings(parts.root)["image-truncated"].items[0].detail == "Premature end of JPEG file"
    data = saved(parts)
    (parts.root / NAME).write_bytes(data[: len(data) * 2 // 3])
    assert found(parts.root) == {"image-truncated": (NAME, "the file ends early")}
    (parts.root / NAME).write_bytes(data[:20])
    assert set(found(parts.root)) == {"image-unreadable"}


def test_a_dataset_of_files_cut_short_is_all_truncated(parts: Parts):
    for file in parts.root.glob("*/*.png"):
        file.write_bytes(file.read_bytes()[:2000])
    assert {code: one.total for code, one in listings(parts.root).items()} == {
        "image-unreadable": 0,
        "image-truncated": 40,
    }


def test_photographs_of_five_datasets_give_only_what_was_seen_by_eye(shared_data: Path):
    seen = {}
    for folder in ("bccd_voc", "coco_mini_cc", "cones_cubes_yolo", "trashnet_subset", "robot_home"):
        for code, one in listings(shared_data / "datasets" / folder).items():
            seen |= {(code, Path(name).stem): folder for name in one.images()}
    assert seen == {
        ("image-grey-among-colour", "000000205401"): "coco_mini_cc",
        # Taken of a window's edge in a dark room, and of a white cupboard in full light.
        ("image-dark", "2007_000768"): "robot_home",
        ("image-bright", "2007_000332"): "robot_home",
    }
