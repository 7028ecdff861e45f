"""Augmentation: what its copies do to a score, to the classes' weights and to the labels; nothing on careful copies."""

import numpy as np
import pytest

from made_up import labelled, look, picture, seen
from readiness.evidence.dataset import Listing
from readiness.measures.image import Look
from readiness_coordinator.formats.labelled import Fault, Picture
from readiness_coordinator.scan.finders import augmentation
from readiness_coordinator.scan.seen import Copy, Seen

BOX = (10.0, 10.0, 20.0, 20.0)


def found(looked: Seen) -> dict[str, Listing]:
    return augmentation.find(looked)


def copies(split: str = "train", sources: int = 30, each: int = 3) -> list[Picture]:
    """Exported copies of sources, three boxes in each."""
    boxes = [(0, (10.0, 10.0, 20.0, 20.0)), (1, (40.0, 40.0, 20.0, 20.0)), (1, (70.0, 60.0, 20.0, 20.0))]
    return [
        picture(f"{split}/p{number}_jpg.rf.{copy}a.jpg", split, boxes=boxes)
        for number in range(sources)
        for copy in range(each)
    ]


def careful(pictures: list[Picture]) -> dict[str, Look]:
    """Looks that vary between sources, and a little between the copies of one."""
    rng = np.random.default_rng(0)
    own = {one.name.partition(".rf.")[0]: rng.normal(0, 20) for one in pictures}
    return {
        one.name: look(
            luma=120 + own[one.name.partition(".rf.")[0]] + rng.normal(0, 8), sharpness=rng.uniform(200, 600)
        )
        for one in pictures
    }


def test_careful_copies_in_training_are_no_fault():
    pictures = copies()
    listed = found(seen(labelled(pictures), careful(pictures)))
    assert {code: one.total for code, one in listed.items()} == {
        "augmented-copies-in-evaluation": 0,
        "augmentation-too-strong": 0,
        "augmentation-flip-breaks-labels": 0,
    }


def test_copies_of_a_source_are_counted_where_models_are_judged():
    pictures = [*copies(), *copies("test", 2, 3), *copies("val", 5, 1)]
    listed = found(seen(labelled(pictures)))["augmented-copies-in-evaluation"]
    assert [(item.images[0], len(item.images), item.splits) for item in listed.items] == [
        ("test/p0_jpg.rf.0a.jpg", 3, ("test",)),
        ("test/p1_jpg.rf.0a.jpg", 3, ("test",)),
    ]
    assert listed.items[0].detail == "3 copies of one picture in test"


def test_altered_copies_are_told_by_pixels_too_and_joined_with_those_told_by_name():
    pictures = [*copies("test", 1, 3), *(picture(f"{name}.jpg", "test") for name in "abc"), picture("t.jpg", "train")]
    names = [one.name for one in pictures]
    looked = seen(labelled(pictures), groups=[["a.jpg", "b.jpg"], [*names[:3], "c.jpg"], ["b.jpg", "t.jpg"]])
    listed = found(looked)["augmented-copies-in-evaluation"]
    assert [len(item.images) for item in listed.items] == [2, 4]


def test_views_that_overlap_are_no_copies_but_exported_copies_that_do_are():
    pictures = [*copies("test", 1, 2), *(picture(f"{name}.jpg", "test") for name in "abcd")]
    shifted = Copy("a.jpg", "b.jpg", part=True)
    turned = Copy("c.jpg", "d.jpg", orientation=1)
    cut = Copy(pictures[0].name, pictures[1].name, part=True)
    listed = found(seen(labelled(pictures), copies=[shifted, turned, cut]))["augmented-copies-in-evaluation"]
    assert [item.images for item in listed.items] == [("c.jpg", "d.jpg"), (pictures[0].name, pictures[1].name)]


def test_a_copy_that_lost_its_objects_was_overdone():
    pictures = copies()
    pictures[4] = picture(pictures[4].name, boxes=[(0, BOX)])
    pictures[7] = picture(pictures[7].name, boxes=[(0, (0.0, 0.0, 4.0, 9.0)), (1, (95.0, 40.0, 5.0, 9.0)), (1, BOX)])
    pictures[10] = picture(
        pictures[10].name, boxes=[(0, (0.0, 0.0, 9.0, 9.0)), (1, (95.0, 40.0, 5.0, 9.0)), (1, (1.0, 5.0, 9.0, 5.0))]
    )
    listed = found(seen(labelled(pictures)))["augmentation-too-strong"]
    assert {item.images[0]: item.detail for item in listed.items} == {
        pictures[4].name: "1 object, its copies have 3",
        pictures[7].name: "2 boxes cut at the edge, 40% of the area that its copies have",
        pictures[10].name: "3 boxes cut at the edge, 14% of the area that its copies have",
    }


@pytest.mark.parametrize("code", ["annotation-unusable", "class-undefined"])
def test_a_copy_whose_labels_could_not_be_used_was_not_overdone(code: str):
    pictures = copies()
    pictures[4] = picture(pictures[4].name, boxes=[(0, BOX)])
    pictures[7] = picture(pictures[7].name, labelled=False)
    fault = Fault(pictures[4].name.replace(".jpg", ".txt") + ":2", "4 columns", code)
    assert found(seen(labelled(pictures, faults=(fault,))))["augmentation-too-strong"].total == 0
    assert found(seen(labelled(pictures)))["augmentation-too-strong"].total == 1


@pytest.mark.parametrize(
    ("odd", "words"),
    [({"luma": 6.0}, "luma"), ({"sharpness": 0.4}, "sharpness"), ({"colourfulness": 160.0}, "colourfulness")],
)
def test_a_copy_far_from_its_like_and_from_all_sources_was_overdone(odd: dict[str, float], words: str):
    pictures = copies()
    looks = careful(pictures)
    looks[pictures[0].name] = look(**odd)
    listed = found(seen(labelled(pictures), looks))["augmentation-too-strong"]
    assert [(item.images, item.detail) for item in listed.items] == [
        ((pictures[0].name,), f"{words} far from its copies' and from all sources'")
    ]


def test_an_odd_source_is_not_an_overdone_copy_and_few_sources_have_no_spread():
    pictures = copies()
    looks = careful(pictures) | {one.name: look(luma=5.0) for one in pictures[:3]}
    assert found(seen(labelled(pictures), looks))["augmentation-too-strong"].total == 0
    few = copies(sources=8)
    looks = careful(few) | {few[0].name: look(luma=5.0)}
    assert found(seen(labelled(few), looks))["augmentation-too-strong"].total == 0


def boxed(name: str, *rows: tuple[int, float]) -> Picture:
    """A picture with boxes of a class at a place from left to right."""
    return picture(name, boxes=[(row, (x, 40.0, 20.0, 20.0)) for row, x in rows])


def flipped(classes: tuple[str, ...], first: Picture, second: Picture, orientation: int = 1) -> list[tuple[str, ...]]:
    said = labelled([first, second], classes)
    looked = seen(said, copies=[Copy(first.name, second.name, orientation)])
    return [item.classes for item in found(looked)["augmentation-flip-breaks-labels"].items]


SIDES = ("arrow left", "arrow right", "post")


def test_a_mirrored_picture_with_its_old_side_is_found():
    assert flipped(SIDES, boxed("a.jpg", (0, 10.0)), boxed("b.jpg", (0, 70.0))) == [("arrow left",)]
    assert flipped(("turnLeft", "turnRight"), boxed("a.jpg", (0, 10.0)), boxed("b.jpg", (0, 70.0)), 3) == [
        ("turnLeft",)
    ]
    named = [picture(f"{n}.jpg", label="LEFT") for n in "ab"]
    assert flipped(("LEFT", "RIGHT"), *named) == [("LEFT",)]


def test_a_mirrored_picture_with_its_sides_exchanged_is_right():
    assert flipped(SIDES, boxed("a.jpg", (0, 10.0)), boxed("b.jpg", (1, 70.0))) == []
    assert flipped(SIDES, boxed("a.jpg", (2, 10.0)), boxed("b.jpg", (2, 70.0))) == []


def test_with_both_sides_in_the_picture_their_places_tell():
    both = boxed("a.jpg", (0, 5.0), (1, 60.0))
    assert flipped(SIDES, both, boxed("b.jpg", (1, 75.0), (0, 20.0))) == []
    assert flipped(SIDES, both, boxed("b.jpg", (0, 75.0), (1, 20.0))) == [("arrow left", "arrow right")]


def test_an_unturned_copy_or_one_mirrored_up_and_down_keeps_left_and_right():
    same = boxed("a.jpg", (0, 10.0)), boxed("b.jpg", (0, 10.0))
    assert flipped(SIDES, *same, 0) == []
    assert flipped(SIDES, *same, 2) == []
    assert flipped(("up", "down"), *same, 2) == [("up",)]
    assert flipped(SIDES, boxed("a.jpg", (0, 10.0)), boxed("b.jpg", (0, 40.0)), 5) == [("arrow left",)]


def test_what_is_read_cannot_be_mirrored_but_turned():
    pair = boxed("a.jpg", (0, 10.0)), boxed("b.jpg", (0, 70.0))
    assert flipped(("stop_sign",), *pair) == [("stop_sign",)]
    assert flipped(("stop_sign",), *pair, 3) == []
    assert flipped(tuple("0123456789"), *pair) == [("0",)]
    assert flipped(("0", "1"), *pair) == []
    assert flipped(("signal", "copyright", "upper"), *pair) == []


def test_without_pixels_to_compare_only_what_names_prove_is_known():
    assert found(Seen(labelled(copies()), {}, {}, None)) == {}
    (only,) = found(Seen(labelled(copies("test")), {}, {}, None)).items()
    assert (only[0], only[1].total) == ("augmented-copies-in-evaluation", 30)
