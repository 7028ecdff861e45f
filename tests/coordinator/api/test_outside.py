"""Nothing outside the allowed roots is read: not by a list, label file, setting or link of a dataset under one."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from readiness_coordinator.settings import Settings

Client = TestClient[Litestar]
VERSION = {"project_id": "line", "dataset_id": "parts", "version_id": "v1", "task_type": "detection"}
SECRET = "root:x:0:0:hush"
YAML = "train: train/images\n{more}\nnames: [bolt]\n"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "secret.txt"
    file.write_text(f"{SECRET}\n")
    picture(file.with_suffix(".png"))
    return file


@pytest.fixture
def dataset(settings: Settings) -> Path:
    """A YOLO dataset of two images in `train`."""
    home = settings.roots[0] / "set"
    for part in ("images", "labels"):
        (home / "train" / part).mkdir(parents=True)
    for name in ("a", "b"):
        picture(home / "train" / "images" / f"{name}.png")
        (home / "train" / "labels" / f"{name}.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (home / "data.yaml").write_text(YAML.format(more=""))
    return home


def picture(file: Path) -> None:
    pixels = np.random.default_rng(len(file.name)).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    cv2.imwrite(str(file), pixels)


def scan(web: Client, source: Path | str, **changes: Any) -> Any:
    return web.post("/vision-readiness/scan?wait=60", json=VERSION | {"source": str(source)} | changes)


def refused(reply: Any) -> str:
    assert (reply.status_code, reply.json()["field"]) == (400, "source"), reply.text
    assert SECRET not in reply.text
    return str(reply.json()["detail"])


@pytest.mark.parametrize(
    "place",
    ["../../elsewhere/secret.txt", "{secret}", "{folder}", "../../..", "/", "{folder}/none", "{folder}/none.txt"],
)
def test_a_split_that_leads_outside_is_refused_whether_it_is_there_or_not(
    web: Client, dataset: Path, secret: Path, place: str
):
    where = place.format(secret=secret, folder=secret.parent)
    (dataset / "data.yaml").write_text(YAML.format(more=f"test: {where}"))
    assert "outside the allowed roots" in refused(scan(web, dataset))


@pytest.mark.parametrize("link", ["train/labels/a.txt", "data.yaml", "train/labels", "train/images/c.png", "test.txt"])
def test_a_link_that_leads_outside_is_refused(web: Client, dataset: Path, secret: Path, link: str):
    (dataset / "data.yaml").write_text(YAML.format(more="test: test.txt" if link == "test.txt" else ""))
    place = dataset / link
    if place.is_dir():
        place.rename(dataset / "before")
    place.unlink(missing_ok=True)
    place.symlink_to(secret.with_suffix(".png") if link.endswith(".png") else secret if place.suffix else secret.parent)
    assert "outside the allowed roots" in refused(scan(web, dataset))


def test_a_path_of_another_computer_is_found_inside_as_ever(web: Client, dataset: Path, secret: Path):
    text = f"path: {secret.parent}\ntrain: ../../train/images\nnames: [bolt]\n"
    (dataset / "data.yaml").write_text(text)
    reply = scan(web, dataset)
    assert (reply.status_code, reply.json().get("images")) == (200, 2), reply.text


def test_links_inside_the_roots_are_followed(web: Client, dataset: Path):
    shared = dataset.parent / "shared"
    (dataset / "train" / "labels").rename(shared)
    (dataset / "train" / "labels").symlink_to(shared, target_is_directory=True)
    reply = scan(web, dataset)
    assert (reply.status_code, reply.json().get("annotations")) == (200, 2), reply.text


def test_masks_are_looked_at_behind_the_same_door(web: Client, settings: Settings, secret: Path):
    home = settings.roots[0] / "masks"
    for part in ("images", "masks"):
        (home / part).mkdir(parents=True)
        picture(home / part / "a.png")
    (home / "masks" / "a.png").unlink()
    (home / "masks" / "a.png").symlink_to(secret)
    assert "outside the allowed roots" in refused(scan(web, home, task_type="segmentation"))


def test_predictions_and_truth_that_lead_outside_are_not_evaluated(
    web: Client, dataset: Path, secret: Path, put: Callable[..., None]
):
    assert scan(web, dataset).status_code == 200
    put()
    answers = dataset.parent / "answers"
    answers.mkdir()
    (answers / "a.txt").symlink_to(secret)
    body = {"model_id": "parts-v1", "dataset_id": "parts", "version_id": "v1", "predictions": str(answers)}
    for _ in range(2):
        reply = web.post("/evaluations", json=body)
        assert (reply.status_code, reply.json()["field"]) == (400, "predictions"), reply.text
        assert "outside the allowed roots" in reply.json()["detail"]
        assert SECRET not in reply.text
        (answers / "a.txt").unlink(missing_ok=True)
        (answers / "a.txt").write_text("0 0.5 0.5 0.2 0.2 0.9\n")
        (dataset / "train" / "labels" / "a.txt").unlink(missing_ok=True)
        (dataset / "train" / "labels" / "a.txt").symlink_to(secret)


def test_the_opening_of_a_zip_with_many_folders_can_be_cancelled(web: Client, settings: Settings):
    archive = settings.roots[0] / "many.zip"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for number in range(20_000):
            made.writestr(f"f{number}/x/y.bin", b"")
    archive.write_bytes(held.getvalue())
    job = web.post("/vision-readiness/scan?wait=0.5", json=VERSION | {"source": str(archive)})
    assert job.status_code == 202, job.text
    place = job.headers["Location"]
    began = time.monotonic()
    web.delete(place)
    while (state := web.get(place).json()["state"]) != "cancelled":
        assert state == "running"
        assert time.monotonic() - began < 3, "it stops where it next opens a file or lists a folder"
        time.sleep(0.05)
