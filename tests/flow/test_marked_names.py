"""File and class names with marks that hide or turn text: shown escaped, on the terminal, page and list alike."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import cv2

from parts_dataset import picture

MARKS = (
    "\u202egnp.exe",
    "\u2066turned\u2069",
    "\x1b[31mred",
    "a\nb",
    "a\rb",
    "\ufeffbom",
    "no\u200bwidth",
    "a\u2028b",
    "\u061c",
)
CLASS = "bolt\u202e\x1b[31m"


def folder(root: Path) -> Path:
    """Write a classifier's set; every file but one per class is damaged, so that it is named."""
    for split in ("train", "test"):
        for name in (CLASS, "nut"):
            home = root / split / name
            home.mkdir(parents=True)
            cv2.imencode(".png", picture(len(name)))[1].tofile(home / "whole.png")
            for mark in MARKS:
                (home / f"{mark}.png").write_bytes(b"")
            Path(os.fsdecode(os.fsencode(home) + b"/no\xff\xfeutf8.png")).write_bytes(b"")
    return root


def marks(text: str) -> set[str]:
    return {mark for mark in text if mark != "\n" and unicodedata.category(mark) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}


def test_no_output_for_people_holds_such_a_mark(tmp_path: Path):
    root, page, stem = folder(tmp_path / "set"), tmp_path / "page.html", tmp_path / "fix"
    told = ["--html", str(page), "--fix-list", str(stem), "--json", str(tmp_path / "report.json"), "--all"]
    command = [sys.executable, "-m", "readiness_coordinator", "scan", str(root), "--cache", "none", "--workers", "1"]
    done = subprocess.run([*command, *told], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["evidence"]["listings"]["image-unreadable"]["total"] == 4 * (len(MARKS) + 1)
    table = (tmp_path / "fix.csv").read_bytes().decode()
    for text in (done.stdout, done.stderr, page.read_text(), table):
        assert marks(text) == set()
    assert table.count("\n") == len(table.splitlines())
    assert r"\u202egnp.exe.png" in table
    assert r"\u202egnp.exe.png" in page.read_text()
    exact = json.loads((tmp_path / "fix.coco.json").read_text())
    assert any("\u202egnp.exe.png" in one["file_name"] for one in exact["images"])
