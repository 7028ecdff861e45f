"""YOLO: data.yaml or a list of names, image folders or lists per split, one text file of fractions per image."""

from pathlib import Path

import msgspec

from readiness.evidence.model import Task
from readiness_coordinator.formats import layout, undeclared, yolo_images, yolo_labels, yolo_rows, yolo_settings
from readiness_coordinator.formats.image_size import image_size
from readiness_coordinator.formats.labelled import Fault, Labelled, Mismatch, Picture, Unreadable, by_name

RANK = 20
LOOKS_FOR = "data.yaml with names and train/val, or classes.txt with images and labels"


def fits(path: Path) -> bool:
    """Tell whether there is a YAML file that names classes, or a list of names beside images and labels."""
    return yolo_settings.find(path) is not None


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read the settings and every label file; raises Unreadable when the settings cannot be used.

    Boxes, polygons, oriented boxes (`task: obb`, or nothing but convex quadrilaterals) and boxes with keypoints
    (`kpt_shape`) are read, as Ultralytics writes them; of keypoints only the box.
    """
    if images is not None:
        raise Mismatch(f"{path}: YOLO names its image folders in data.yaml; leave out --images")
    settings = yolo_settings.read(path)
    faults, broken = list(settings.faults), list(settings.broken)
    listed = yolo_images.files(settings, broken)
    if not listed:
        hints = [*broken[-1:], *undeclared.folders(settings.root, listed, "no split")][:2]
        hint = "".join(f"; {one.where}: {one.what}" for one in hints)
        raise Unreadable(f"{settings.file}: no image in any of its splits{hint}")
    labels = {name: yolo_labels.label_file(settings.root, name, image) for name, (image, _) in listed.items()}
    columns = yolo_rows.Columns(len(settings.classes), settings.keypoints)
    pictures = [
        _picture(name, image, splits[0], labels[name], settings.root, columns, faults)
        for name, (image, splits) in listed.items()
    ]
    faults += yolo_labels.orphans(settings.root, {labels[name]: image for name, (image, _) in listed.items()})
    faults += yolo_labels.shared(settings.root, labels.values())
    faults += undeclared.folders(settings.root, listed, f"no split of {settings.file.name}")
    rings = [one for picture in pictures for one in picture.annotations if one.shape == "polygon"]
    if rings and (
        settings.oriented or all(not one.polygon or yolo_rows.is_convex_quad(one.polygon[0]) for one in rings)
    ):
        pictures = [_oriented(picture) for picture in pictures]
    shapes = {one.shape for picture in pictures for one in picture.annotations}
    return Labelled(
        name=path.stem if path.is_file() else path.name,
        root=settings.root,
        format="yolo",
        task=task or ("segmentation" if shapes == {"polygon"} else "detection"),
        classes=settings.classes,
        category_ids=tuple(range(len(settings.classes))),
        pictures=by_name(pictures),
        faults=tuple(sorted(faults)),
        broken_paths=tuple(sorted(set(broken))),
        listed_twice=tuple(sorted((name, tuple(splits)) for name, (_, splits) in listed.items() if len(splits) > 1)),
        declared=tuple(sorted({split for _, split, _ in settings.places} - {layout.ALL})),
    )


def _picture(
    name: str, image: Path, split: str, labels: Path, root: Path, columns: yolo_rows.Columns, faults: list[Fault]
) -> Picture:
    where = layout.name_under(root, labels)
    text = yolo_labels.text_of(labels, where, faults)
    size = image_size(image) if text and text.strip() else None
    annotations, bad = yolo_rows.parse(text or "", size, columns, where)
    faults += bad
    return Picture(
        name=name,
        file=image,
        split=split,
        key=name,
        width=size[0] if size else None,
        height=size[1] if size else None,
        annotations=annotations,
        labelled=text is not None,
    )


def _oriented(picture: Picture) -> Picture:
    turned = (
        msgspec.structs.replace(one, shape="oriented") if one.shape == "polygon" else one for one in picture.annotations
    )
    return msgspec.structs.replace(picture, annotations=tuple(turned))
