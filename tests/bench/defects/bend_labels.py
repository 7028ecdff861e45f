"""Mutators of labels: entries no one can use, boxes and outlines that are wrong, labels that are missing."""

from collections.abc import Callable, Iterator

import numpy as np

from bench.defects.drafts import Box, Draft, Shot, Thing
from bench.defects.shelf import Spot, plants
from bench.defects.writers import area, labels

COUNT = 7
Rng = np.random.Generator
Reshape = Callable[[Shot, Box], Box]


def _boxes(draft: Draft, rng: Rng, reshape: Reshape) -> Iterator[Spot]:
    """Give one object in each of COUNT images another box."""
    for shot, thing in draft.things(rng, COUNT):
        thing.move(reshape(shot, thing.box))
        yield Spot([shot], classes=[draft.classes[thing.row]])


def _entries(draft: Draft, rng: Rng, said: dict[str, object]) -> Iterator[Spot]:
    """Say something else in COCO entries; what is listed names the file and the entry's id."""
    for number, (shot, thing) in enumerate(draft.things(rng, COUNT)):
        thing.said = {"id": f"bad{number}", **said}
        yield Spot(words=[labels(draft, shot), f"bad{number}"])


def _rows(draft: Draft, rng: Rng, row: Callable[[Shot, Thing], str]) -> Iterator[Spot]:
    """Write something else in YOLO rows; what is listed names the file and the line."""
    for shot, thing in draft.things(rng, COUNT):
        thing.said = {"row": row(shot, thing)}
        yield Spot(words=[f"{labels(draft, shot)}:{shot.things.index(thing) + 1}"])


@plants("annotation-unusable", "detection/coco")
def box_not_a_number(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _entries(draft, rng, {"bbox": [float("nan"), 1, 20, 20]})


@plants("annotation-unusable", "detection/coco")
def box_of_three_numbers(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _entries(draft, rng, {"bbox": [10, 10, 30]})


@plants("annotation-unusable", "detection/coco", "segmentation/coco")
def object_of_no_image(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _entries(draft, rng, {"image_id": 987_654})


@plants("annotation-unusable", "detection/coco", follows={"box-duplicate": "the same box under the same id"})
def id_given_twice(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for number, (shot, thing) in enumerate(draft.things(rng, COUNT)):
        thing.said = {"id": f"bad{number}"}
        shot.things.append(Thing(thing.row, thing.box, thing.ring, dict(thing.said)))
        yield Spot(words=[labels(draft, shot), f"bad{number}"])


@plants("annotation-unusable", "yolo")
def row_of_four_columns(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _rows(draft, rng, lambda shot, thing: f"{thing.row} 0.5 0.5 0.2")


@plants("annotation-unusable", "yolo")
def pixels_for_fractions(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _rows(draft, rng, lambda shot, thing: f"{thing.row} " + " ".join(f"{v:.1f}" for v in thing.box))


@plants("annotation-unusable", "yolo")
def words_for_numbers(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _rows(draft, rng, lambda shot, thing: f"{draft.classes[thing.row]} 0.5 0.5 0.2 0.2")


@plants("annotation-unusable", "detection/yolo")
def predictions_for_labels(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _rows(draft, rng, lambda shot, thing: f"{thing.row} 0.5 0.5 0.2 0.2 0.93")


@plants(
    "class-undefined",
    "detection/coco",
    whole=True,
)
def category_not_defined(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for number, (_, thing) in enumerate(draft.things(rng, COUNT)):
        thing.said = {"category_id": 40 + number}
        yield Spot(words=[str(40 + number)])


@plants(
    "class-undefined",
    "yolo",
    whole=True,
)
def class_number_past_the_names(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for number, (_, thing) in enumerate(draft.things(rng, COUNT)):
        thing.row = 20 + number
        yield Spot(words=[str(20 + number)])


@plants("box-degenerate", "detection")
def no_width(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (box[0], box[1], 0, box[3]))


@plants("box-degenerate", "detection")
def no_height(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (box[0], box[1], box[2], 0))


@plants("box-degenerate", "detection/coco", follows={"area-contradicts-shape": "a box without area has none"})
def negative_sides(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (box[0] + box[2], box[1] + box[3], -box[2], -box[3]))


@plants(
    "box-out-of-bounds",
    "detection",
    "segmentation/coco",
    "segmentation/yolo",
    follows={"polygon-invalid": "the outline leaves too"},
)
def past_the_far_edge(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (shot.width - box[2] / 2, box[1], box[2], box[3]))


@plants("box-out-of-bounds", "detection", "segmentation/coco", follows={"polygon-invalid": "the outline leaves too"})
def before_the_near_edge(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (box[0], -box[3] / 3, box[2], box[3]))


@plants("box-full-frame", "detection", follows={"box-size-outlier": "no other object is so large"})
def the_whole_frame(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (0.0, 0.0, float(shot.width), float(shot.height)))


def _doubled(draft: Draft, rng: Rng, step: int) -> Iterator[Spot]:
    for shot, thing in draft.things(rng, COUNT):
        x, y, w, h = thing.box
        row = (thing.row + step) % len(draft.classes)
        twin = Thing(thing.row, thing.box, thing.ring)
        twin.move((x + 0.5, y, w, h - 0.5))
        twin.row = row
        shot.things.append(twin)
        yield Spot([shot], classes=sorted({draft.classes[thing.row], draft.classes[row]}))


@plants("box-duplicate", "detection", "segmentation/coco", "segmentation/yolo")
def labelled_twice(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _doubled(draft, rng, 0)


@plants("box-under-two-classes", "detection", "segmentation/coco", "segmentation/yolo")
def labelled_under_two_classes(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _doubled(draft, rng, 1)


@plants(
    "box-side-extreme",
    "detection",
    follows={"box-size-outlier": "no other object is so flat"},
)
def slivers(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (20.0, box[1], 250.0, 3.0))


@plants("objects-small", "detection", "segmentation/coco", whole=True)
def half_of_all_small(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.shots:
        if rng.random() < 0.6:
            for thing in shot.things:
                x, y, w, h = thing.box
                thing.move((x + w / 3, y + h / 3, w / 3, h / 3))
            yield Spot([shot])


@plants(
    "objects-tiny-at-target",
    "detection",
    asked={"input_px": 160},
)
def tiny_at_the_input_size(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Shrink half of a class to 14 pixels, which the target sees as 7."""
    row = int(rng.integers(len(draft.classes)))
    for shot in draft.shots:
        mine = [thing for thing in shot.things if thing.row == row and rng.random() < 0.5]
        for thing in mine:
            thing.move((thing.box[0], thing.box[1], 14.0, 14.0))
        if mine:
            yield Spot([shot], classes=[draft.classes[row]])


def _rings(draft: Draft, rng: Rng, bend: Callable[[tuple[float, ...]], tuple[float, ...]]) -> Iterator[Spot]:
    for shot, thing in draft.things(rng, COUNT):
        thing.ring = bend(thing.ring)
        yield Spot([shot], classes=[draft.classes[thing.row]])


@plants(
    "polygon-invalid",
    "segmentation/coco",
    "segmentation/yolo",
)
def crossing_itself(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Swap two corners half the outline apart, so that its sides cross."""

    def bend(ring: tuple[float, ...]) -> tuple[float, ...]:
        corners = [ring[i : i + 2] for i in range(0, len(ring), 2)]
        corners[2], corners[8] = corners[8], corners[2]
        return tuple(value for corner in corners for value in corner)

    yield from _rings(draft, rng, bend)


@plants("polygon-invalid", "segmentation/coco")
def ring_of_odd_numbers(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _entries(draft, rng, {"segmentation": [[10, 10, 40, 10, 30, 30, 12]]})


@plants("polygon-invalid", "segmentation/coco")
def ring_of_two_points(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _entries(draft, rng, {"segmentation": [[10, 10, 40, 10]]})


@plants("polygon-invalid", "segmentation/coco")
def ring_without_area(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot, thing in draft.things(rng, COUNT):
        x, y, w, h = thing.box
        thing.said = {"segmentation": [[x, y, x + w, y + h, x + w / 2, y + h / 2]]}
        yield Spot([shot])


@plants("polygon-invalid", "segmentation/coco")
def outline_beside_its_box(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot, thing in draft.things(rng, COUNT):
        moved = [value + (90 if thing.box[0] < 160 else -90) * (i % 2 == 0) for i, value in enumerate(thing.ring)]
        thing.said = {"segmentation": [moved]}
        yield Spot([shot])


@plants("area-contradicts-shape", "segmentation/coco")
def area_said_thrice(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot, thing in draft.things(rng, COUNT):
        thing.said = {"area": 3 * area(thing.ring)}
        yield Spot([shot])


@plants("area-contradicts-shape", "detection/coco", "segmentation/coco")
def area_said_as_nothing(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot, thing in draft.things(rng, COUNT):
        thing.said = {"area": 0}
        yield Spot([shot])


@plants("crowd-all", "detection/coco", "segmentation/coco", follows={"class-rare": "crowds are not scored"})
def one_class_all_crowds(draft: Draft, rng: Rng) -> Iterator[Spot]:
    row = int(rng.integers(len(draft.classes)))
    for shot in draft.shots:
        for thing in shot.things:
            thing.said = {"iscrowd": int(thing.row == row)}
    yield Spot(classes=[draft.classes[row]])


@plants("box-size-outlier", "detection")
def many_times_its_like(draft: Draft, rng: Rng) -> Iterator[Spot]:
    yield from _boxes(draft, rng, lambda shot, box: (5.0, 5.0, 280.0, 210.0))


@plants(
    "labels-few-beside-peers",
    "detection",
    "segmentation/coco",
    "segmentation/yolo",
    follows={"objects-small": "to hold many, the set has its objects quartered"},
)
def broken_off(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Label one of the many objects that stand in every image of this set."""
    for shot in draft.shots:
        shot.things = [part for thing in shot.things for part in _quartered(thing)]
    for shot in draft.pick(rng, COUNT):
        shot.things = shot.things[:1]
        yield Spot([shot])


def _quartered(thing: Thing) -> Iterator[Thing]:
    x, y, w, h = thing.box
    for across, down in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        part = Thing(thing.row, thing.box, thing.ring)
        part.move((x + across * w, y + down * h, w / 2 - 1, h / 2 - 1))
        yield part


@plants("image-unlabelled", "detection", "segmentation")
def forgotten(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, 45, "train"):
        shot.listed = False
        yield Spot([shot])


@plants("images-empty-many", "detection", "segmentation", whole=True)
def labelled_as_empty(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.pick(rng, int(0.7 * len(draft.of("train"))), "train"):
        shot.things = []
        yield Spot([shot])


@plants("label-file-orphaned", "yolo")
def labels_without_image(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for number in range(COUNT):
        name = f"train/labels/lost{number}.txt"
        draft.after.append(lambda root, name=name: (root / name).write_text("0 0.5 0.5 0.2 0.2\n"))
        yield Spot(words=[name])


@plants("class-never-labelled", "detection", "segmentation", "classification")
def class_without_objects(draft: Draft, rng: Rng) -> Iterator[Spot]:
    draft.classes.append("flange")
    yield Spot(classes=["flange"])


@plants("class-dummy-root", "detection/coco")
def root_of_an_export(draft: Draft, rng: Rng) -> Iterator[Spot]:
    rows = [{"id": row, "name": name, "supercategory": "parts"} for row, name in enumerate(draft.classes, start=1)]
    draft.said = {"categories": [{"id": 0, "name": "parts", "supercategory": "none"}, *rows]}
    yield Spot(words=["parts"])


@plants("class-name-odd", "detection", "segmentation/coco", "segmentation/yolo")
def names_that_say_nothing(draft: Draft, rng: Rng) -> Iterator[Spot]:
    row = int(rng.integers(len(draft.classes)))
    draft.classes[row] = str(rng.choice(["", "7", "class_2", "object", "???"]))
    yield Spot(classes=[draft.classes[row]])


def _namesake(draft: Draft, rng: Rng, said: str, other: str) -> Iterator[Spot]:
    """Split one class over two spellings of its name."""
    draft.classes[0] = said
    draft.classes.append(other)
    for shot in draft.shots:
        if shot.row == 0 and rng.random() < 0.5:
            shot.row = len(draft.classes) - 1
        for thing in shot.things:
            if thing.row == 0 and rng.random() < 0.5:
                thing.row = len(draft.classes) - 1
    yield Spot(classes=[said, other])


_SPELLINGS = {
    "case": ("bolt", "Bolt"),
    "space": ("hex bolt", "hex_bolt"),
    "trailing_space": ("bolt", "bolt "),
    "plural": ("bolt", "bolts"),
    "typo": ("connector", "conector"),
}


def _shelve(name: str, said: str, other: str) -> None:
    def clash(draft: Draft, rng: Rng) -> Iterator[Spot]:
        yield from _namesake(draft, rng, said, other)

    clash.__name__ = f"names_differ_by_{name}"
    follows = {"class-rare": "each name has a part of the objects"}
    if other.endswith(" "):
        follows["class-name-odd"] = "a name that ends in a space is odd too"
    plants("class-names-clash", "detection", "classification", follows=follows)(clash)


for _name, (_said, _other) in _SPELLINGS.items():
    _shelve(_name, _said, _other)
