"""The dataset report as one file: it asks nobody for anything, shows the images in question, survives any name."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

import specimens
from parts_dataset import Parts, picture
from readiness import catalogue
from readiness.evidence.dataset import Item
from readiness.policy import Policy
from readiness.waiver import Waiver
from readiness_coordinator import formats
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.web import scan_view, thumbnails

AT = "2026-11-23T12:00:00Z"
POLICY = Policy(name="standard", title="Standard")


class Seen(HTMLParser):
    """What a browser would ask for, the ids there are, and the tags that were left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "srcset", "data", "action", "poster"} or (tag == "link" and name == "href"):
                self.asked.append(str(value))
            if name == "id":
                self.ids.append(str(value))
            if name == "href":
                self.links.append(str(value))


def html_of(parts: Parts, *accepted: Waiver) -> str:
    labelled = formats.open_dataset(parts.root)
    dataset = msgspec.structs.replace(scan(labelled, observed_at=AT), accepted=accepted)
    report = dataset_report.build(dataset, catalogue.load(), POLICY, AT)
    return scan_view.html(report, dataset, labelled)


@pytest.fixture
def faulty(tmp_path: Path) -> Parts:
    parts = Parts(tmp_path / "parts", train=90, test=30)
    parts.boxes("train", 3)[0]["bbox"] = [10, 10, 0, 20]
    parts.add("test", "again.png", picture(4))
    (parts.save() / "train" / "train030.png").write_bytes(b"")
    return parts


def test_it_holds_all_it_needs(faulty: Parts):
    text = html_of(faulty)
    seen = Seen(text)
    assert seen.asked
    assert all(asked.startswith("data:image/jpeg;base64,") for asked in seen.asked)
    assert "script" not in seen.tags
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", text)
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))


def test_it_says_state_reason_numbers_and_what_to_do(faulty: Parts):
    text = html_of(faulty)
    for words in (
        "Blocked",
        "The same picture stands in two splits.",
        "train/train004.png",
        "box-degenerate",
        "Where exactly",
    ):
        assert words in text
    assert "accepted" not in text


def test_an_accepted_finding_says_who_and_until(faulty: Parts):
    waiver = Waiver(code="box-degenerate", reason="drawn <b>late</b>", by="ann", until="2027-01-31T00:00:00Z")
    text = html_of(faulty, waiver)
    assert "which does not count for a deployment" in text
    assert '<span class="tag">accepted, but not for a deployment</span>' in text
    assert "Accepted by ann until 31 Jan 2027, 00:00 UTC: drawn &lt;b&gt;late&lt;/b&gt;" in text


def test_target_and_steps_are_named_and_findings_of_one_code_are_one_card(tmp_path: Path):
    parts = Parts(tmp_path / "parts", train=90, test=3)
    labelled = formats.open_dataset(parts.root)
    dataset = scan(labelled, observed_at=AT)
    profile = specimens.profile(name="pi", input_px=416)
    report = dataset_report.build(dataset, catalogue.load(), POLICY, AT, profile=profile)
    text = scan_view.html(report, dataset, labelled)
    rare = [one for one in report["findings"] if one.code == "class-rare"]
    assert len(rare) == 2
    assert "<b>For</b> pi (input 416 px)" in text
    assert (text.count('id="class-rare"'), text.count("Each of 2"), text.count("And 1 more.")) == (1, 1, 2)
    assert "<strong>Fix</strong>" not in text
    assert text.count("<strong>Collect and label more objects of the rare classes for &#39;test&#39;") == 1
    assert "1 images" not in text


def test_names_cannot_break_the_page(tmp_path: Path):
    parts = Parts(tmp_path / "parts", train=90, test=30)
    odd = "a<script>alert('1')&quot;" + "x" * 150 + "é.png"
    parts.add("train", odd, picture(700))
    parts.add("test", odd, picture(700))
    parts.save()
    text = html_of(parts)
    assert "<script>alert" not in text
    assert "a&lt;script&gt;alert" in text


def test_a_scan_cut_short_says_so(faulty: Parts):
    labelled = formats.open_dataset(faulty.root)
    dataset = msgspec.structs.replace(scan(labelled, observed_at=AT), viewed=7)
    report = dataset_report.build(dataset, catalogue.load(), POLICY, AT)
    assert "it looked at 7 of 121 images" in scan_view.html(report, dataset, labelled)


def test_a_thumbnail_is_small_keeps_no_metadata_and_outlines_the_box(tmp_path: Path):
    file = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    Image.fromarray(np.full((600, 800, 3), 128, np.uint8)).save(file, exif=exif)
    shown = Picture(name="a.jpg", file=file, split="train", key="a.jpg")
    uri = thumbnails.data_uri(shown, Item(images=("a.jpg",), boxes=((200.0, 150.0, 400.0, 300.0),)))
    assert uri is not None
    data = base64.b64decode(uri.partition(",")[2])
    assert b"SecretCam" not in data
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels.shape == (168, 224)
    assert pixels[42:126, 54:59].max() > 200
    assert abs(int(pixels[84, 112]) - 128) < 6


def test_what_cannot_be_shown_is_none(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"no image")
    assert thumbnails.data_uri(Picture(name="a.jpg", file=tmp_path / "a.jpg", split="train", key="a.jpg")) is None
    assert thumbnails.data_uri(Picture(name="b.jpg", file=tmp_path / "b.jpg", split="train", key="b.jpg")) is None
