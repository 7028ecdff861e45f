"""The name of a dataset version stays what it is: cards and decisions of earlier releases hold it."""

from pathlib import Path

import msgspec

from readiness_coordinator.formats.labelled import Annotation, Labelled, Picture
from readiness_coordinator.formats.version import digest, digest_of

ONE = Annotation(id="1", row=0, box=(1.0, 2.0, 3.0, 4.5), area=13.5)
TWO = Annotation(id="2", row=1, box=None, crowd=True)
PICTURE = Picture(name="train/a.png", file=Path("gone"), split="train", key=1, annotations=(ONE, TWO))
SET = Labelled(
    name="x",
    root=Path(),
    format="coco",
    task="detection",
    classes=("bolt", "nut"),
    category_ids=(1, 2),
    pictures=(PICTURE,),
)
IMAGES = {"train/a.png": "sha256:" + "a" * 64}


def changed(**picture: object) -> Labelled:
    return msgspec.structs.replace(SET, pictures=(msgspec.structs.replace(PICTURE, **picture),))


def test_the_name_is_the_same_for_ever():
    assert digest_of(SET, IMAGES) == "sha256:c1360758e0064463948c086bb291db467652da09a27c62917fc2a1c7c1daa3be"


def test_what_does_not_count():
    renumbered = (msgspec.structs.replace(TWO, id="9"), msgspec.structs.replace(ONE, id="8"))
    for same in (
        changed(annotations=renumbered, key="other", tags={"light": "dark"}),
        msgspec.structs.replace(SET, format="yolo", task="segmentation", name="y", category_ids=(7, 8)),
    ):
        assert digest_of(same, IMAGES) == digest_of(SET, IMAGES)


def test_what_counts():
    others = [
        changed(name="train/b.png"),
        changed(split="val"),
        changed(labelled=False),
        changed(annotations=(ONE,)),
        changed(annotations=(ONE, msgspec.structs.replace(TWO, crowd=False))),
        changed(annotations=(msgspec.structs.replace(ONE, box=(1.0, 2.0, 3.0, 4.0)), TWO)),
        msgspec.structs.replace(SET, classes=("nut", "bolt")),
        msgspec.structs.replace(SET, listed_twice=(("train/a.png", ("train", "val")),)),
    ]
    names = {digest_of(other, IMAGES) for other in others} | {digest_of(SET, IMAGES), digest_of(SET, {})}
    assert len(names) == len(others) + 2


def test_a_missing_file_counts_as_absent():
    assert digest(SET) == digest_of(SET, {"train/a.png": None})
