"""Writes a draft as COCO, YOLO, VOC, mask PNGs or folder per class; images are hard links into the pool."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.defects.drafts import Draft, Shot, Thing


def write(draft: Draft, root: Path) -> Path:
    """Write the draft under a new folder and do to it what was put off until then."""
    _WRITERS[draft.kind](draft, root)
    for bend in draft.after:
        bend(root)
    return root


def place(draft: Draft, shot: Shot) -> str:
    """Give the path of a shot's image under the root, which is the name that a scan gives it."""
    if draft.kind == "folder":
        assert shot.row is not None
        return f"{shot.split}/{draft.classes[shot.row]}/{shot.name}"
    if draft.kind == "voc":
        return f"JPEGImages/{shot.name}"
    return f"{shot.split}/{shot.name}" if draft.kind == "coco" else f"{shot.split}/images/{shot.name}"


def labels(draft: Draft, shot: Shot) -> str:
    """Give the path of the file that holds a shot's labels."""
    if draft.kind == "coco":
        return f"annotations/{shot.split}.json"
    folder, ending = ("labels", "txt") if draft.kind == "yolo" else ("masks", "png")
    return f"{shot.split}/{folder}/{shot.stem}.{ending}"


def _link_images(draft: Draft, root: Path) -> None:
    for shot in draft.shots:
        target = root / place(draft, shot)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(shot.file, target)


def _coco(draft: Draft, root: Path) -> None:
    _link_images(draft, root)
    (root / "annotations").mkdir()
    categories = [{"id": row, "name": name} for row, name in enumerate(draft.classes, start=1)]
    keys = _keys(draft)
    for split in dict.fromkeys(shot.split for shot in draft.shots):
        images: list[dict[str, Any]] = []
        objects: list[dict[str, Any]] = []
        for shot in draft.of(split):
            if not shot.listed:
                continue
            key = keys[id(shot)]
            size = {"width": shot.width, "height": shot.height}
            images.append({"id": key, "file_name": shot.name, **size, **shot.said})
            for thing in shot.things:
                objects.append(_entry(draft, thing, key, len(objects) + 1))
        said = {"images": images, "annotations": objects, "categories": categories, **draft.said}
        (root / f"annotations/{split}.json").write_text(json.dumps(said))


def _keys(draft: Draft) -> dict[int, int]:
    """Number the images over all splits, as predictions need it."""
    return {id(shot): number for number, shot in enumerate(draft.shots, start=1)}


def write_answers(draft: Draft, folder: Path) -> Path:
    """Write what a model says as COCO results, or as a table for a classifier."""
    if draft.task == "classification":
        rows = [f"{place(draft, one.shot)},{draft.classes[one.row]},{one.score:.4f}" for one in draft.answers]
        file = folder / "answers.csv"
        file.write_text("\n".join(["image,prediction,score", *rows, ""]))
        return file
    keys = _keys(draft)
    said = [
        {"image_id": keys[id(one.shot)], "category_id": one.row + 1, "bbox": list(one.box), "score": one.score}
        for one in draft.answers
    ]
    file = folder / "answers.json"
    file.write_text(json.dumps(said))
    return file


def _entry(draft: Draft, thing: Thing, image: int, identity: int) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": identity,
        "image_id": image,
        "category_id": thing.row + 1,
        "bbox": list(thing.box),
        "area": thing.box[2] * thing.box[3],
        "iscrowd": 0,
    }
    if draft.task == "segmentation":
        entry |= {"segmentation": [list(thing.ring)], "area": area(thing.ring)}
    return entry | thing.said


def area(ring: tuple[float, ...]) -> float:
    return float(cv2.contourArea(np.array(ring, np.float32).reshape(-1, 2)))


def _yolo(draft: Draft, root: Path) -> None:
    _link_images(draft, root)
    for shot in draft.shots:
        file = root / labels(draft, shot)
        file.parent.mkdir(parents=True, exist_ok=True)
        if shot.listed:
            file.write_text("".join(_row(draft, shot, thing) + "\n" for thing in shot.things))
    splits = dict.fromkeys(shot.split for shot in draft.shots)
    names = json.dumps(draft.classes)
    lines = [f"{split}: {split}/images" for split in splits]
    (root / "data.yaml").write_text("\n".join([*lines, f"nc: {len(draft.classes)}", f"names: {names}", ""]))


def _row(draft: Draft, shot: Shot, thing: Thing) -> str:
    if "row" in thing.said:
        return str(thing.said["row"])
    x, y, w, h = thing.box
    numbers = thing.ring if draft.task == "segmentation" else (x + w / 2, y + h / 2, w, h)
    sides = (shot.width, shot.height)
    return " ".join([str(thing.row), *(f"{value / sides[i % 2]:.6f}" for i, value in enumerate(numbers))])


def _masks(draft: Draft, root: Path) -> None:
    """Write one 8-bit mask an image, class row + 1 on ground 0, and the names in classes.txt."""
    _link_images(draft, root)
    for shot in draft.shots:
        file = root / labels(draft, shot)
        file.parent.mkdir(parents=True, exist_ok=True)
        if shot.listed:
            cv2.imwrite(str(file), mask(shot))
    (root / "classes.txt").write_text("".join(f"{name}\n" for name in ["background", *draft.classes]))


def mask(shot: Shot) -> np.ndarray[Any, np.dtype[np.uint8]]:
    drawn = np.zeros((shot.height, shot.width), np.uint8)
    for thing in shot.things:
        corners = np.round(np.array(thing.ring).reshape(-1, 2)).astype(np.int32)
        cv2.fillPoly(drawn, [corners], thing.row + 1)
    return drawn


def _folder(draft: Draft, root: Path) -> None:
    for split in dict.fromkeys(shot.split for shot in draft.shots):
        for name in draft.classes:
            (root / split / name).mkdir(parents=True)
    _link_images(draft, root)


def _voc(draft: Draft, root: Path) -> None:
    """Write VOC's three folders; its pixels count from 1 and include the last."""
    _link_images(draft, root)
    (root / "Annotations").mkdir()
    (root / "ImageSets/Main").mkdir(parents=True)
    for split in dict.fromkeys(shot.split for shot in draft.shots):
        listed = "".join(f"{shot.stem}\n" for shot in draft.of(split))
        (root / f"ImageSets/Main/{split}.txt").write_text(listed)
    for shot in draft.shots:
        size = f"<size><width>{shot.width}</width><height>{shot.height}</height><depth>3</depth></size>"
        objects = "".join(_voc_object(draft.classes[thing.row], thing.box) for thing in shot.things)
        said = f"<annotation><filename>{shot.name}</filename>{size}{objects}</annotation>"
        (root / f"Annotations/{shot.stem}.xml").write_text(said)


def _voc_object(name: str, box: tuple[float, float, float, float]) -> str:
    left, top, right, bottom = round(box[0]) + 1, round(box[1]) + 1, round(box[0] + box[2]), round(box[1] + box[3])
    corners = f"<xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax>"
    return f"<object><name>{name}</name><difficult>0</difficult><bndbox>{corners}</bndbox></object>"


_WRITERS = {"voc": _voc, "coco": _coco, "yolo": _yolo, "masks": _masks, "folder": _folder}


def clear(root: Path) -> None:
    """Take a written tree away."""
    shutil.rmtree(root)
