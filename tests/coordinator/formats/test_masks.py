"""Mask images: every layout and mode, what values mean, and what is told of."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from readiness_coordinator.formats import Fault, Labelled, Unreadable, digest, open_dataset
from readiness_coordinator.scan.dataset import scan

Array = np.ndarray[Any, Any]
SIZE = (48, 64)


def blocks(*values: int, kind: type = np.uint8) -> Array:
    """A mask of 48x64 that is 0, with one 8x8 block per value, side by side from 4,4."""
    mask = np.zeros(SIZE, kind)
    for index, value in enumerate(values):
        mask[4:12, 4 + 10 * index : 12 + 10 * index] = value
    return mask


def put(root: Path, name: str, pixels: Array | Image.Image | None = None, **more: Any) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    picture = (
        pixels if isinstance(pixels, Image.Image) else Image.fromarray(np.zeros(SIZE) if pixels is None else pixels)
    )
    picture.convert("RGB" if pixels is None else picture.mode).save(file, **more)
    return root


def of(read: Labelled, index: int = 0) -> list[tuple[str, Any, float | None]]:
    return [(read.classes[one.row], one.box, one.area) for one in read.pictures[index].annotations]


def one(tmp_path: Path, mask: Array | Image.Image, names: str | None = None, ending: str = "png") -> Labelled:
    put(tmp_path, "images/a.jpg")
    put(tmp_path, f"masks/a.{ending}", mask)
    if names is not None:
        (tmp_path / "classes.txt").write_text(names)
    return open_dataset(tmp_path)


LAYOUTS = {
    "images beside masks": ("images/a.jpg", "masks/a.png", "all"),
    "VOC's own folders": ("JPEGImages/a.jpg", "SegmentationClass/a.png", "all"),
    "labels that are images": ("images/a.jpg", "labels/a.png", "all"),
    "splits inside": ("images/training/a.jpg", "annotations/training/a.png", "train"),
    "splits around": ("valid/images/a.jpg", "valid/masks/a.png", "val"),
    "deeper folders": ("images/test/berlin/a.jpg", "masks/test/berlin/a.png", "test"),
    "flat, _mask": ("a.bmp", "a_mask.bmp", "all"),
    "flat, _label": ("a.jpg", "a_label.png", "all"),
    "flat in splits": ("train/a.jpg", "train/a_mask.png", "train"),
    "_mask in a folder": ("images/a.jpg", "masks/a_mask.png", "all"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(tmp_path: Path, name: str):
    image, mask, split = LAYOUTS[name]
    put(tmp_path, image)
    put(tmp_path, mask, blocks(1, 2))
    read = open_dataset(tmp_path)
    assert (read.format, read.task, read.classes, read.category_ids) == (
        "masks",
        "segmentation",
        ("class 1", "class 2"),
        (1, 2),
    )
    (picture,) = read.pictures
    assert (picture.name, picture.split, picture.mask) == (image, split, tmp_path.resolve() / mask)
    assert of(read) == [("class 1", (4, 4, 8, 8), 64), ("class 2", (14, 4, 8, 8), 64)]
    assert {one.shape for one in picture.annotations} == {"mask"}
    assert read.faults == ()


def test_lists_of_vocs_segmentation_give_the_split(tmp_path: Path):
    for stem in ("a", "b", "c"):
        put(tmp_path, f"JPEGImages/{stem}.jpg")
        put(tmp_path, f"SegmentationClass/{stem}.png", blocks(1))
    (tmp_path / "ImageSets/Segmentation").mkdir(parents=True)
    (tmp_path / "ImageSets/Segmentation/train.txt").write_text("a\n")
    (tmp_path / "ImageSets/Segmentation/val.txt").write_text("b\n")
    (tmp_path / "ImageSets/Segmentation/trainval.txt").write_text("a\nb\n")
    assert [one.split for one in open_dataset(tmp_path).pictures] == ["train", "val", "unassigned"]


def test_images_of_another_place(tmp_path: Path):
    put(tmp_path, "pictures/a.jpg")
    put(tmp_path, "truth/a.png", blocks(3))
    read = open_dataset(tmp_path / "truth", format="masks", images=tmp_path / "pictures")
    assert [one.name for one in read.pictures] == ["../pictures/a.jpg"]
    assert of(read) == [("class 3", (4, 4, 8, 8), 64)]


def palette(mask: Array, *colours: int) -> Image.Image:
    image = Image.fromarray(mask).convert("L")
    image.putpalette([*colours, *[7] * (768 - len(colours))])
    return image


def test_a_palette_is_read_as_its_indices_trap_mode_p(tmp_path: Path):
    read = one(tmp_path, palette(blocks(1, 2), 0, 0, 0, 128, 0, 0, 0, 128, 0))
    assert [name for name, _, _ in of(read)] == ["class 1", "class 2"]


def test_one_bit_and_sixteen_bits(tmp_path: Path):
    assert [name for name, _, _ in of(one(tmp_path / "1", Image.fromarray(blocks(1) > 0)))] == ["class 1"]
    read = one(tmp_path / "16", blocks(300, 65535, kind=np.uint16))
    assert read.category_ids == (300,)
    assert of(read) == [("class 300", (4, 4, 8, 8), 64)]


def test_255_is_ignored_beside_small_ids_and_foreground_beside_0_trap_255(tmp_path: Path):
    ignored = one(tmp_path / "ignored", blocks(1, 255))
    assert [name for name, _, _ in of(ignored)] == ["class 1"]
    foreground = one(tmp_path / "foreground", blocks(255))
    assert of(foreground) == [("foreground", (4, 4, 8, 8), 64)]
    named = one(tmp_path / "named", blocks(255), "background\ncrack\n")
    assert (named.classes, named.category_ids) == (("crack",), (1,))
    assert of(named) == [("crack", (4, 4, 8, 8), 64)]
    assert ignored.faults == foreground.faults == named.faults == ()


def test_one_meaning_of_255_for_the_whole_dataset(tmp_path: Path):
    put(tmp_path, "images/b.jpg")
    put(tmp_path, "masks/b.png", blocks(255))
    read = one(tmp_path, blocks(1, 255))
    assert [len(picture.annotations) for picture in read.pictures] == [1, 0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labelmap.txt", "# label:color_rgb:parts:actions\nbackground:0,0,0::\nroad:128,64,128::\nsky:70,130,180::\n"),
        ("label_colors.txt", "0 0 0\tbackground\n128 64 128\troad\n70 130 180\tsky\n"),
        ("class_dict.csv", "name,r,g,b\nbackground,0,0,0\nroad,128,64,128\nsky,70,130,180\n"),
    ],
)
def test_colours_through_a_label_map(tmp_path: Path, name: str, text: str):
    mask = np.zeros((*SIZE, 3), np.uint8)
    mask[4:12, 4:12], mask[4:12, 14:22], mask[20:24, 20:24] = (128, 64, 128), (70, 130, 180), (1, 2, 3)
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    read = one(tmp_path, mask)
    assert (read.classes, read.category_ids) == (("road", "sky"), (1, 2))
    assert of(read) == [("road", (4, 4, 8, 8), 64), ("sky", (14, 4, 8, 8), 64)]
    assert read.faults == (
        Fault("images/a.jpg mask masks/a.png", "values that are no declared class: 1,2,3 (16 px)", "mask-values-stray"),
    )
    painted = palette(blocks(1, 2), 0, 0, 0, 70, 130, 180, 128, 64, 128)
    assert of(one(tmp_path, painted)) == [("road", (14, 4, 8, 8), 64), ("sky", (4, 4, 8, 8), 64)]


def test_few_colours_without_a_map_are_classes_and_a_photograph_is_none(tmp_path: Path):
    mask = np.zeros((*SIZE, 3), np.uint8)
    mask[4:12, 4:12], mask[4:12, 14:22] = (200, 0, 0), (0, 200, 0)
    assert one(tmp_path / "few", mask).classes == ("class 0,200,0", "class 200,0,0")
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    read = one(tmp_path / "photograph", noise)
    assert (read.pictures[0].labelled, read.pictures[0].annotations) == (False, ())
    assert read.faults[0].code == "annotation-unusable"
    assert "distinct colours: a picture, not a mask of classes" in read.faults[0].what


def test_grey_kept_as_colour_is_grey_and_alpha_is_told_of_trap_la_rgba(tmp_path: Path):
    grey = np.repeat(blocks(1, 2)[:, :, None], 3, axis=2)
    assert one(tmp_path / "rgb", grey).category_ids == (1, 2)
    opaque = np.dstack([grey, np.full(SIZE, 255, np.uint8)])
    assert one(tmp_path / "rgba", opaque).faults == ()
    clear = np.dstack([blocks(1), blocks(255)])
    read = one(tmp_path / "la", Image.fromarray(clear, "LA"))
    assert read.category_ids == (1,)
    assert "the alpha channel is not opaque" in read.faults[0].what


def test_declared_names_say_which_values_are_classes(tmp_path: Path):
    read = one(tmp_path, blocks(1, 2, 9), "void\nroad\ncar\n")
    assert (read.classes, read.category_ids) == (("road", "car"), (1, 2))
    assert read.faults == (
        Fault("images/a.jpg mask masks/a.png", "values that are no declared class: 9 (64 px)", "mask-values-stray"),
    )
    all_named = one(tmp_path / "all", blocks(1), "road\ncar\n")
    assert [name for name, _, _ in of(all_named)] == ["road", "car"]


def test_a_jpeg_mask_is_told_of_and_read_trap_jpeg(tmp_path: Path):
    rng = np.random.default_rng(1)
    mask = np.where(np.hypot(*(np.indices(SIZE) - 24)) < 15 + rng.integers(0, 2), 255, 0).astype(np.uint8)
    read = one(tmp_path, mask, ending="jpg")
    assert read.classes == ("foreground",)
    (fault,) = read.faults
    assert fault.code == "mask-values-stray"
    assert fault.what.startswith("values that only resizing or lossy compression leaves on the borders of others: ")
    assert "more" in fault.what


def test_another_size_is_told_of_trap_size(tmp_path: Path):
    read = one(tmp_path, blocks(1)[:40])
    assert read.faults == (Fault("images/a.jpg mask masks/a.png", "64x40, its image is 64x48", "mask-size-differs"),)


def test_masks_without_image_and_images_without_mask(tmp_path: Path):
    put(tmp_path, "images/b.jpg")
    put(tmp_path, "masks/c.png", blocks(1))
    put(tmp_path, "masks/a.bmp", blocks(1))
    read = one(tmp_path, blocks(1))
    assert [(picture.name, picture.labelled) for picture in read.pictures] == [
        ("images/a.jpg", True),
        ("images/b.jpg", False),
    ]
    assert read.faults == (
        Fault("masks/a.png", "a second mask; masks/a.bmp is read", "label-file-orphaned"),
        Fault("masks/c.png", "no image has this name", "label-file-orphaned"),
    )


@pytest.mark.parametrize("cut", [0, 20, 60])
def test_a_damaged_mask_costs_itself(tmp_path: Path, cut: int):
    put(tmp_path, "images/b.jpg")
    put(tmp_path, "masks/b.png", blocks(1))
    buffer = io.BytesIO()
    Image.fromarray(blocks(1, 2, 3)).save(buffer, "PNG")
    put(tmp_path, "images/a.jpg")
    (tmp_path / "masks/a.png").write_bytes(buffer.getvalue()[:cut])
    read = open_dataset(tmp_path)
    assert [picture.labelled for picture in read.pictures] == [False, True]
    assert [fault.where for fault in read.faults] == ["images/a.jpg mask masks/a.png"]


def test_a_bomb_is_refused_by_its_header(tmp_path: Path):
    put(tmp_path, "images/a.jpg")
    put(tmp_path, "masks/a.png", Image.new("1", (20_000, 10_000)))
    read = open_dataset(tmp_path)
    assert [picture.labelled for picture in read.pictures] == [False]
    assert "20000x10000" in read.faults[0].what or "decompression bomb" in read.faults[0].what


def test_no_image_is_one_line(tmp_path: Path):
    put(tmp_path, "masks/a.png", blocks(1))
    with pytest.raises(Unreadable, match="no image beside its masks"):
        open_dataset(tmp_path, format="masks")
    with pytest.raises(Unreadable, match="--task detection does not fit"):
        open_dataset(tmp_path, format="masks", task="detection")


def test_the_bird_of_coral_is_named_with_values_and_counts(shared_data: Path):
    dataset = scan(open_dataset(shared_data / "datasets/segmentation_samples"), observed_at="2026-11-23T12:00:00Z")
    stray = dataset.listed("mask-values-stray")
    assert stray is not None
    (item,) = stray.items
    assert item.images == ("bird_segmentation.bmp",)
    assert "mask bird_segmentation_mask.bmp" in item.detail
    assert item.detail.endswith(": 1 (680 px), 2 (557 px)")
    assert dataset.listed("mask-size-differs") is not None
    assert dataset.listed("mask-size-differs").total == 0


@pytest.mark.parametrize("broken", [False, True])
def test_the_digest_is_of_the_masks_that_were_read(tmp_path: Path, broken: bool):
    read = one(tmp_path, blocks(1, 2))
    if broken:
        (tmp_path / "masks/a.png").write_bytes(b"no image")
        read = open_dataset(tmp_path)
    before = digest(read)
    Image.fromarray(blocks(2, 1)).save(tmp_path / "masks/a.png")
    assert digest(read) == before
    assert digest(open_dataset(tmp_path)) != before
