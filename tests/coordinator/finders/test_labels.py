"""Labelling as a whole: faults at their images, images labelled in part, names of classes and files."""

from pathlib import Path

import pytest

from drawn_labels import details, faulty, found, labelled, names, one, ordinary, picture
from readiness.evidence.dataset import Listing
from readiness_coordinator.formats.labelled import Fault
from readiness_coordinator.scan.finders import class_names, file_names, labels
from readiness_coordinator.scan.seen import Seen


@pytest.mark.parametrize(
    ("where", "image", "detail"),
    [
        ("train/images/a.jpg", "train/images/a.jpg", "odd"),
        ("train/images/a.jpg annotation 3", "train/images/a.jpg", "annotation 3: odd"),
        ("test/images/a.jpg: line 4", "test/images/a.jpg", "line 4: odd"),
        ("test/labels/a.txt:3", "test/images/a.jpg", "test/labels/a.txt:3: odd"),
        ("train/Annotations/a.xml object 2", "train/images/a.jpg", "train/Annotations/a.xml object 2: odd"),
        ("instances.json annotation 3", None, "instances.json annotation 3: odd"),
        ("", None, ": odd"),
    ],
)
def test_a_fault_stands_at_the_image_it_names(where: str, image: str | None, detail: str):
    (item,) = faulty(labels.find, [Fault(where, "odd")])["annotation-unusable"].items
    assert (item.images, item.detail) == ((image,) if image else (), detail)


def test_each_code_has_its_listing_and_no_fault_is_lost():
    codes = ("class-undefined", "class-dummy-root", "label-file-orphaned", "mask-values-stray", "of-tomorrow")
    faults = [Fault(f"file {code}", "odd", code) for code in codes]
    answer = faulty(labels.find, faults, task="segmentation")
    assert all(answer[code].total == 1 for code in codes[:4])
    assert details(answer["annotation-unusable"]) == ["file of-tomorrow: odd"]
    assert faulty(labels.find, faults)["annotation-unusable"].total == 2
    assert faulty(labels.find, [])["class-undefined"].total == 0


def _scene(bolts: int, nuts: int) -> list:
    return [one(int(i >= bolts), (6.0 * i, 10, 5, 5)) for i in range(bolts + nuts)]


def test_images_that_lack_what_always_comes_with_theirs():
    scenes = [picture(f"{i:03d}.jpg", _scene(10 + i % 4, 6 + i % 5)) for i in range(60)]
    half = [picture("half.jpg", _scene(14, 0)), picture("few.jpg", _scene(1, 1)), picture("none.jpg", [])]
    answer = found(labels.find, [*scenes, *half])
    assert [(item.images[0], item.detail) for item in answer["labels-few-beside-peers"].items] == [
        ("few.jpg", "2 labelled, usual are 19"),
        ("half.jpg", "no nut beside bolt, usual are 8"),
    ]
    assert names(answer["images-empty-many"]) == ["none.jpg"]


def test_images_whose_labels_could_not_be_used_are_not_blamed_for_having_few():
    scenes = [picture(f"{i:03d}.jpg", _scene(10 + i % 4, 6 + i % 5)) for i in range(60)]
    cut = [picture("few.jpg", _scene(1, 1)), picture("half.jpg", _scene(14, 0)), picture("none.jpg", [])]
    faults = tuple(Fault(f"{one.name} labels.json annotation 1", "odd") for one in cut)
    answer = found(labels.find, [*scenes, *cut], faults=faults)
    assert [answer[code].total for code in ("labels-few-beside-peers", "images-empty-many")] == [0, 0]
    assert names(answer["annotation-unusable"]) == ["few.jpg", "half.jpg", "none.jpg"]


def test_a_mask_of_background_alone_is_labelled_as_empty_and_an_unreadable_one_is_not_labelled():
    region = one(0, (5, 5, 50, 50), area=900.0, shape="mask")
    pictures = [picture("full.png", [region], mask=Path("full_mask.png"))]
    pictures += [picture("bare.png", [], mask=Path("bare_mask.png"))]
    pictures += [picture("lost.png", [], mask=Path("lost_mask.png"), labelled=False)]
    answer = found(labels.find, pictures, task="segmentation")
    assert names(answer["images-empty-many"]) == ["bare.png"]
    assert names(answer["image-unlabelled"]) == ["lost.png"]


def test_a_companion_that_comes_alone_or_seldom_is_not_missed():
    once = [picture(f"{i:03d}.jpg", _scene(10 + i % 4, 1)) for i in range(60)] + [picture("x.jpg", _scene(12, 0))]
    assert found(labels.find, once)["labels-few-beside-peers"].total == 0
    seldom = [picture(f"{i:03d}.jpg", _scene(10 + i % 4, 8 * (i % 5 > 0))) for i in range(60)]
    assert found(labels.find, seldom)["labels-few-beside-peers"].total == 0
    assert found(labels.find, ordinary())["labels-few-beside-peers"].total == 0


def _classes(*given: str, task: str = "detection") -> dict[str, Listing]:
    pictures = [picture(f"{row}.jpg", [one(row, (5, 5, 50, 50))] * (9 - row)) for row in range(len(given))]
    return found(class_names.find, pictures, classes=given, task=task)


def test_names_that_clash_are_told_with_the_images_of_the_rarer():
    listing = _classes("bolt", "Bolt ", "bolts", "nut", "washer", "wahser")["class-names-clash"]
    assert [(item.images, item.classes, item.detail) for item in listing.items] == [
        (
            ("1.jpg",),
            ("Bolt ", "bolt"),
            "'Bolt ' and 'bolt': the same but for case, accents or separators (8 and 9 objects)",
        ),
        (("2.jpg",), ("Bolt ", "bolts"), "'Bolt ' and 'bolts': one is the other's plural (8 and 7 objects)"),
        (("5.jpg",), ("wahser", "washer"), "'wahser' and 'washer': a slip of the pen apart (4 and 5 objects)"),
    ]
    twice = _classes("bolt", "nut", "bolt")["class-names-clash"]
    assert details(twice) == ["'bolt' and 'bolt': the same name twice (16 and 16 objects)"]


@pytest.mark.parametrize(
    ("given", "odd"),
    [
        (("cat", "dog", "3d printer", "car/truck", "A+", "C#", "hot dog", "人", "नमस्ते"), []),
        (tuple("0123456789"), []),
        (tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), []),
        (("bolt", "nut", "2"), ["2"]),
        (("cat", "dog", "bird", "cow", "7"), ["7"]),
        (("cat", "dog", "bird", "cow", "class 4"), ["class 4"]),
        (("cat", "", " ", "do\tg", "b\u200bird", "/data/cow", "x.jpg", " hen", "c\ufffd"), None),
    ],
)
def test_names_that_are_none(given: tuple[str, ...], odd: list[str] | None):
    listing = _classes(*given)["class-name-odd"]
    assert {item.classes[0] for item in listing.items} == set(given[1:] if odd is None else odd)


def test_classes_that_no_object_carries():
    answer = found(class_names.find, [picture("a.jpg", [one(0, (5, 5, 50, 50))])])
    assert details(answer["class-never-labelled"]) == ["'nut'", "'washer'"]
    pictures = [picture("a.jpg", [], label="nut"), picture("b.jpg", [], label="bolt")]
    answer = found(class_names.find, pictures, classes=("bolt", "nut"), task="classification")
    assert answer["class-never-labelled"].total == 0


def test_names_of_files_that_collide():
    given = ["train/a.jpg", "train/A.jpg", "train/caf\u00e9.jpg", "train/cafe\u0301.jpg", "test/a.jpg", "train/b.jpg"]
    answer = found(file_names.find, [picture(name, []) for name in given])
    assert [item.images for item in answer["names-collide"].items] == [
        ("train/A.jpg", "train/a.jpg"),
        ("train/cafe\u0301.jpg", "train/caf\u00e9.jpg"),
    ]


def test_a_classifier_is_asked_about_names_and_files_only():
    answer = labels.find(Seen(labelled([], task="classification"), {}, {}, None))
    assert "labels-few-beside-peers" not in answer
    assert "class-undefined" in answer
