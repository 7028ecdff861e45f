"""Single boxes: each fault where it was put, none in ordinary ones, the same after any renaming or reordering."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_labels import details, found, labelled, names, one, ordinary, picture
from readiness.evidence.dataset import INPUT_SIZES
from readiness.measures import boxes as measures
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.scan.finders import boxes, overlaps, sizes
from readiness_coordinator.scan.seen import Options, Seen

FINDERS = (boxes.find, overlaps.find, sizes.find)


def everything(pictures: list[Picture], **more: object):
    given = more.pop("options", Options(input_px=416))
    return {code: one for find in FINDERS for code, one in found(find, pictures, given, **more).items()}


def bad(pictures: list[Picture]) -> dict[str, list[str]]:
    return {code: names(listing) for code, listing in everything(pictures).items() if listing.total}


def test_ordinary_boxes_have_no_fault():
    assert bad(ordinary()) == {}


@pytest.mark.parametrize(
    ("box", "codes"),
    [
        ((100, 100, 0, 50), {"box-degenerate"}),
        ((100, 100, 0.9, 50), {"box-degenerate"}),
        ((100, 100, -30, -30), {"box-degenerate"}),
        ((540, 300, 100.6, 100), {"box-out-of-bounds"}),
        ((-0.6, 300, 100, 100), {"box-out-of-bounds"}),
        ((540, 300, 100.4, 100), set()),
        ((-0.4, 300, 100, 100), set()),
        ((0, 380.6, 100, 100), {"box-out-of-bounds"}),
        ((0, 0, 640, 480), {"box-full-frame", "box-size-outlier"}),
        ((5, 5, 630, 470), {"box-full-frame", "box-size-outlier"}),
        ((20, 300, 300, 10), {"box-side-extreme", "box-size-outlier"}),
        ((200, 300, 8, 8), {"box-size-outlier"}),
    ],
)
def test_each_fault_is_found_where_it_is(box: tuple[float, float, float, float], codes: set[str]):
    pictures = [*ordinary(), picture("train/bad.jpg", [one(0, box)])]
    answer = bad(pictures)
    aside = {"objects-small", "objects-tiny-at-target"}
    assert set(answer) - aside == codes
    assert all(answer[code] == ["train/bad.jpg"] for code in codes)


def test_a_turned_box_may_stand_out_with_its_corners_not_with_its_middle():
    turned = [one(0, (-20, 100, 60, 60), shape="oriented"), one(1, (-80, 100, 60, 60), shape="oriented")]
    listing = everything([*ordinary(), picture("train/bad.jpg", turned)])["box-out-of-bounds"]
    assert [item.classes for item in listing.items] == [("nut",)]


def test_full_frames_among_close_ups_are_none():
    close = [
        picture(f"{index:02d}.jpg", [one(0, (0, 0, 640, 480 * share))])
        for index, share in enumerate(np.linspace(0.5, 1, 40))
    ]
    assert "box-full-frame" not in bad(close)
    whole = [picture(f"{index:02d}.jpg", [one(0, (0, 0, 640, 480))]) for index in range(40)]
    assert "box-full-frame" not in bad(whole)


def test_slivers_of_what_is_always_thin_are_none():
    poles = [picture(f"{index:02d}.jpg", [one(0, (50, 5, 10 + index % 20, 300))]) for index in range(40)]
    assert bad([*poles, picture("long.jpg", [one(0, (50, 5, 12, 300))])]).get("box-side-extreme") is None


def test_without_any_size_of_an_image_nothing_is_said_of_edges():
    bare = [msgspec.structs.replace(one, width=None, height=None) for one in ordinary()]
    assert not {"box-out-of-bounds", "box-full-frame"} & set(everything(bare))
    assert "box-out-of-bounds" in everything([])


def test_regions_of_masks_are_no_drawn_boxes():
    regions = [one(0, (0, 0, 640, 480), shape="mask"), one(1, (0, 0, 640, 480), shape="mask")]
    masked = [*ordinary(), picture("train/mask.jpg", regions, mask="m.png")]
    assert bad(masked) == {}


def test_doubles_and_boxes_under_two_classes():
    twice = picture("train/twice.jpg", [one(0, (100, 100, 80, 80)), one(0, (102, 101, 80, 80))])
    both = picture("train/both.jpg", [one(0, (100, 100, 80, 80)), one(1, (100, 100, 80, 80))])
    crowd = picture("train/crowd.jpg", [one(0, (100, 100, 80, 80)), one(0, (100, 100, 80, 80), crowd=True)])
    far = picture("train/far.jpg", [one(0, (100, 100, 80, 80)), one(0, (120, 100, 80, 80)), one(1, (104, 100, 80, 80))])
    answer = everything([*ordinary(), twice, both, crowd, far])
    assert details(answer["box-duplicate"]) == ["bolt at 100,100 (80x80) and 102,101 (80x80), IoU 0.93"]
    assert details(answer["box-under-two-classes"]) == ["bolt at 100,100 (80x80) and nut at 100,100 (80x80), IoU 1.00"]
    assert len(answer["box-duplicate"].items[0].boxes) == 2


def test_ten_thousand_equal_boxes_in_one_image():
    many = picture("train/many.jpg", [one(0, (100, 100, 80, 80))] * 10_000)
    listing = found(overlaps.find, [many])["box-duplicate"]
    assert (listing.total, listing.images_total, len(listing.items)) == (9999, 1, 1000)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(*[st.integers(0, 4)] * 4), min_size=2, max_size=25, unique=True))
def test_without_the_listed_doubles_no_two_boxes_are_near_equal(places: list[tuple[int, ...]]):
    drawn = [one(0, (x, y, 20.0 + w, 20.0 + h)) for x, y, w, h in places]
    repeats = overlaps.doubled(Seen(labelled([picture("a.jpg", drawn)]), {}, {}, None).objects)
    corners = measures.corners(np.array([each.box for each in drawn]))
    share = np.triu(measures.iou(corners, corners), 1) >= overlaps.DOUBLED
    kept = [index for index in range(len(drawn)) if index not in repeats]
    assert not share[np.ix_(kept, kept)].any()
    assert all(share[min(one, other), max(one, other)] for other, (one, _) in repeats.items())


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_findings_know_no_order_of_objects_and_no_numbers_of_classes(random: object, scale: int):
    pictures = [
        *ordinary(),
        picture(
            "train/x.jpg",
            [one(0, (5, 5, 630, 470)), one(1, (300, 50, 0, 9)), one(2, (200, 30, 80, 80)), one(0, (200, 30, 80, 80))],
        ),
    ]
    plain = everything(pictures)
    shuffled = [
        msgspec.structs.replace(one, annotations=tuple(random.sample(one.annotations, len(one.annotations))))
        for one in pictures
    ]
    assert everything(shuffled) == plain
    turned = [
        msgspec.structs.replace(
            one, annotations=tuple(msgspec.structs.replace(a, row=(a.row + 1) % 3) for a in one.annotations)
        )
        for one in pictures
    ]
    assert {code: each.total for code, each in everything(turned, classes=("washer", "bolt", "nut")).items()} == {
        code: each.total for code, each in plain.items()
    }
    grown = [
        msgspec.structs.replace(
            one,
            width=640 * scale,
            height=480 * scale,
            annotations=tuple(msgspec.structs.replace(a, box=tuple(scale * v for v in a.box)) for a in one.annotations),
        )
        for one in pictures
    ]
    by_size = {"objects-small"}
    assert {c: names(each) for c, each in everything(grown).items() if c not in by_size} == {
        c: names(each) for c, each in plain.items() if c not in by_size
    }


def test_a_systemic_fault_is_listed_in_full_and_named_in_part():
    pictures = [picture(f"{index:04d}.jpg", [one(0, (10, 10, 0, 0))]) for index in range(1500)]
    listing = everything(pictures)["box-degenerate"]
    assert (listing.total, listing.images_total, len(listing.items)) == (1500, 1500, 1000)
    assert names(listing)[0] == "0000.jpg"


def test_tiny_objects_are_counted_for_every_input_size():
    pictures = [picture(f"{i}.jpg", [one(0, (10, 10, side, 100))]) for i, side in enumerate((8, 16, 32, 64))]
    pictures.append(picture("wide.jpg", [one(1, (10, 10, 20, 20))], width=1280, height=100))
    seen = Seen(labelled(pictures), {}, {}, None, Options(input_px=320))
    bolt, nut = sizes.tiny_counts(seen.objects)
    under = dict(zip(INPUT_SIZES, bolt.under, strict=True))
    assert (bolt.objects, under[640], under[320], under[160]) == (4, 0, 1, 2)
    assert (nut.objects, dict(zip(INPUT_SIZES, nut.under, strict=True))[480]) == (1, 1)
    assert dict(zip(INPUT_SIZES, nut.under, strict=True))[512] == 0
    listing = sizes.find(seen)["objects-tiny-at-target"]
    assert [(item.images, item.detail) for item in listing.items] == [
        (("0.jpg",), "1 of 1 object under 8 px at 320"),
        (("wide.jpg",), "1 of 1 object under 8 px at 320"),
    ]
    assert "objects-tiny-at-target" not in everything(pictures, options=Options())
