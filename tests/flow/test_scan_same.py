"""A scan of the same files says the same, byte for byte, over runs, workers, engines, file order; and touches none."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import msgspec
import pytest

from parts_dataset import Parts, picture


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A dataset with faults of many kinds, so that there is something to say."""
    made = Parts(tmp_path / "parts", train=60, test=30)
    made.boxes("train", 1)[0]["bbox"][2] = 0
    made.boxes("train", 5)[1]["bbox"] = [100, 100, 90, 10]
    made.add("test", "again.png", picture(3))
    made.add("train", "turned.png", picture(7)[::-1].copy())
    made.save()
    (made.root / "train/train009.png").write_bytes(b"broken")
    (made.root / "train/train010.png").unlink()
    cv2.imwrite(str(made.root / "train" / "forgotten.png"), picture(701))
    return made.root


def scanned(root: Path, cache: str = "none", *words: str | Path) -> bytes:
    command = [sys.executable, "-m", "readiness_coordinator", "scan", root, "--json", "-", "--cache", cache, *words]
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False, timeout=100)
    assert done.returncode == 1, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    report["evidence"].pop("observed_at")
    return msgspec.json.encode(report)


@pytest.mark.timeout(300)
def test_over_runs_workers_engines_and_the_cache(parts: Path, tmp_path: Path):
    cache = str(tmp_path / "cache")
    first = scanned(parts)
    assert b"images-shared-across-splits" in first
    assert scanned(parts, cache, "--workers", "1") == first
    assert scanned(parts, cache, "--workers", "3") == first
    assert scanned(parts, "none", "--engine", "dask", "--workers", "2") == first


def test_over_the_order_in_which_the_disk_lists_files(parts: Path, tmp_path: Path):
    files = [file for file in parts.rglob("*") if file.is_file()]
    orders = []
    for seed in range(2):
        random.Random(seed).shuffle(files)
        copy = tmp_path / str(seed) / "parts"
        for file in files:
            (copy / file.relative_to(parts)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy / file.relative_to(parts))
        orders.append([entry.name for entry in os.scandir(copy / "train")])
    assert scanned(tmp_path / "0" / "parts") == scanned(tmp_path / "1" / "parts") == scanned(parts)


def everything(root: Path) -> dict[str, tuple[int, ...]]:
    entries = [root, *root.rglob("*")]
    states = ((str(entry), entry.lstat()) for entry in entries)
    return {name: (at.st_ino, at.st_mode, at.st_size, at.st_mtime_ns, at.st_ctime_ns) for name, at in states}


def test_a_read_only_dataset_is_scanned_and_left_as_it_is(parts: Path, tmp_path: Path):
    first = scanned(parts)
    for entry in [parts, *parts.rglob("*")]:
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    before = everything(parts)
    try:
        assert scanned(parts, str(tmp_path / "cache")) == first
        assert everything(parts) == before
    finally:
        for entry in [parts, *parts.rglob("*")]:
            entry.chmod(0o755 if entry.is_dir() else 0o644)


def test_a_read_only_mount_is_scanned(parts: Path, tmp_path: Path):
    """Root may write whatever the mode bits say; a read-only mount stops root too."""
    shell = (
        'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && ! touch "$1/x" 2>/dev/null && shift && exec "$@"'
    )
    inside = ["unshare", "-rm", "sh", "-c", shell, "sh", str(parts)]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no mounts can be made here")
    command = [sys.executable, "-m", "readiness_coordinator", "scan", str(parts), "--json", str(tmp_path / "out.json")]
    done = subprocess.run([*inside, *command], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1, done.stderr
    report = json.loads((tmp_path / "out.json").read_text())
    report["evidence"].pop("observed_at")
    assert msgspec.json.encode(report) == scanned(parts)
