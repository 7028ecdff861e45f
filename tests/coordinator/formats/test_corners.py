"""Text files of corners: boxes as written, difficult ones, what is no line, and the real ones of a robot."""

from pathlib import Path

import pytest

from readiness_coordinator.formats import Fault, Unreadable, open_dataset
from readiness_coordinator.scan.dataset import scan


def build(root: Path, texts: dict[str, str], images: tuple[str, ...] = ("a.jpg", "b.jpg")) -> Path:
    for folder in ("input/ground-truth", "input/images-optional", "input/detection-results"):
        (root / folder).mkdir(parents=True)
    for name in images:
        (root / "input/images-optional" / name).write_bytes(b"jpeg")
    for name, text in texts.items():
        (root / "input/ground-truth" / name).write_text(text)
    (root / "input/detection-results/a.txt").write_text("cup 0.9 1 2 3 4\n")
    return root


@pytest.mark.parametrize("inside", ["", "input", "input/ground-truth"])
def test_boxes_are_as_written_and_detections_are_no_labels(tmp_path: Path, inside: str):
    build(tmp_path, {"a.txt": "nut 1 2 11 22\nbolt 3 4 5.5 6 difficult\n", "b.txt": ""})
    read = open_dataset(tmp_path / inside)
    assert (read.format, read.classes, read.faults) == ("corners", ("bolt", "nut"), ())
    first, second = read.pictures
    assert [(one.row, one.box, one.difficult) for one in first.annotations] == [
        (1, (1, 2, 10, 20), False),
        (0, (3, 4, 2.5, 2), True),
    ]
    assert (second.labelled, second.annotations) == (True, ())


def test_what_is_no_line_is_named_by_file_and_line_and_the_rest_stays(tmp_path: Path):
    rows = "traffic light 1 2 3 4\nnut 1 2 3\nnut 1 nan 3 4\n\nnut 1 2 3 4 hard\nnut 1 2 30 40\n"
    read = open_dataset(build(tmp_path, {"a.txt": rows, "gone.txt": "nut 1 2 3 4"}))
    assert [len(picture.annotations) for picture in read.pictures] == [1, 0]
    assert [picture.labelled for picture in read.pictures] == [True, False]
    where = "input/images-optional/a.jpg input/ground-truth/a.txt"
    assert [fault.where for fault in read.faults] == [
        "input/ground-truth/gone.txt",
        *(f"{where}:{number}" for number in (1, 2, 3, 5)),
    ]
    assert "the class in one word" in read.faults[1].what
    assert read.faults[0] == Fault("input/ground-truth/gone.txt", "no image has this name", "label-file-orphaned")


def test_widths_and_heights_are_refused_in_one_line(tmp_path: Path):
    rows = "\n".join(f"nut {x} 200 50 60" for x in range(100, 120))
    with pytest.raises(Unreadable, match=r"20 of 20 boxes end before they start: .* write right and bottom"):
        open_dataset(build(tmp_path, {"a.txt": rows}))


def test_text_without_any_image_is_one_line(tmp_path: Path):
    with pytest.raises(Unreadable, match="no image for the text files"):
        open_dataset(build(tmp_path, {"a.txt": "nut 1 2 3 4"}, images=()))


def test_the_five_boxes_past_the_lower_edge_of_a_robots_rooms(shared_data: Path):
    read = open_dataset(shared_data / "datasets/robot_home")
    assert (read.format, len(read.pictures), len(read.classes), read.faults) == ("corners", 85, 30, ())
    dataset = scan(read, observed_at="2026-11-23T12:00:00Z")
    assert dataset.annotations == 686
    outside = dataset.listed("box-out-of-bounds")
    assert outside is not None
    assert [(Path(one.images[0]).stem, one.classes) for one in outside.items] == [
        ("2007_000061", ("chair",)),
        ("2007_000061", ("sofa",)),
        ("2007_000256", ("countertop",)),
        ("2007_000256", ("wastecontainer",)),
        ("2007_000272", ("chair",)),
    ]
