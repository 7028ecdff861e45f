"""No output may land in a dataset, by whatever spelling; beside a single COCO file there is room."""

import shutil
from pathlib import Path

import pytest

from parts_dataset import Parts
from readiness.exits import Stop
from readiness_coordinator import formats
from readiness_coordinator.scan import untouched


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "parts", train=3, test=2)


@pytest.mark.parametrize(
    "place",
    [
        "parts/annotations/test.json",
        "parts/new.json",
        "parts/train/train000.png",
        "parts",
        "other/../parts/x",
        "link/x",
    ],
)
def test_inside_a_folder_nothing_is_written(parts: Parts, tmp_path: Path, place: str):
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to(parts.root)
    with pytest.raises(Stop, match="lies in the dataset, which is never written to"):
        untouched.refuse(str(parts.root), formats.open_dataset(parts.root), [tmp_path / place])


def test_a_relative_dataset_is_known_by_its_real_place(parts: Parts, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(parts.root)
    with pytest.raises(Stop):
        untouched.refuse(".", formats.open_dataset(Path()), [Path("report.json")])


def test_the_label_file_itself_and_its_pictures_are_safe(parts: Parts, tmp_path: Path):
    alone = tmp_path / "alone.coco.json"
    (parts.root / "annotations/test.json").rename(alone)
    labelled = formats.open_dataset(alone, images=parts.root / "test")
    for place in (alone, parts.root / "test/test000.png"):
        with pytest.raises(Stop):
            untouched.refuse(str(alone), labelled, [place])
    untouched.refuse(str(alone), labelled, [tmp_path / "report.json", tmp_path / "elsewhere/report.json"])


def test_a_zip_is_not_replaced(parts: Parts, tmp_path: Path):
    file = Path(shutil.make_archive(str(tmp_path / "parts"), "zip", parts.root))
    with pytest.raises(Stop):
        untouched.refuse(str(file), formats.open_dataset(file), [file])
    untouched.refuse(str(file), formats.open_dataset(file), [tmp_path / "report.json"])
