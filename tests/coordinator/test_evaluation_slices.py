"""What evaluation samples and where it looks closer: clusters by recording and source, slices by crowding and place."""

from pathlib import Path

import cv2
import msgspec
import numpy as np
from PIL import Image

from made_up import labelled, picture
from readiness.evidence.evaluation import SliceResult
from readiness_coordinator.evaluate import ground_truth, slice_dimensions, slice_results, tallies
from readiness_coordinator.formats.labelled import Picture

CENTRE, EDGE = (40.0, 40.0, 20.0, 20.0), (0.0, 40.0, 20.0, 20.0)


def test_frames_and_copies_are_one_cluster_by_tag_or_by_name():
    names = ["a_mp4-1.jpg", "a_mp4-2.jpg", "b_jpg.rf.1a.jpg", "b_jpg.rf.2b.jpg", "c.jpg", "d.jpg"]
    pictures = [picture(name, boxes=[(0, CENTRE)]) for name in names]
    pictures += [picture(f"{n}.jpg", boxes=[(0, CENTRE)], tags={"recording": "r1"}) for n in "ef"]
    truth = ground_truth.of(pictures, labelled(pictures))
    assert truth.cluster.tolist() == [0, 0, 1, 1, 2, 3, 4, 4]


def test_recall_by_crowding_and_position():
    pictures = [
        picture("one.jpg", boxes=[(0, CENTRE)]),
        picture("three.jpg", boxes=[(0, CENTRE), (1, EDGE), (1, EDGE)]),
        picture("none.jpg"),
    ]
    said = labelled(pictures)
    truth = ground_truth.of(pictures, said)
    hit = np.array([True, True, False, True])
    tags = {one.name: slice_results.picture_slices(one, None) for one in pictures}
    results = {one.name: one for one in slice_results.measure(said, truth, pictures, hit, tags, 0.95)}
    places = {"position=centre", "position=edge"}
    assert set(results) == {"crowding=single", "crowding=few", *places, "size=small", "aspect=compact"}
    assert (results["crowding=few"].recall.hits, results["crowding=few"].recall.n) == (2, 3)
    assert (results["position=edge"].recall.hits, results["position=edge"].objects) == (1, 2)


def test_camera_and_time_of_day_are_read_from_the_file(tmp_path: Path):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Basler", "acA1920"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:23 06:30:00"
    noise = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg", exif=exif)
    cv2.imwrite(str(tmp_path / "b.jpg"), noise)
    (tmp_path / "c.jpg").write_bytes(b"no image")
    pictures = [
        Picture(name=name, file=tmp_path / name, split="test", key=name) for name in ("a.jpg", "b.jpg", "c.jpg")
    ]
    tags = slice_results.tags(pictures)
    seen = {"crowding": "empty", "light": "well_lit", "sharpness": "sharp"}
    assert tags["a.jpg"] == {**seen, "camera": "basler_aca1920", "time_of_day": "dawn"}
    assert tags["b.jpg"] == seen
    assert tags["c.jpg"] == {"crowding": "empty"}


def drawn(images: int) -> tuple[list[Picture], dict[str, dict[str, str]]]:
    rng = np.random.default_rng(1)
    pictures = [
        picture(
            f"{i:03}.jpg",
            boxes=[(int(rng.integers(3)), tuple(rng.uniform(1, 60, 4).tolist())) for _ in range(rng.integers(0, 5))],
            tags={"light": str(rng.choice(["dark", "bright"])), "serial": str(i)}
            | ({"recording": "r"} if i < 9 else {}),
        )
        for i in range(images)
    ]
    return pictures, {one.name: slice_results.picture_slices(one, None) for one in pictures}


def by_hand(pictures: list[Picture], hit: np.ndarray, inside: list[bool]) -> tuple[int, int, int, tuple[str, ...]]:
    """Objects, hits, images and missed images of some objects, counted one by one."""
    names = [one.name for one in pictures for _ in one.annotations]
    mine = [(name, bool(found)) for name, found, own in zip(names, hit, inside, strict=True) if own]
    missed = [name for name, found in mine if not found]
    ranked = sorted(set(missed), key=lambda name: (-missed.count(name), name))
    return len(mine), sum(found for _, found in mine), len({name for name, _ in mine}), tuple(ranked)


def test_every_slice_is_what_counting_one_by_one_gives():
    pictures, tags = drawn(120)
    said = labelled(pictures, classes=("a", "b", "c"))
    truth = ground_truth.of(pictures, said)
    hit = np.random.default_rng(2).random(truth.row.size) < 0.7
    results = slice_results.measure(said, truth, pictures, hit, tags, 0.95)
    assert {one.dimension for one in results} == {"light", "crowding", "aspect", "position", "size"}
    dimensions = {one.name: one for one in slice_dimensions.cut(said, truth, pictures, tags)}
    for one in results:
        dimension = dimensions[one.dimension]
        inside = dimension.of_object == dimension.values.index(one.value)
        inside &= (truth.row == said.classes.index(one.class_name)) if one.class_name else True
        objects, hits, images, missed = by_hand(pictures, hit, inside.tolist())
        assert (one.objects, one.recall.hits, one.images) == (objects, hits, images)
        assert one.missed_images == missed[: 5 if one.class_name else 20]
        assert one.recall == tallies.rate(hit[inside], truth.cluster[truth.image[inside]], 0.95)


def test_a_class_is_cut_where_it_leaves_enough_to_judge():
    pictures, tags = drawn(120)
    said = labelled(pictures, classes=("a", "b", "c"))
    truth = ground_truth.of(pictures, said)
    results = slice_results.measure(said, truth, pictures, np.ones(truth.row.size, dtype=bool), tags, 0.95)
    own = [one for one in results if one.class_name]
    assert {one.dimension for one in own} == {"light", "size"}
    assert min(one.objects for one in own) >= slice_results.LEAST_OF_A_CLASS
    assert [one.name for one in own] == list(dict.fromkeys(one.name for one in own))


def test_crowds_count_nowhere_and_cut_off_objects_are_a_slice():
    pictures, tags = drawn(60)
    marked = [
        msgspec.structs.replace(
            one,
            annotations=tuple(
                msgspec.structs.replace(each, crowd=j == 0, truncated=j == 1, difficult=j == 2)
                for j, each in enumerate(one.annotations)
            ),
        )
        for one in pictures
    ]
    said = labelled(marked, classes=("a", "b", "c"))
    truth = ground_truth.of(marked, said)
    results: dict[str, SliceResult] = {
        one.name: one
        for one in slice_results.measure(said, truth, marked, np.ones(truth.row.size, dtype=bool), tags, 0.95)
    }
    assert results["truncated=yes"].objects == sum(len(one.annotations) > 1 for one in marked)
    assert sum(results[f"truncated={word}"].objects for word in ("yes", "no")) == int((~truth.crowd).sum())
    assert not any(name.startswith("difficult") for name in results)
    assert "difficult" in {one.name for one in slice_dimensions.cut(said, truth, marked, tags)}


def test_tags_of_the_label_file_are_dimensions_where_they_have_few_values():
    pictures, tags = drawn(40)
    pictures = [
        msgspec.structs.replace(one, tags=one.tags | {"line": "AB"[i % 2], "plant": "north"})
        for i, one in enumerate(pictures)
    ]
    said = labelled(pictures)
    names = {one.name for one in slice_dimensions.cut(said, ground_truth.of(pictures, said), pictures, tags)}
    assert {"line", "light"} < names
    assert not {"serial", "plant", "recording"} & names


def test_the_worst_images_of_many_groups_are_those_of_each():
    pictures, _ = drawn(50)
    rng = np.random.default_rng(3)
    images, group = rng.integers(0, 50, 400), rng.integers(-1, 6, 400)
    together = tallies.worst_by_group(pictures, images, group, 7)
    assert together == [tallies.worst_first(pictures, images[group == number]) for number in range(7)]
    assert together[6] == ()
