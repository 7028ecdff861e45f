"""Which names mean the same: known pairs, and that class lists in use have none."""

from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.measures import words

VOC = (
    "aeroplane|bicycle|bird|boat|bottle|bus|car|cat|chair|cow|diningtable|dog|horse|motorbike|person|"
    "pottedplant|sheep|sofa|train|tvmonitor"
)
# Names as LVIS, Objects365 and Open Images have them, chosen for standing near each other.
OPEN = (
    "baseball_bat|baseball_glove|basketball|baseball|softball|volleyball|football_helmet|batter|battery|bat|"
    "cat|car|cab|cap|cup|cub|stapler|staple|saucer|saucepan|table|tablet|tablecloth|hammer|hamper|"
    "hamster|painter|printer|trailer|trainer|marker|market|carrot|parrot|horse|house|mouse|moose|goose|"
    "grape|grapefruit|sandal|sandwich|candle|handle|Human arm|Human ear|Human eye|Human leg|Drinking glass|"
    "Goggles|Skirt|Shirt|Miniskirt|Jeans|Trousers|Book|Bookcase|pitcher_(vessel_for_liquid)|bow_(weapon)|"
    "bow_(decorative_ribbons)|ring|earring|string cheese|peach|beach|bench"
)
OWN = (
    "1|2|10|11|12|left_arm|right_arm|left|right|masked|unmasked|with_mask|without_mask|"
    "mask_weared_incorrect|helmet|no-helmet|ripe|unripe|overripe|open|opened|closed|A|B|a|b|A+|A-|C|"
    "C++|C#|1_2|12|-1|type_1|type_2|type-a|type-b|speed_limit_30|speed_limit_50|person|people|rider|"
    "bus|glass|male|female|man|woman|scratch|crack|dent"
)


def clashes(names: list[str]) -> set[frozenset[str]]:
    spelled = {name: words.spelled(name) for name in names}
    found = {
        frozenset(pair)
        for pair in combinations(sorted(set(names)), 2)
        if len({words.folded(words.singular(spelled[name])) for name in pair}) == 1
        or len({words.folded(spelled[name]) for name in pair}) == 1
    }
    back = {parts: name for name, parts in spelled.items()}
    return found | {frozenset((back[one], back[other])) for one, other in words.slips(spelled.values())}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cat", "Cat "),
        ("traffic light", "traffic_light"),
        ("traffic-light", "TrafficLight"),
        ("traffic light", "Traffic  Light"),
        ("café", "cafe\u0301"),
        ("café", "cafe"),
        ("\uff43\uff41\uff54", "cat"),
        ("straße", "STRASSE"),
    ],
)
def test_the_same_but_for_form(one: str, other: str):
    assert words.folded(words.spelled(one)) == words.folded(words.spelled(other))


@pytest.mark.parametrize(
    ("one", "other"), [("bolt", "bolts"), ("box", "boxes"), ("berry", "berries"), ("traffic light", "Traffic Lights")]
)
def test_plurals(one: str, other: str):
    singular = [words.folded(words.singular(words.spelled(name))) for name in (one, other)]
    assert singular[0] == singular[1]
    assert words.spelled(one) != words.spelled(other)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("bicycle", "bycicle"),
        ("bicycle", "bicylce"),
        ("pedestrian", "pedestrain"),
        ("motorcycle", "motorcyle"),
        ("screwdriver", "screwdirvre"),
        ("washer", "wahser"),
        ("traffic light", "trafic light"),
        ("Platelets", "Platelts"),
        ("triangle", "triengle"),
    ],
)
def test_slips_of_the_pen(right: str, wrong: str):
    assert clashes([right, wrong]) == {frozenset((right, wrong))}


@pytest.mark.parametrize("names", [VOC, OPEN, OWN], ids=["voc", "open", "own"])
def test_names_that_are_told_apart(names: str):
    assert clashes(names.split("|")) == set()


@pytest.mark.parametrize(
    "name",
    ["coco_names_80.txt", "coco_labels_90.txt", "imagenet_labels_1001.txt", "pascal_voc_segmentation_labels.txt"],
)
def test_class_lists_in_use_have_no_clash(shared_data: Path, name: str):
    names = (shared_data / "models/labels" / name).read_text().splitlines()
    assert clashes([one for one in names if one.strip(" ?")]) == set()


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=14), max_size=12))
def test_slips_know_no_order_and_name_nothing_else(names: list[str]):
    spelled = [words.spelled(name) for name in names]
    found = words.slips(spelled)
    assert found == words.slips(reversed(spelled))
    assert {name for pair in found for name in pair} <= set(spelled)


@given(st.text("abcdefghijklmnop", min_size=10, max_size=16), st.data())
def test_one_letter_left_out_of_a_long_word_is_a_slip(word: str, data: st.DataObject):
    at = data.draw(st.integers(1, len(word) - 2))
    shorter = word[:at] + word[at + 1 :]
    pair = tuple(sorted([(word,), (shorter,)]))
    assert words.slips(pair) == (set() if word.startswith(shorter) else {pair})


def test_ten_thousand_names_take_a_moment():
    syllables = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu"]
    names = [("".join(parts),) for parts in product(syllables, repeat=4)]
    assert len(names) == 10_000
    assert len(words.slips([*names, ("washer",), ("wahser",)])) < 10_000


def test_names_that_are_a_system_are_no_slips_of_each_other():
    names = [(f"sector{letter}north",) for letter in "abcdefghijkl"]
    assert words.slips([*names, ("washer",), ("wahser",)]) == {(("wahser",), ("washer",))}
