"""The check for objects that are tiny at the target's input size."""

from readiness.checks.dataset import objects_tiny_at_target as check
from readiness.evidence.dataset import INPUT_SIZES, Dataset, Item, Listing, TinyCount
from readiness.finding import Outcome
from specimens import dataset, policy, profile

CODE = "objects-tiny-at-target"


def counted(name: str = "bolt", objects: int = 100, **tiny: int) -> TinyCount:
    """Count as many tiny objects at each size as the next smaller key says, `px320=40` such as."""
    under, last = [], objects
    for px in INPUT_SIZES:
        last = tiny.get(f"px{px}", last)
        under.append(last)
    return TinyCount(name=name, objects=objects, under=tuple(under))


def judged(dataset: Dataset, px: int | None) -> Outcome:
    return check.judge(dataset, profile(input_px=px), policy())


def test_clear_where_no_more_are_tiny_than_may_be_missed():
    data = dataset(tiny=(counted(px320=20, px640=0),))
    answer = judged(data, 320)
    assert (answer.kind, answer.because) == ("clear", "under 8 px at an input of 320 px: 20 of 100 objects")
    assert judged(data, 640).measure.measured == 0
    assert judged(data, 4096).kind == "clear"


def test_clear_while_a_few_objects_prove_nothing():
    assert judged(dataset(tiny=(counted(objects=3, px320=1),)), 320).kind == "clear"


def test_found_where_a_class_cannot_reach_its_recall_floor():
    listing = Listing(total=40, items=(Item(images=("train/a.jpg",)),), images_total=1)
    data = dataset(tiny=(counted(px320=40, px640=0), counted("nut", px320=0)), listings={CODE: listing})
    answer = judged(data, 320)
    assert answer.kind == "found"
    assert answer.because == (
        "under 8 px at an input of 320 px: 40 of 200 objects; "
        "more than may be missed (recall floor) of 'bolt' (40 of 100)"
    )
    assert answer.images == ("train/a.jpg",)
    assert judged(data, 640).kind == "clear"
    assert check.judge(data, profile(input_px=320), policy(confidence=0.95)).subject.name == "x86-gateway"


def test_found_follows_the_policy():
    data = dataset(tiny=(counted(px320=40),))
    floor = policy().evaluation
    lower = type(floor)(recall=0.5)
    assert check.judge(data, profile(input_px=320), policy(evaluation=lower)).kind == "clear"


def test_found_between_two_counted_sizes_only_where_both_agree():
    data = dataset(tiny=(counted(px320=90, px416=40, px480=0),))
    assert judged(data, 352).kind == "found"
    assert judged(data, 448).unknown == "undecided"
    assert judged(data, 500).kind == "clear"


def test_unknown_without_the_counts():
    assert judged(dataset(tiny=()), 320).unknown == "missing"


def test_clear_as_inapplicable_of_classifiers_and_targets_without_an_input_size():
    assert judged(dataset(task="classification"), 320).kind == "inapplicable"
    assert judged(dataset(), None).kind == "inapplicable"
