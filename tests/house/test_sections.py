"""Every dataset check counts in exactly one section of the quality score, and the score is the worst section's."""

import pytest

import specimens
from readiness import catalogue
from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.scan import report
from readiness_coordinator.scan.sections import SECTIONS, section_of

CHECKS = [check for check in catalogue.load() if check.family == "dataset"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_each_code_has_a_section(check: catalogue.Check) -> None:
    assert section_of(check.code) in SECTIONS, f"name the section of {check.code} in scan/sections.py"


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("image-unreadable", "image"),
        ("image-unlabelled", "annotation"),
        ("box-duplicate", "annotation"),
        ("evaluation-split-missing", "split"),
        ("images-drift-between-splits", "split"),
        ("class-rare", "class"),
        ("images-shared-across-splits", "leakage"),
        ("moonlight-odd", None),
    ],
)
def test_sections_by_name(code: str, section: str | None) -> None:
    assert section_of(code) == section


def test_the_quality_score_is_the_least_of_the_gates() -> None:
    listed = Listing(total=1, items=(Item(images=("a.jpg", "b.jpg"), splits=("test", "train")),), images_total=2)
    unread = Listing(total=1, items=(Item(images=("c.jpg",)),), images_total=1)
    dataset = specimens.dataset(listings={"images-shared-across-splits": listed, "image-unreadable": unread})
    built = report.build(dataset, CHECKS, specimens.policy(), specimens.ASKED_AT)
    gates = {gate.name: (gate.state, gate.score) for gate in built["gates"]}
    assert list(gates) == list(SECTIONS)
    assert gates["leakage"] == ("blocked", 39)
    assert gates["image"][0] == "warning"
    assert gates["class"] == gates["split"] == ("ready", 100)
    assert built["quality_score"] == 39 == min(score for _, score in gates.values())
    assert built["state"] == "blocked"
