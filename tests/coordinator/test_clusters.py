"""What counts as one look: effective counts fall with copies and recordings, and nothing else moves them."""

import re
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_up import labelled, picture, seen
from readiness.evidence.dataset import ClassCount
from readiness_coordinator.formats.labelled import Annotation, Labelled
from readiness_coordinator.scan import clusters, counts, tallies
from readiness_coordinator.scan.seen import Copy, Options, Seen

BOX = (10.0, 10.0, 20.0, 20.0)


def counted(looked: Seen) -> dict[str, ClassCount]:
    return {one.name: one for one in counts.classes(looked.labelled, clusters.of(looked))}


def frames(count: int, each: int = 1, pattern: str = "{}.jpg", **more: Any) -> list[Any]:
    return [picture(pattern.format(number), "test", boxes=[(0, BOX)] * each, **more) for number in range(count)]


def test_pictures_of_one_object_each_are_worth_their_number():
    bolt = counted(seen(labelled(frames(30))))["bolt"]
    assert (bolt.distinct, bolt.sources, bolt.effective) == ({"test": 30}, {"test": 30}, {"test": 30.0})


def test_objects_that_share_a_picture_or_a_recording_are_worth_less():
    many = counted(seen(labelled(frames(30, each=6))))["bolt"]
    assert (many.distinct["test"], many.effective["test"]) == (180, 90.0)
    film = counted(seen(labelled(frames(30, pattern="yard_mp4-{}.jpg"))))["bolt"]
    assert (film.distinct["test"], film.effective["test"]) == (30, pytest.approx(30 / 6.8, abs=0.01))
    tagged = counted(seen(labelled(frames(30, tags={"recording": "r1"}))))["bolt"]
    assert tagged.effective == film.effective


def test_the_users_pattern_names_what_was_taken_together():
    looked = seen(labelled(frames(30, pattern="siteA-{}.jpg")))
    pattern = re.compile(r"^(\w+)-")
    grouped = counted(replace(looked, options=Options(group=pattern)))["bolt"]
    assert counted(looked)["bolt"].effective["test"] == 30
    assert grouped.effective["test"] == pytest.approx(30 / 6.8, abs=0.01)


def test_copies_count_once_by_name_and_by_pixels_with_the_fullest_of_them():
    names = [f"part{number}_jpg.rf.{copy}.jpg" for number in range(10) for copy in range(3)]
    pictures = [picture(name, "test", boxes=[(0, BOX)] * (1 + index % 3)) for index, name in enumerate(names)]
    bolt = counted(seen(labelled(pictures)))["bolt"]
    assert (bolt.objects["test"], bolt.distinct["test"], bolt.sources["test"]) == (60, 30, 10)
    alike = counted(seen(labelled(frames(30)), groups=[["0.jpg", "1.jpg"], ["1.jpg", "2.jpg"]]))["bolt"]
    assert (alike.distinct["test"], alike.sources["test"]) == (28, 28)


def test_parts_of_one_scene_are_no_copies_but_one_recording():
    pair = [Copy(f"{n}.jpg", f"{n + 1}.jpg", part=True) for n in range(29)]
    bolt = counted(seen(labelled(frames(30)), copies=pair))["bolt"]
    assert (bolt.distinct["test"], bolt.effective["test"]) == (30, pytest.approx(30 / 6.8, abs=0.01))
    whole = counted(seen(labelled(frames(30)), copies=[one._replace(part=False) for one in pair]))["bolt"]
    assert whole.distinct["test"] == 1


def test_crowds_are_no_objects_and_an_absent_class_has_no_entry():
    crowd = Annotation(id="9", row=0, box=BOX, crowd=True)
    pictures = [msgspec.structs.replace(one, annotations=(*one.annotations, crowd)) for one in frames(4)]
    both = counted(seen(labelled(pictures)))
    assert (both["bolt"].objects, both["bolt"].distinct) == ({"test": 8}, {"test": 4})
    assert (both["nut"].distinct, both["nut"].effective, both["nut"].worth("test")) == ({}, {}, 0.0)


def test_an_empty_dataset_and_one_of_labels():
    assert tallies.by_split(labelled([]), clusters.of(seen(labelled([])))) == {}
    named = [picture(f"{n}.jpg", "test", label="nut") for n in range(5)]
    nut = counted(seen(labelled(named, task="classification")))["nut"]
    assert nut.effective == {"test": 5.0}


@st.composite
def datasets(draw: st.DrawFn) -> Labelled:
    kinds = st.tuples(st.sampled_from(["train", "test"]), st.lists(st.integers(0, 1), max_size=5), st.integers(0, 3))
    return labelled(
        picture(
            f"{number}.jpg", split, boxes=[(row, BOX) for row in rows], tags={"recording": str(film)} if film else {}
        )
        for number, (split, rows, film) in enumerate(draw(st.lists(kinds, min_size=1, max_size=15)))
    )


@settings(max_examples=40, deadline=None)
@given(datasets(), st.randoms(use_true_random=False))
def test_neither_order_nor_names_nor_copies_of_all_raise_effective_counts(said: Labelled, random: Any):
    before = [(one.distinct, one.sources, one.effective) for one in counted(seen(said)).values()]
    names = [f"renamed{number}.png" for number in range(len(said.pictures))]
    random.shuffle(names)
    renamed = [msgspec.structs.replace(one, name=name) for one, name in zip(said.pictures, names, strict=True)]
    assert [(one.distinct, one.sources, one.effective) for one in counted(seen(labelled(renamed))).values()] == before
    twins = [msgspec.structs.replace(one, name=f"twin-{one.name}") for one in said.pictures]
    pairs = [[one.name, f"twin-{one.name}"] for one in said.pictures]
    doubled = seen(labelled([*said.pictures, *twins]), groups=pairs)
    assert [(one.distinct, one.sources, one.effective) for one in counted(doubled).values()] == before
