"""The model report as one file: asks nobody for anything, says what it rests on, and survives any name."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import msgspec
import pytest

import explained
import specimens
import truths
from parts_dataset import picture
from readiness.evidence.evaluation import Confused, Evaluation
from readiness.evidence.explanation import Example
from readiness_coordinator.formats.labelled import Labelled, Picture
from readiness_coordinator.web import evaluation_charts, evaluation_failures, evaluation_view

BAD = "<script>alert('1')&quot;\u202e" + "x" * 140


class Seen(HTMLParser):
    """What a browser would ask for, the ids and links there are, tags, classes, and the tables of each section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.styles: list[str] = []
        self.classes: list[str] = []
        self.sections: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "section":
            self.sections.append([])
        for name, value in attrs:
            if name in {"src", "srcset", "data", "action", "poster"} or (tag == "link" and name == "href"):
                self.asked.append(str(value))
            known = {"id": self.ids, "href": self.links, "style": self.styles, "class": self.classes}
            if name in known:
                known[name].append(str(value))
        if self.sections and (tag == "table" or ("role", "img") in attrs):
            self.sections[-1].append("table" if tag == "table" else "picture")


@pytest.fixture
def labelled(tmp_path: Path) -> Labelled:
    file = tmp_path / "a.png"
    file.write_bytes(cv2.imencode(".png", picture(1))[1].tobytes())
    one = Picture(name="a.png", file=file, split="test", key="a.png")
    return truths.labelled([], pictures=(one,))


def html_of(made: Evaluation, labelled: Labelled, **extra: Any) -> str:
    return evaluation_view.html(explained.reported(made, **extra), made, labelled)


def whole(labelled: Labelled) -> str:
    parts = {"compare": explained.comparison(), "reconcile": explained.reconciliation()}
    return html_of(explained.evaluation(), labelled, curve=explained.curve(), **parts)


def test_it_holds_all_it_needs(labelled: Labelled):
    text = whole(labelled)
    seen = Seen(text)
    assert all(asked.startswith("data:image/jpeg;base64,") for asked in seen.asked)
    assert "script" not in seen.tags
    assert seen.styles == []
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", text)
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))


def test_every_picture_has_a_table_beside_it(labelled: Labelled):
    sections = Seen(whole(labelled)).sections
    assert sum(one.count("picture") for one in sections) == 3
    assert all(one.count("table") >= one.count("picture") for one in sections)


def test_state_reason_next_step_and_the_weakest_stand_before_any_average(labelled: Labelled):
    text = whole(labelled)
    order = [text.index(word) for word in ("Retrain required", ">Why<", ">What next<", "Weakest class, recall")]
    assert order == sorted(order)
    assert order[-1] < text.index("metric avg") < text.index('id="averages"')
    for words in ("200 of 350 objects", "class-recall-below-floor", "95% 0.850 to 0.940. Hides 1 of 2 classes"):
        assert words in text


def test_what_was_found_is_on_the_page(labelled: Labelled):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", whole(labelled)))
    for words in (
        "small against large : worse",
        "-0.30 -0.35 to -0.25",
        "4,000 more",
        "bolt, dark images",
        "A search over 212 slices found 1 worse",
        "bolt called nut, score 0.90",
        "0.55 (0.50 to 0.60 on other samples) gives the best F1",
        "so that of all stands: 1 classes",
        "Add such objects to the training data",
        "under 32 px",
        "32 px and more",
        "too sure by 0.12",
        "41% left",
        "Ultralytics: AP50 0.9600",
        "crowds dropped 0.9600 -0.0100",
        "the dataset has no splits",
    ):
        assert words.lower() in text.lower(), words


def test_what_was_not_measured_is_said_or_left_out(labelled: Labelled):
    text = html_of(explained.bare(), labelled)
    assert "Not measured: which threshold would be better than 0.4." in text
    assert "Not measured: whether scores keep their word." in text
    assert "Weak slices were not searched for." in text
    assert not re.search("None(?! on the state)", text)
    assert 'id="robust"' not in text
    assert 'id="reconcile"' not in text


def test_failures_are_shown_where_the_image_is_at_hand_and_said_where_not(labelled: Labelled):
    found, left = evaluation_failures.failures(
        explained.reported(explained.evaluation()), {one.name: one for one in labelled.pictures}
    )
    assert [(one.said, one.uri is not None, one.here) for one in found] == [
        ("bolt missed", True, True),
        ("nut where nothing is labelled, score 0.70", False, False),
        ("bolt called nut, score 0.90", True, True),
    ]
    assert left == 0
    text = whole(labelled)
    assert (text.count("not in the dataset"), text.count("cannot be shown")) == (1, 0)


def test_failures_are_bounded_and_no_class_crowds_out_another(labelled: Labelled):
    examples = [Example(image="b.png", kind="missed", class_name=name) for name in ["bolt"] * 200 + ["nut"] * 200]
    made = explained.evaluation(explanation=explained.explanation(examples=tuple(examples)))
    found, left = evaluation_failures.failures(explained.reported(made), {})
    assert (len(found), left) == (60, 340)
    assert [one.said for one in found[:4]] == ["bolt missed", "nut missed"] * 2


def test_names_cannot_break_the_page(labelled: Labelled):
    made = explained.evaluation(
        classes=(explained.failing(BAD, 10, 350), specimens.class_result("nut")),
        confusion=(Confused(truth=BAD, answer="nut", count=40),),
        caveats=(BAD,),
        explanation=explained.explanation(examples=(Example(image=BAD, kind="missed", class_name=BAD),)),
    )
    text = html_of(made, labelled)
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert text.count("&lt;script&gt;alert") > 5


def test_the_matrix_of_many_classes_keeps_those_that_are_mixed_up():
    names = [f"c{i:02}" for i in range(50)]
    right = [Confused(truth=name, answer=name, count=100) for name in names]
    missed = [Confused(truth=name, answer="background", count=30) for name in names[:40]]
    mixed = [Confused(truth="c48", answer="c49", count=9), Confused(truth="background", answer="c49", count=4)]
    classes = tuple(specimens.class_result(name) for name in names)
    found = evaluation_failures.matrix(explained.evaluation(classes=classes, confusion=(*right, *missed, *mixed)))
    assert found is not None
    shown = [name for name, _ in found.rows]
    assert (len(shown), shown[-1], found.more) == (21, "background", 30)
    assert {"c48", "c49"} <= set(shown)
    assert found.groups[0][1][0] == "missed"
    assert sum(cell.text == "9" for _, cells in found.rows for cell in cells) == 1


def test_a_classifier_has_neither_boxes_nor_background(labelled: Labelled):
    confusion = tuple(Confused(truth=a, answer=b, count=9) for a in ("bolt", "nut") for b in ("bolt", "nut"))
    made = explained.evaluation(task="classification", confusion=confusion, metrics={"accuracy": 0.5}, explanation=None)
    found = evaluation_failures.matrix(made)
    assert found is not None
    assert [name for name, _ in found.rows] == list(found.groups[0][1]) == ["nut", "bolt"]
    text = html_of(made, labelled)
    assert "<b>IoU</b>" not in text
    assert ">F1</th>" in text
    assert "Accuracy" in text


def test_masks_of_classes_are_told_by_their_overlap_and_pixels_as_shares(labelled: Labelled):
    bolt = msgspec.structs.replace(
        explained.failing("bolt", 800, 1000), ap=None, overlap=specimens.rate(700, 1000), boundary=0.42
    )
    confusion = (Confused(truth="bolt", answer="bolt", count=1), Confused(truth="bolt", answer="nut", count=3))
    made = explained.evaluation(
        task="segmentation", judged="pixel", classes=(bolt,), metrics={"miou": 0.7}, confusion=confusion
    )
    text = html_of(made, labelled)
    for words in ("IoU, 0 to 1", "Boundary IoU", "0.42", "Mean IoU", "75.0%", "Shares of the labelled pixels"):
        assert words in text


def test_a_curve_is_small_and_names_its_marks():
    found = evaluation_charts.curve(explained.curve(), explained.thresholds(), 0.4)
    assert found is not None
    assert len(found.recall.split()) <= 201
    assert found.recall.startswith("0.2,")
    assert found.recall.split()[-1].startswith("99.8,")
    assert found.band == (0.5, 0.6)
    assert {0.4, 0.55} <= {point.threshold for point in found.rows}
    assert len(found.rows) <= 13
    assert evaluation_charts.curve((), None, 0.4) is None


def test_consequences_name_their_cause_and_lead_no_reason(labelled: Labelled):
    made = explained.evaluation(
        classes=(explained.failing("bolt", 50, 350),), misplaced=specimens.rate(500, 600), slice_scan=None
    )
    report = explained.reported(made)
    page = evaluation_view.page(report, made, labelled)
    assert ("class-recall-below-floor", "boxes-misplaced", "1") in page.follows
    assert "class-recall-below-floor" not in {one.code for one in page.reasons}
    assert "probably follows from" in evaluation_view.html(report, made, labelled)


def test_the_report_is_json_by_the_contract():
    report = explained.reported(explained.evaluation(), curve=explained.curve(20), compare=explained.comparison())
    plain = msgspec.json.decode(msgspec.json.encode(report))
    contract = {"metrics", "classes", "slices", "confusion", "errors", "calibration", "thresholds", "examples"}
    assert contract | {"schema", "state", "findings", "risk_score", "headline", "weak_classes"} <= set(plain)
    worst = plain["classes"][0]
    assert (worst["name"], worst["verdict"], worst["recall"]["floor"]) == ("bolt", "found", 0.8)
    assert {"ap", "precision", "recall"} <= set(worst)
    assert {"lower", "upper", "n", "n_effective", "verdict", "needed"} <= set(worst["recall"])
    bolt = plain["examples"][0]
    assert (bolt["class"], bolt["missed"], bolt["failures"][1]["answer"]) == ("bolt", ["a.png"], "nut")
    assert plain["errors"]["kinds"][1]["gain"] == 0.1
