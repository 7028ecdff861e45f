"""A scan at a terminal: state, why, what next, each once; lines fit, names stay whole, one is not said as many."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

import specimens
from parts_dataset import Parts
from readiness import catalogue
from readiness.evidence.dataset import ClassCount, Dataset, Item, Listing, Split
from readiness.waiver import Waiver
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan import summary

CHECKS = catalogue.load()
NAME = "train/images/a_very_long_name_that_some_tool_gave_to_a_frame_of_a_recording_jpg.rf.0123456789abcdef.jpg"
PAIRS = tuple(
    Item(images=(NAME, f"b{n}.jpg"), detail="nearly equal pictures", splits=("test", "train")) for n in "12345"
)
SHARED = {"images-shared-across-splits": Listing(total=5, items=PAIRS, images_total=6)}
NOTED = {"image-dark": Listing(total=1, items=(Item(images=("dark.jpg",), detail="mean 3 of 255"),), images_total=1)}


def dataset(**listings: Listing) -> Dataset:
    clean = specimens.dataset()
    return msgspec.structs.replace(clean, listings=clean.listings | listings)


def printed(found: Dataset, *, width: int = 80, every: bool = False, target: str = "", **look: Any) -> str:
    out = io.StringIO()
    profile = specimens.profile(name=target, input_px=416) if target else None
    report = dataset_report.build(found, CHECKS, specimens.policy(), specimens.ASKED_AT, profile=profile)
    summary.show(Console(file=out, width=width, **look), found, report, every=every)
    return out.getvalue()


def test_state_reason_numbers_place_and_step_stand_once():
    said = printed(dataset(**SHARED), target="pi")
    first, second, *_ = said.splitlines()
    assert first == "Blocked: parts-v1 for pi (input 416 px)"
    assert second == "No model of these data can be judged yet."
    for once in ("images-shared-across-splits", "test + train: 5 shared pictures", "→ Move all copies", "b1.jpg"):
        assert said.count(once) == 1
    assert "→ Move all copies of a picture into one split.\n" in said
    assert "           and 2 more\n" in said


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_lines_fit_or_hold_one_whole_name(width: int):
    said = printed(dataset(**SHARED, **NOTED), width=width)
    assert said.count(NAME) == 3
    for line in said.splitlines():
        assert (
            len(line) <= max(width, 31) or len(line.removeprefix("=").split()) == 1 or line.split()[0] in {"=", "block"}
        )
        assert line == line.rstrip()


def test_a_file_or_a_pipe_gets_no_colours_and_a_terminal_does():
    assert "\x1b" not in printed(dataset(**SHARED))
    assert "\x1b[1;31m" in printed(dataset(**SHARED), force_terminal=True, color_system="standard")
    assert "\x1b[" not in printed(dataset(**SHARED), force_terminal=True, no_color=True, color_system=None)


def test_a_note_says_what_and_asks_for_nothing_unless_everything_is_wanted():
    brief = printed(dataset(**NOTED))
    assert "note     image-dark\n         1 dark image among 1,500: hardly anything reflects light.\n" in brief
    assert ("dark.jpg" in brief, "→" in brief) == (False, False)
    whole = printed(dataset(**NOTED), every=True)
    assert "           dark.jpg: mean 3 of 255\n" in whole
    assert "→ Look at the dark images" in whole


def test_one_is_one_in_every_line():
    one = ClassCount(name="bolt", objects={"test": 1}, images={"test": 1})
    split = Split(name="test", images=1, labelled=1, unlabelled=0, annotations=1)
    said = printed(specimens.dataset(images=1, viewed=1, annotations=1, crowds=0, splits=(split,), classes=(one,)))
    assert "1 image (test 1), 1 label, 1 class; " in said
    assert not [word for word in ("1 images", "1 labels", "1 classes", "1 objects") if f" {word}" in said]


def test_names_of_users_command_no_terminal():
    bad = Item(images=("a\x1b[2J\u202egpj",), detail="", splits=("test", "train"))
    said = printed(dataset(**{"images-shared-across-splits": Listing(total=1, items=(bad,), images_total=1)}))
    assert ("\x1b" in said, "\u202e" in said) == (False, False)
    assert "a\\x1b[2J\\u202egpj" in said


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("baseline", "This is the baseline of the dataset, which does not count for a deployment."),
        ("policy", "This is a waiver of the policy."),
    ],
)
def test_what_was_accepted_says_by_whom_and_what_it_counts_for(of: str, said: str):
    waiver = Waiver(code="images-shared-across-splits", reason="a trial", by="ann", until="2099-01-31T00:00:00Z")
    found = msgspec.structs.replace(dataset(**SHARED), accepted=(waiver,) if of == "baseline" else ())
    policy = specimens.policy(waivers=(waiver,) if of == "policy" else ())
    report = dataset_report.build(found, CHECKS, policy, specimens.ASKED_AT)
    out = io.StringIO()
    summary.show(Console(file=out, width=80), found, report, every=False)
    told = " ".join(out.getvalue().split())
    assert f"Accepted by ann until 31 Jan 2099, 00:00 UTC: a trial. {said}" in told
    assert told.startswith("Monitor required: parts")


def test_a_terminal_without_utf_8_is_no_reason_to_end(tmp_path: Path):
    parts = Parts(tmp_path / "teile_für_ä", train=30)
    words = [
        sys.executable,
        "-m",
        "readiness_coordinator",
        "scan",
        str(parts.root),
        "--cache",
        "none",
        "--workers",
        "1",
    ]
    plain = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, capture_output=True, text=True, env=plain, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("Blocked: teile_f\\xfcr_\\xe4 ")
    assert "         > Set aside a labelled test split.\n" in done.stdout
