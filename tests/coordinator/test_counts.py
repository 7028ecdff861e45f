"""Counts of a dataset version: splits that are named and empty, and slices of pictures and of objects."""

from made_up import labelled, look, picture, seen
from readiness_coordinator.scan import counts

CENTRE, CORNER = (40.0, 40.0, 20.0, 20.0), (0.0, 0.0, 20.0, 20.0)


def test_a_split_that_is_named_and_holds_nothing_is_counted():
    found = counts.splits(labelled([picture("a.jpg", boxes=[(0, CENTRE)])], declared=("train", "val")))
    assert [(one.name, one.images, one.labelled, one.annotations) for one in found] == [
        ("train", 1, 1, 1),
        ("val", 0, 0, 0),
    ]


def test_slices_count_each_picture_once_and_each_object():
    pictures = [
        picture("a_mp4-1.jpg", boxes=[(0, CENTRE), (1, CORNER), (1, CORNER)]),
        picture("b.jpg", boxes=[(0, CENTRE)], tags={"camera": "north"}),
    ]
    looked = seen(labelled(pictures), {"b.jpg": look(luma=20.0)})
    slices = {
        (one.dimension, one.value): (one.images, one.objects)
        for one in counts.slice_counts(looked.labelled, looked.views)
    }
    assert slices == {
        ("camera", "north"): (1, 1),
        ("crowding", "few"): (1, 3),
        ("crowding", "single"): (1, 1),
        ("light", "dark"): (1, 1),
        ("light", "well_lit"): (1, 3),
        ("position", "centre"): (2, 2),
        ("position", "corner"): (1, 2),
        ("recording", "a_mp4"): (1, 3),
        ("sharpness", "sharp"): (2, 4),
        ("size", "small"): (2, 4),
    }
