"""A baseline accepts what was seen and no more: another image, a higher count, a past end open the finding again."""

from pathlib import Path

import msgspec
import pytest

from readiness import catalogue, verdict
from readiness.dossier import Dossier
from readiness.evidence.dataset import Dataset, Item, Listing
from readiness.exits import Stop
from readiness.finding import Finding
from readiness.waiver import Waiver
from readiness_coordinator.scan import baseline
from specimens import ASKED_AT, dataset, dossier, policy

CODE = "image-unreadable"
CHECKS = [check for check in catalogue.load() if check.family == "dataset"]


def faulty(*images: str, more: dict[str, Listing] | None = None) -> Dataset:
    items = tuple(Item(images=(image,), detail="the file is empty") for image in images)
    own = Listing(total=len(items), items=items, images_total=len(items))
    return dataset(listings={CODE: own, **(more or {})})


def findings(of: Dataset, *accepted: Waiver) -> list[Finding]:
    judged = msgspec.structs.replace(of, accepted=accepted)
    reached = verdict.reach(Dossier(policy=policy(), asked_at=ASKED_AT, dataset=judged), CHECKS, partial=True)
    return [one for one in reached.findings if one.outcome == "found"]


def accepted(of: Dataset, *wanted: str, until: str = "2027-01-31") -> tuple[Waiver, ...]:
    said = {"reason": "the camera was covered", "by": "ann", "until": until}
    return baseline.accept(wanted or (CODE,), findings(of), of, **said)


def test_an_accepted_finding_is_shown_and_waived():
    of = faulty("a.jpg", "b.jpg")
    (one,) = accepted(of)
    assert (one.at_most, one.images, one.until) == (2.0, ("a.jpg", "b.jpg"), "2027-01-31T23:59:59Z")
    (finding,) = findings(of, one)
    assert finding.waived is not None
    assert (finding.waived.by, finding.waived.reason) == ("ann", "the camera was covered")


@pytest.mark.parametrize("images", [("a.jpg",), ("b.jpg", "a.jpg")])
def test_what_was_accepted_or_less_stays_accepted(images: tuple[str, ...]):
    (finding,) = findings(faulty(*images), *accepted(faulty("a.jpg", "b.jpg")))
    assert finding.waived is not None


@pytest.mark.parametrize("images", [("a.jpg", "c.jpg"), ("c.jpg",), ("a.jpg", "b.jpg", "c.jpg")])
def test_another_image_opens_it_again(images: tuple[str, ...]):
    (finding,) = findings(faulty(*images), *accepted(faulty("a.jpg", "b.jpg")))
    assert finding.waived is None


def test_a_higher_count_on_the_same_image_opens_it_again():
    of = faulty("a.jpg")
    listing = of.listings[CODE]
    worse = dataset(listings={CODE: msgspec.structs.replace(listing, total=2)})
    (finding,) = (one for one in findings(worse, *accepted(of)) if one.code == CODE)
    assert finding.waived is None


@pytest.mark.parametrize(("now", "waived"), [(12, True), (13, True), (11, False), (1, False)])
def test_what_is_too_little_may_not_become_less(now: int, waived: bool):
    def rare(objects: int) -> Dataset:
        good = dataset()
        counts = {"train": 1400, "val": 250, "test": objects}
        fewer = msgspec.structs.replace(good.classes[0], objects=counts, distinct=counts, effective=counts)
        return msgspec.structs.replace(good, classes=(fewer, *good.classes[1:]))

    (finding,) = (one for one in findings(rare(now), *accepted(rare(12), "class-rare")) if one.code == "class-rare")
    assert (finding.waived is not None) == waived


def test_an_end_that_has_passed_is_refused():
    with pytest.raises(Stop, match="has passed already"):
        accepted(faulty("a.jpg"), until="2020-01-01")


def test_a_past_end_opens_it_again():
    of = faulty("a.jpg")
    (one,) = accepted(of)
    (finding,) = findings(of, msgspec.structs.replace(one, until="2026-11-22T23:59:59Z"))
    assert finding.waived is None


def test_a_scan_cut_short_cannot_be_accepted_away():
    cut = msgspec.structs.replace(faulty(), viewed=3)
    waiver = Waiver(code="scan-incomplete", reason="enough", by="ann", until="2027-01-31T00:00:00Z")
    (finding,) = findings(cut, waiver)
    assert (finding.code, finding.waived, finding.effect) == ("scan-incomplete", None, "blocked")


def test_a_deployment_is_not_what_was_accepted():
    of = faulty("a.jpg")
    asked = dossier(dataset=msgspec.structs.replace(of, accepted=accepted(of)))
    (finding,) = (one for one in verdict.reach(asked, CHECKS).findings if one.outcome == "found")
    assert (finding.code, finding.waived) == (CODE, None)


def test_all_accepts_everything_that_is_open():
    outside = Item(images=("c.jpg",), detail="bolt at 0,0 (200x10) in 160x120")
    of = faulty("a.jpg", more={"box-degenerate": Listing(total=1, items=(outside,), images_total=1)})
    assert {one.code for one in accepted(of, baseline.EVERY)} == {CODE, "box-degenerate"}
    assert all(one.waived is not None for one in findings(of, *accepted(of, baseline.EVERY)))


def test_a_name_that_fits_nothing_says_what_is_open():
    with pytest.raises(Stop, match=f"nothing to accept under 'box-duplicate'; open are {CODE}:parts-v1"):
        accepted(faulty("a.jpg"), "box-duplicate")


@pytest.mark.parametrize("change", [{"reason": " "}, {"by": ""}, {"until": "soon"}])
def test_who_why_and_until_are_asked_for(change: dict[str, str]):
    of = faulty("a.jpg")
    said = {"reason": "known", "by": "ann", "until": "2027-01-31", **change}
    with pytest.raises(Stop, match="needs a reason, who gave it"):
        baseline.accept([CODE], findings(of), of, **said)


def test_the_file_keeps_what_it_held_and_replaces_the_same(tmp_path: Path):
    file = tmp_path / "baseline.json"
    first = Waiver(code="box-duplicate", subject="parts-v1", reason="old", by="bob", until="2027-01-31T00:00:00Z")
    baseline.write(file, "parts-v1", (), (first,))
    newer = msgspec.structs.replace(first, reason="new")
    other = msgspec.structs.replace(first, code="box-degenerate")
    held = baseline.write(file, "parts-v1", baseline.of(baseline.read(file), "parts-v1", file), (newer, other))
    assert held == baseline.of(baseline.read(file), "parts-v1", file) == (other, newer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not a baseline file"),
        ('{"dataset": "parts-v1", "schema": "readiness.scan/1"}', "not a baseline file"),
        ('{"dataset": "parts-v1", "accept": []}', "not a baseline file"),
        (
            (
                '{"dataset": "parts-v1", "accepted": [{"code": "x", "reason": "r", "by": "a", "at_mst": 1, '
                '"until": "2027-01-31T00:00:00Z"}]}'
            ),
            "not a baseline file",
        ),
        (
            (
                '{"dataset": "parts-v1", "accepted": [{"code": "x", "reason": "r", "by": "a", '
                '"until": "9999-12-31T23:59:59-23:59"}]}'
            ),
            "needs a reason",
        ),
        ('{"dataset": "other"}', "a baseline of 'other', not of 'parts-v1'"),
        (
            '{"dataset": "parts-v1", "accepted": [{"code": "x", "reason": "", "by": "a", "until": "2027-01-31"}]}',
            "needs a reason",
        ),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, text: str, said: str):
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(Stop, match=said) as stop:
        baseline.of(baseline.read(file), "parts-v1", file)
    assert "\n" not in str(stop.value)


def test_a_missing_file_is_one_line(tmp_path: Path):
    with pytest.raises(Stop, match="cannot read"):
        baseline.read(tmp_path / "none.json")
