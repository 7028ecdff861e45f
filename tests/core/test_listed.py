"""Listings as sentences: the count and its noun agree, and nothing listed is not the same as nothing measured."""

import pytest

import specimens
from asking import ask
from readiness import listed
from readiness.evidence.dataset import Item, Listing
from readiness.finding import Outcome, Step, Subject
from readiness.waiver import Waiver

SUBJECT, STEP = Subject("dataset", "parts"), Step(kind="fix", text="redraw")


def judged(total: int | None, unit: str, **more: object) -> Outcome:
    items = tuple(Item(images=(f"{number}.jpg",)) for number in range(total or 0))
    listing = None if total is None else Listing(total=total, items=items)
    return listed.judge(listing, "without an area", unit=unit, subject=SUBJECT, step=STEP, **more)


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("shared pictures", "shared picture"),
        ("unusable entries", "unusable entry"),
        ("mirrored copies", "mirrored copy"),
        ("boxes under two classes", "box under two classes"),
        ("classes without an object", "class without an object"),
        ("odd class names", "odd class name"),
        ("label files without an image", "label file without an image"),
        ("slices", "slice"),
    ],
)
def test_one_is_said_in_the_singular(many: str, one: str):
    assert [listed.counted(count, many) for count in (0, 1, 2)] == [f"0 {many}", f"1 {one}", f"2 {many}"]


def test_the_reason_agrees_with_its_count_and_the_unit_stays():
    assert judged(1, "empty boxes").because == "1 empty box: without an area: 0.jpg"
    assert judged(2, "empty boxes", of=9).because == "2 empty boxes among 9: without an area: 0.jpg; 1.jpg"
    assert judged(0, "empty boxes", of=9).because == "no empty boxes among 9"
    assert judged(None, "empty boxes").because == "not measured: whether there are empty boxes"
    assert {judged(count, "empty boxes").measure.unit for count in (0, 1, 2)} == {"empty boxes"}


def test_other_words_may_stand_for_the_unit():
    said = ("repeated picture", "repeated pictures")
    assert judged(1, "pictures", said=said).because == "1 repeated picture: without an area: 0.jpg"
    assert judged(0, "pictures", said=said).because == "no repeated pictures"
    assert judged(1, "pictures", said=said).measure.unit == "pictures"


def test_a_share_says_one_of_one():
    answers = [
        listed.judge_share(
            Listing(total=count), of, 0.1, "labels", "unlabelled: {part}", unit="images", subject=SUBJECT, step=STEP
        )
        for count, of in ((1, 1), (1, 5), (1200, 1500))
    ]
    said = ["unlabelled: 1 of 1 image", "unlabelled: 1 of 5 images", "unlabelled: 1,200 of 1,500 images"]
    assert [one.because for one in answers] == said


PAIR = Item(images=("train/a.jpg", "val/b.jpg"), splits=("train", "val"))


@pytest.mark.parametrize(
    "code", [code for code in sorted(specimens.dataset().listings) if code.endswith("-shared-across-splits")]
)
@pytest.mark.parametrize("items", [(), (PAIR,)])
def test_what_is_counted_and_not_listed_may_stand_in_any_splits(code: str, items: tuple[Item, ...]):
    cut = Listing(total=3, items=items, images_total=6)
    *pairs, rest = ask(code, dataset=specimens.dataset(listings={code: cut}))
    assert [one.subject.name for one in pairs] == ["train + val"] * len(items)
    assert (rest.outcome, rest.subject.name, rest.measured) == ("found", "splits", 3 - len(items))
    assert rest.because.startswith(f"{3 - len(items)} more shared ")


def test_accepting_one_pair_of_splits_accepts_no_other_that_was_not_listed():
    code = "images-shared-across-splits"
    waiver = Waiver(
        code=code,
        subject="train + val",
        reason="seen",
        by="me",
        until="2027-01-01T00:00:00Z",
        at_most=9,
        images=PAIR.images,
    )
    cut = specimens.dataset(listings={code: Listing(total=2, items=(PAIR,), images_total=2)})
    accepted = ask(code, dataset=cut, policy=specimens.policy(waivers=(waiver,)))
    assert [(one.subject.name, one.waived is not None) for one in accepted] == [
        ("train + val", True),
        ("splits", False),
    ]
