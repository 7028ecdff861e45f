"""What evaluation samples and where it looks closer: clusters by recording and source, slices by crowding and place."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from made_up import labelled, picture
from readiness_coordinator.evaluate import ground_truth, slice_results
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
    assert set(results) == {"crowding=single", "crowding=few", "position=centre", "position=edge", "size=small"}
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
