"""Datasets that take seconds to look at, quickly made, and the scan of one as a real process."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import cv2
import psutil

from children import wait_until
from parts_dataset import picture
from readiness_coordinator.scan.cache import FILE


def large(root: Path, count: int, width: int = 1600, height: int = 1200) -> Path:
    """Write a folder per class of large images."""
    for number in range(count):
        _, data = cv2.imencode(".jpg", cv2.resize(picture(number), (width, height)))
        file = root / ("nut" if number % 2 else "bolt") / f"{number:04d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.tobytes())
    return root


def scan(root: Path, cache: Path, *words: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "readiness_coordinator", "scan", root, *words]
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    return subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def kept(cache: Path) -> int:
    """Count the looks in a cache that a scan is writing."""
    file = next(cache.rglob(FILE), None)
    if file is None:
        return 0
    try:
        with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as db:
            return int(db.execute("SELECT count(*) FROM looks").fetchone()[0])
    except sqlite3.Error:
        return 0


def under_way(scanning: subprocess.Popen[str], cache: Path, looks: int = 20) -> list[psutil.Process]:
    """Wait until a scan has looked at some images; gives its processes."""
    wait_until(lambda: kept(cache) >= looks, f"{looks} looks are in the cache", 60)
    return psutil.Process(scanning.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> None:
    wait_until(lambda: not any(_alive(one) for one in processes), "the workers are gone", 5)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
