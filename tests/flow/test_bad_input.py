"""`readiness scan` on hostile input: a finding or one clear line with exit code 2, in bounded time and memory."""

import json
import os
import resource
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import pytest

from parts_dataset import Parts, picture

PROGRAM = [sys.executable, "-m", "readiness_coordinator", "scan"]
WITHIN_S = 30.0
MOST_MIB = 700.0
ADDRESSES = 6 << 30
LARGE_MIB = 100
REPORTED = {0, 1, 3}
UNUSABLE = 2


class Done(NamedTuple):
    """What one run of the command came to; `peak_mib` is the peak resident memory of its largest process."""

    code: int
    out: str
    err: str
    seconds: float
    peak_mib: float

    @property
    def report(self) -> dict[str, Any]:
        """Give the report, which must be whole: every image of it was looked at."""
        assert self.code in REPORTED, self.err
        report: dict[str, Any] = json.loads(self.out)
        assert report["evidence"]["viewed"] == report["images"]
        return report

    @property
    def codes(self) -> set[str]:
        return {finding["code"] for finding in self.report["findings"]}

    def listed(self, code: str) -> str:
        """Give everything that was listed under a code as one text."""
        return json.dumps(self.report["evidence"]["listings"][code]["items"], ensure_ascii=False)

    @property
    def line(self) -> str:
        """Give the one line that says why there is no report."""
        assert (self.code, self.out) == (UNUSABLE, "")
        assert self.err.count("\n") == 1, self.err
        return self.err


def scan(path: Path, *words: str, within_s: float = WITHIN_S, most_mib: float = MOST_MIB) -> Done:
    """Run the command as a user does, under limits of time and memory; never a traceback."""
    out, err = path.parent / "stdout.txt", path.parent / "stderr.txt"
    command = [*PROGRAM, str(path), "--json", "-", "--workers", "1", "--cache", "none", *words]
    begun = time.monotonic()
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, preexec_fn=_limited)  # noqa: PLW1509
        watch = threading.Timer(within_s, process.kill)
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    said = err.read_text(errors="replace")
    done = Done(process.returncode, out.read_text(), said, time.monotonic() - begun, used.ru_maxrss / 1024)
    assert "Traceback" not in said, said
    assert done.code >= 0, f"killed by signal {-done.code} after {done.seconds:.1f} s, {done.peak_mib:.0f} MiB"
    assert done.peak_mib < most_mib
    return done


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))


def bomb_png(side: int) -> bytes:
    """Give a grey PNG of side x side pixels, all black, in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    # The header promises all rows; so many are really there that a careless reader begins.
    rows = packer.compress(bytes((side + 1) * 200)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def folders(root: Path, count: int = 12) -> Path:
    """Write a small classifier's set."""
    for number in range(count):
        file = root / ("train", "test")[number % 2] / ("bolt", "nut")[number // 2 % 2] / f"{number}p.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(file), picture(number))
    return root


def test_hostile_image_files_cost_only_themselves(tmp_path: Path) -> None:
    root = folders(tmp_path / "parts")
    home = root / "train/bolt"
    whole = (home / "0p.png").read_bytes()
    raw = os.fsencode(home)
    hostile = {
        b"empty.png": b"",
        b"cut.png": whole[: len(whole) // 2],
        b"bomb.png": bomb_png(60_000),
        b"text.jpg": b"<html>not found</html>",
        b"n" * 251 + b".png": b"x",
        b"no\xff\xfeutf8.png": b"x",
        b"new\nline.png": b"x",
        b"noise.webp": bytes(range(256)) * 9,
    }
    for name, data in hostile.items():
        (Path(os.fsdecode(raw + b"/" + name))).write_bytes(data)
    (home / "loop.png").symlink_to("loop.png")
    (home / "nowhere.png").symlink_to("gone.png")
    (home / "folder.png").mkdir()
    os.mkfifo(home / "pipe.png")
    (root / "train" / "up").symlink_to(root, target_is_directory=True)
    (root / "train" / "round").symlink_to("round")
    done = scan(root)
    told = done.listed("image-unreadable") + done.listed("image-truncated")
    for name in ("empty.png", "cut.png", "bomb.png", "text.jpg", "n" * 251, "utf8.png", "line.png", "noise.webp"):
        assert name in told, name
    for name in ("loop.png", "nowhere.png", "pipe.png"):
        assert name in told, name
    assert done.err == "", "a decoder's own words reach the user"


def annotated(root: Path, bend: Callable[[dict[str, Any]], object]) -> Path:
    """Write a COCO set and bend what its training file says."""
    parts = Parts(root, train=12, test=6)
    file = root / "annotations/train.json"
    said = json.loads(file.read_text())
    bend(said)
    file.write_text(json.dumps(said))
    return parts.root


def test_numbers_that_are_none_become_findings(tmp_path: Path) -> None:
    odd = [
        [float("nan"), 1, 9, 9],
        [1, 1, float("inf"), 9],
        [1, 1, 1e308, 9],
        [1, 1, -30, -20],
        ["1", None, {}, []],
        [10**400, 1, 2, 3],
        [1, 2, 3],
        "box",
    ]

    def bend(said: dict[str, Any]) -> None:
        for number, box in enumerate(odd):
            said["annotations"][number] |= {"id": f"odd{number}", "bbox": box}
        said["images"][3] |= {"width": -5, "height": float("nan")}

    done = scan(annotated(tmp_path / "parts", bend))
    told = done.listed("annotation-unusable") + done.listed("box-degenerate") + done.listed("box-out-of-bounds")
    assert [number for number in range(len(odd)) if number != 3 and f"odd{number}" not in told] == []
    assert "box-degenerate" in done.codes


def test_ten_thousand_classes(tmp_path: Path) -> None:
    root = tmp_path / "many"
    for split in ("train", "test"):
        for part in ("images", "labels"):
            (root / split / part).mkdir(parents=True)
        for number in range(12):
            cv2.imwrite(str(root / split / "images" / f"{number}{split}.png"), picture(number + 50 * (split == "test")))
            rows = [f"{number * 800 + row} 0.{row + 2} 0.5 0.05 0.3\n" for row in range(6)]
            (root / split / "labels" / f"{number}{split}.txt").write_text("".join(rows))
    names = "".join(f"  {row}: part {row:05d} {'xyz'[row % 3]}\n" for row in range(10_000))
    (root / "data.yaml").write_text(f"train: train/images\ntest: test/images\nnames:\n{names}")
    done = scan(root, within_s=60)
    assert len(done.report["classes"]) == 10_000
    assert "annotation-unusable" not in done.codes


DEEP = "[" * 200_000


def yolo(root: Path, text: str) -> Path:
    (root / "images").mkdir(parents=True)
    cv2.imwrite(str(root / "images/a.png"), picture(1))
    (root / "data.yaml").write_text(text)
    return root


def voc(root: Path, text: str) -> Path:
    (root / "Annotations").mkdir(parents=True)
    (root / "JPEGImages").mkdir()
    cv2.imwrite(str(root / "JPEGImages/a.png"), picture(1))
    (root / "Annotations/a.xml").write_text(text)
    return root


def cvat(root: Path, text: str) -> Path:
    (root / "images").mkdir(parents=True)
    cv2.imwrite(str(root / "images/a.png"), picture(1))
    (root / "annotations.xml").write_text(text)
    return root


def labelme(root: Path, text: str) -> Path:
    root.mkdir()
    for number in (1, 2):
        cv2.imwrite(str(root / f"{number}a.png"), picture(number))
        corners = {"label": "bolt", "shape_type": "rectangle", "points": [[5, 5], [40, 40]]}
        (root / f"{number}a.json").write_text(json.dumps({"imagePath": f"{number}a.png", "shapes": [corners]}))
    (root / "1a.json").write_text(text)
    return root


def coco(root: Path, text: str) -> Path:
    (root / "annotations").mkdir(parents=True)
    (root / "train").mkdir()
    cv2.imwrite(str(root / "train/a.png"), picture(1))
    (root / "annotations/train.json").write_text(text)
    return root


def _aliases() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join([*rows, "train: images", "names: *a11", ""])


ENTITIES = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def box(name: str) -> str:
    place = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>"
    return f"<annotation><object><name>{name}</name>{place}</object></annotation>"


@pytest.mark.parametrize(
    ("write", "text", "says"),
    [
        pytest.param(yolo, "train: images\nnames: !!python/object/apply:os.system [id]\n", "data.yaml", id="yaml-tag"),
        pytest.param(yolo, _aliases(), "aliases", id="yaml-aliases"),
        pytest.param(yolo, f"train: images\nnames: {DEEP}\n", "data.yaml", id="yaml-deep"),
        pytest.param(yolo, "train: images\nnames: [a\n", "line", id="yaml-broken"),
        pytest.param(coco, DEEP, "no JSON with images", id="json-deep"),
        pytest.param(
            coco, '{"images": [], "categories": [], "annotations": ' + DEEP, "nested too deeply", id="json-deep-inside"
        ),
        pytest.param(coco, '{"images": [], "annotations": [', "not valid JSON", id="json-cut"),
        pytest.param(coco, "\x00\x01\x02", "not valid JSON", id="json-binary"),
        pytest.param(coco, "[]", "no JSON with images", id="json-of-another-kind"),
    ],
)
def test_label_files_that_cannot_be_used_end_in_one_line(
    tmp_path: Path, write: Callable[[Path, str], Path], text: str, says: str
) -> None:
    done = scan(write(tmp_path / "parts", text))
    assert says in done.line
    assert "parts" in done.line


CVAT = '<annotations><version>1.1</version><image id="0" name="a.png" width="160" height="120">{}</image></annotations>'
CVAT_BOX = CVAT.format('<box label="{}" xtl="1" ytl="2" xbr="30" ybr="40"/>')


@pytest.mark.parametrize(
    ("write", "text", "file"),
    [
        pytest.param(voc, ENTITIES + box("&j;"), "a.xml", id="voc-bomb"),
        pytest.param(voc, OUTSIDE + box("&secret;"), "a.xml", id="voc-outside"),
        pytest.param(voc, "<a>" * 100_000, "a.xml", id="voc-deep"),
        pytest.param(cvat, ENTITIES + CVAT_BOX.format("&j;"), "annotations.xml", id="cvat-bomb"),
        pytest.param(cvat, OUTSIDE + CVAT_BOX.format("&secret;"), "annotations.xml", id="cvat-outside"),
        pytest.param(cvat, CVAT.format("<box>" * 100_000), "annotations.xml", id="cvat-deep"),
        pytest.param(labelme, '{"imagePath": "1a.png", "shapes": ' + DEEP, "1a.json", id="labelme-deep"),
        pytest.param(
            labelme,
            '{"imagePath": "../../1a.png", "shapes": [{"points": [[NaN, -1e999]]}]}',
            "1a.json",
            id="labelme-numbers",
        ),
    ],
)
def test_hostile_label_files_are_told_of_and_lead_nowhere(
    tmp_path: Path, write: Callable[[Path, str], Path], text: str, file: str
) -> None:
    done = scan(write(tmp_path / "parts", text))
    assert "root:" not in done.out + done.err
    assert file in (done.line if done.code == UNUSABLE else done.listed("annotation-unusable"))


def test_a_zip_that_leads_out_writes_nothing_and_is_told_of(tmp_path: Path) -> None:
    root = folders(tmp_path / "inside" / "parts")
    archive = tmp_path / "inside" / "parts.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted(root.rglob("*.png")):
            packed.write(file, file.relative_to(root).as_posix())
        for name in ("../../evil.png", "/tmp/readiness-evil.png", "train/../../../evil.png"):
            packed.writestr(name, b"x")
    before = sorted(tmp_path.rglob("*"))
    done = scan(archive)
    assert sorted(set(tmp_path.rglob("*")) - set(before)) == [
        archive.parent / "stderr.txt",
        archive.parent / "stdout.txt",
    ]
    assert not Path("/tmp/readiness-evil.png").exists()
    assert done.report["images"] == 12
    assert "evil.png" in done.listed("annotation-unusable")


def test_a_zip_bomb_is_one_line(tmp_path: Path) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("train/bolt/0.png", bytes(64 << 20))
        first = packed.filelist[0]
        for number in range(1, 200):
            again = zipfile.ZipInfo(f"train/bolt/{number}.png")
            for key in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(again, key, getattr(first, key))
            packed.filelist.append(again)
    assert "bomb.zip" in scan(archive).line


def test_an_image_in_a_zip_that_unpacks_to_too_much_costs_only_itself(tmp_path: Path) -> None:
    root = folders(tmp_path / "parts")
    archive = tmp_path / "parts.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(root.rglob("*.png")):
            packed.write(file, file.relative_to(root).as_posix())
        packed.writestr("train/bolt/heavy.png", bytes(300 << 20))
    done = scan(archive)
    assert "heavy.png" in done.listed("image-unreadable")
    assert done.report["images"] == 13


@pytest.mark.parametrize("kind", ["absent", "empty-folder", "loop", "pipe", "text", "broken-zip"])
def test_a_place_that_is_no_dataset_is_one_line(tmp_path: Path, kind: str) -> None:
    place = tmp_path / ("place.zip" if kind == "broken-zip" else "place")
    if kind == "empty-folder":
        place.mkdir()
    elif kind == "loop":
        place.symlink_to(place)
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind in {"text", "broken-zip"}:
        place.write_bytes(b"PK\x03\x04 no dataset")
    assert "place" in scan(place).line


def heavy(root: Path, mib: int) -> Path:
    """Write a COCO set whose training file has that many MiB of annotations."""
    parts = Parts(root, train=60, test=20)
    said = {**parts.said["train"], "annotations": []}
    categories = [{"id": 1, "name": "bolt"}, {"id": 2, "name": "nut"}]
    head = json.dumps({**said, "categories": categories}).replace('"annotations": []', '"annotations": [', 1)
    start, end = head.split('"annotations": [', 1)
    entry = (
        '{{"id": {0}, "image_id": {1}, "category_id": {2}, "bbox": [{3}.25, {4}.5, 30.0, 20.0], "area": 600.0, '
        '"iscrowd": 0, "segmentation": [[{3}.25, {4}.5, {5}.25, {4}.5, {5}.25, {6}.5, {3}.25, {6}.5]]}}'
    )
    with (root / "annotations/train.json").open("w") as file:
        file.write(start + '"annotations": [')
        number = 0
        while file.tell() < mib << 20:
            rows = []
            for _ in range(2000):
                x, y = number * 7 % 120, number * 3 % 90
                rows.append(entry.format(number, 1 + number % 60, 1 + number % 2, x, y, x + 30, y + 20))
                number += 1
            file.write((",\n" if number > 2000 else "") + ",\n".join(rows))
        file.write("]" + end)
    return root


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_large_label_file_takes_bounded_memory_for_each_of_its_megabytes(tmp_path: Path) -> None:
    """100 MiB are read; what each takes more than nearly none says what 500 would, within the memory of a small PC."""
    small, large = (scan(heavy(tmp_path / str(mib), mib), within_s=200, most_mib=1_600) for mib in (1, LARGE_MIB))
    per_mib = (large.peak_mib - small.peak_mib) / (LARGE_MIB - 1)
    most_mib = small.peak_mib + 500 * per_mib
    print(f"{large.seconds:.1f} s; {per_mib:.1f} MiB for each MiB of labels, {most_mib:,.0f} MiB for 500 of them")
    assert large.report["annotations"] > 500_000
    assert len(large.out) < 20 << 20
    assert most_mib < 6 * 1024
