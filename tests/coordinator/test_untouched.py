"""No output may land in a dataset, by whatever spelling; beside a single COCO file there is room."""

import shutil
from pathlib import Path

import cv2
import pytest

from parts_dataset import Parts, picture
from readiness.exits import Stop
from readiness_coordinator import formats, profiles
from readiness_coordinator.__main__ import main
from readiness_coordinator.scan import baseline, untouched


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


@pytest.fixture
def linked(parts: Parts, tmp_path: Path) -> Path:
    """Move the training pictures out of the dataset, a link in their place."""
    away = tmp_path / "away" / "pictures"
    away.parent.mkdir()
    (parts.root / "train").rename(away)
    (parts.root / "train").symlink_to(away)
    return away


@pytest.mark.parametrize("place", ["train000.png", "new.json", "deeper/new.json"])
def test_what_a_link_in_the_dataset_leads_to_is_the_dataset(parts: Parts, linked: Path, place: str):
    with pytest.raises(Stop, match="lies in the dataset"):
        untouched.refuse(str(parts.root), formats.open_dataset(parts.root), [linked / place])


def test_a_link_back_up_closes_no_place_outside(parts: Parts, tmp_path: Path):
    (parts.root / "up").symlink_to(tmp_path)
    (parts.root / "top").symlink_to("/")
    (parts.root / "round").symlink_to("round")
    untouched.refuse(str(parts.root), formats.open_dataset(parts.root), [tmp_path / "report.json"])


def test_a_picture_is_safe_under_each_of_its_names(parts: Parts, tmp_path: Path):
    alone, other = tmp_path / "alone.coco.json", tmp_path / "same.json"
    (parts.root / "annotations/test.json").rename(alone)
    other.hardlink_to(parts.root / "test/test001.png")
    labelled = formats.open_dataset(alone, images=parts.root / "test")
    with pytest.raises(Stop):
        untouched.refuse(str(alone), labelled, [other])


@pytest.mark.parametrize("place", ["images/train/new.txt", "labels/train/0.txt", "labels/train/new.csv"])
def test_pictures_listed_elsewhere_are_safe_and_so_are_their_labels(tmp_path: Path, place: str):
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    for part in ("images", "labels"):
        (away / part / "train").mkdir(parents=True)
    cv2.imwrite(str(away / "images/train/0.png"), picture(0))
    (away / "labels/train/0.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (home / "train.txt").write_text(f"{away}/images/train/0.png\n")
    (home / "data.yaml").write_text("train: train.txt\nnames: [bolt]\n")
    labelled = formats.open_dataset(home)
    with pytest.raises(Stop):
        untouched.refuse(str(home), labelled, [away / place])
    untouched.refuse(str(home), labelled, [away / "report.json"])


@pytest.mark.parametrize("spelling", ["given.json", "other/../given.json", "link.json", "hard.json"])
def test_what_the_scan_reads_besides_is_not_written_over(parts: Parts, tmp_path: Path, spelling: str):
    given = tmp_path / "given.json"
    given.write_text("[]")
    (tmp_path / "other").mkdir()
    (tmp_path / "link.json").symlink_to(given)
    (tmp_path / "hard.json").hardlink_to(given)
    labelled = formats.open_dataset(parts.root)
    with pytest.raises(Stop, match="is read by this scan"):
        untouched.refuse(str(parts.root), labelled, [tmp_path / spelling], [given])
    untouched.refuse(str(parts.root), labelled, [tmp_path / "report.json"], [given])


def test_nothing_is_written_into_a_folder_of_predictions(parts: Parts, tmp_path: Path):
    answers = tmp_path / "answers"
    answers.mkdir()
    with pytest.raises(Stop, match="is read by this scan"):
        untouched.refuse(str(parts.root), formats.open_dataset(parts.root), [answers / "report.json"], [answers])


def test_a_baseline_is_read_and_written(parts: Parts, tmp_path: Path):
    held, report = tmp_path / "held.json", Path(f"{tmp_path}/held.json")
    labelled = formats.open_dataset(parts.root)
    untouched.refuse(str(parts.root), labelled, [held], [held])
    with pytest.raises(Stop):
        untouched.refuse(str(parts.root), labelled, [report, held], [held])


@pytest.mark.parametrize("option", ["--predictions", "--baseline", "--policy", "--target"])
def test_a_scan_refuses_to_write_its_report_over_an_input(
    parts: Parts, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
):
    kinds = {"--policy": "policies/standard", "--target": "targets/cloud-cpu"}
    file = tmp_path / ("given.toml" if option in kinds else "given.json")
    if option in kinds:
        shutil.copy(profiles.home() / f"{kinds[option]}.toml", file)
    elif option == "--predictions":
        file.write_text("[]")
    else:
        baseline.write(file, "parts", (), ())
    before = file.read_bytes()
    assert main(["scan", str(parts.root), "--cache", "none", option, str(file), "--json", str(file)]) == 2
    assert "is read by this scan" in capsys.readouterr().err
    assert file.read_bytes() == before
