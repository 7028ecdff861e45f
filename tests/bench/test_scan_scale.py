"""What a scan of 100,000 images costs in memory and time, by part of the work, and what a million would."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

COUNT = int(os.environ.get("SCALE_IMAGES", "100000"))
MOST_PER_IMAGE = {"looks": 4096, "findings": 6144}
OBJECTS, MILLION = 3, 1_000_000

# The scan as the command runs it, telling its resident memory and the time at each step on stdout.
PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from readiness_coordinator import formats
from readiness_coordinator.scan import dataset, running

def say(step, begun):
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([step, time.monotonic() - begun, now, peak]), flush=True)

say("start", time.monotonic())
begun = time.monotonic()
labelled = formats.open_dataset(sys.argv[1])
say("labels", begun)
begun = time.monotonic()
def progress(done, total, reused):
    global begun
    if done == total:
        say("looks", begun)
        begun = time.monotonic()
found = dataset.scan(labelled, observed_at="2026-11-23T12:00:00Z",
    running=running.Running(workers=2, cache=Path(sys.argv[2]), progress=progress))
say("findings", begun)
assert found.viewed == found.images == int(sys.argv[3])
"""


def generated(root: Path, count: int) -> Path:
    """Write a COCO dataset of small JPEGs, no two of them alike."""
    rng = np.random.default_rng(0)
    images, boxes = [], []
    for split in ("train", "val", "test"):
        (root / split).mkdir(parents=True)
    for number in range(count):
        split = ("train", "train", "val", "test")[number % 4]
        coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        _, data = cv2.imencode(".jpg", cv2.resize(coarse, (64, 48), interpolation=cv2.INTER_CUBIC))
        name = f"{number:07d}.jpg"
        (root / split / name).write_bytes(data.tobytes())
        images.append({"id": number, "file_name": name, "width": 64, "height": 48})
        for index in range(OBJECTS):
            box = [2 + 20 * index, 5 + number % 20, 16, 12]
            boxes.append({"id": len(boxes), "image_id": number, "category_id": index, "bbox": box, "area": 192})
    (root / "annotations").mkdir()
    categories = [{"id": row, "name": name} for row, name in enumerate(("bolt", "nut", "washer"))]
    for split, rows in (("train", (0, 1)), ("val", (2,)), ("test", (3,))):
        mine = [one for one in images if one["id"] % 4 in rows]
        theirs = [one for one in boxes if one["image_id"] % 4 in rows]
        said = {"images": mine, "annotations": theirs, "categories": categories}
        (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(said))
    return root


def measured(root: Path, cache: Path, count: int) -> tuple[dict[str, tuple[float, int, int]], int]:
    """Run one scan; gives seconds, resident and peak bytes by step, and the peak of a worker."""
    command = [sys.executable, "-c", PROGRAM, str(root), str(cache), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as scanning:
        peaks = _Peaks(scanning.pid)
        assert scanning.stdout is not None
        steps = {step: (seconds, now, peak) for step, seconds, now, peak in map(json.loads, scanning.stdout)}
        peaks.end()
    assert scanning.returncode == 0
    return steps, peaks.worker


class _Peaks:
    """Watches the worker processes of a process."""

    def __init__(self, pid: int) -> None:
        self.worker = 0
        self._pid, self._ended = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.5):
            self.worker = max(self.worker, *_resident(self._pid), 0)


def _resident(pid: int) -> Iterator[int]:
    try:
        for child in psutil.Process(pid).children(recursive=True):
            yield child.memory_info().rss
    except psutil.NoSuchProcess:
        return


def test_memory_and_time_grow_with_the_images_and_no_faster(tmp_path: Path) -> None:
    small = COUNT // 10
    begun = time.monotonic()
    root = generated(tmp_path / "all", COUNT)
    print(f"\ngenerated {COUNT} images with {COUNT * OBJECTS} boxes in {time.monotonic() - begun:.0f} s")
    few, few_worker = measured(generated(tmp_path / "few", small), tmp_path / "cache-few", small)
    first, worker = measured(root, tmp_path / "cache", COUNT)
    again, _ = measured(root, tmp_path / "cache", COUNT)
    # Nothing tells of the findings before they are over: what counts of them is the peak.
    which = {"labels": 1, "looks": 1, "findings": 2}
    per_image = {step: (first[step][at] - few[step][at]) / (COUNT - small) for step, at in which.items()}
    print(f"{'':10}{'seconds':>9}{'again':>9}{'MiB after':>11}{'MiB peak':>10}{'B/image':>9}  a million: s     MiB")
    for step, (seconds, now, peak) in first.items():
        bytes_each = per_image.get(step, 0)
        grown = (first["start"][1] + bytes_each * MILLION) / 2**20
        print(
            f"{step:10}{seconds:9.1f}{again[step][0]:9.1f}{now / 2**20:11.0f}{peak / 2**20:10.0f}{bytes_each:9.0f}"
            f"{seconds * MILLION / COUNT:14.0f}{grown:8.0f}"
        )
    total, repeated = (sum(one[0] for one in run.values()) for run in (first, again))
    print(
        f"whole scan {total:.0f} s, {COUNT / total:.0f} images/s; again {repeated:.0f} s, {repeated / total:.2f} of it"
    )
    print(f"a worker at most {worker / 2**20:.0f} MiB, {few_worker / 2**20:.0f} MiB with {small} images")
    cached = sum(file.stat().st_size for file in (tmp_path / "cache").iterdir())
    print(f"cache {cached / 2**20:.0f} MiB, {cached / COUNT:.0f} B/image")
    assert {step: most for step, most in MOST_PER_IMAGE.items() if per_image[step] >= most} == {}
    assert worker < 1.1 * few_worker + (16 << 20)
