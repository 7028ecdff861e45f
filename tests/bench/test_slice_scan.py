"""How often a search for weak slices names one that is none, how often it finds a real one, and what it costs."""

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from drawn_slices import CAMERA, LIGHT, SHARPNESS, SIZE, Drawn, Made, draw, overlap
from readiness.measures import slice_search
from readiness.measures.slice_search import ALL, Cut, Rules, Trials

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

Floats = npt.NDArray[np.float64]

RUNS = 300
RULES = Rules()
FALSE, FOUND, SECONDS = 0.06, 0.5, 0.25

EQUAL = {
    "objects by themselves": Made(correlation=0.0),
    "ICC .2 in images": Made(),
    "ICC .4 in images": Made(correlation=0.4),
    "recall .97": Made(recall=0.97),
    "recall .5": Made(recall=0.5),
    "60 recordings, ICC .1": Made(recordings=60, correlation=0.1),
    "40 recordings, ICC .2": Made(recordings=40, recall=0.9),
    "20 classes": Made(classes=20, images=1500),
    "classes of recall .3 to .95": Made(classes=6, recall=(0.95, 0.9, 0.8, 0.7, 0.5, 0.3)),
    "150 images": Made(images=150),
}
# With about so many objects of the slice in each half.
WEAK = {
    "dark (120)": Made(images=500, weak=(ALL, ((LIGHT, 0),))),
    "camera 3 (120)": Made(images=300, weak=(ALL, ((CAMERA, 3),))),
    "class 0, dark (70)": Made(images=600, weak=(0, ((LIGHT, 0),))),
    "class 1, blurry (90)": Made(images=700, weak=(1, ((SHARPNESS, 0),))),
    "blurry and small (70)": Made(images=600, weak=(ALL, ((SHARPNESS, 0), (SIZE, 0)))),
    "class 0, blurry and small (60)": Made(images=1000, weak=(0, ((SHARPNESS, 0), (SIZE, 0)))),
    "class 0, dim and small, else .95 (55)": Made(images=1000, recall=0.95, weak=(0, ((LIGHT, 1), (SIZE, 0)))),
    "20 classes, dark and small (70)": Made(images=1000, classes=20, weak=(ALL, ((LIGHT, 0), (SIZE, 0)))),
}


def _plain(drawn: Drawn) -> tuple[Floats, Floats, float]:
    """Objects and misses of each single condition over all classes, and the miss rate of all."""
    n = [np.bincount(cut.value, minlength=cut.values) for cut in drawn.cuts]
    missed = [np.bincount(cut.value, ~drawn.trials.hit, cut.values).astype(np.float64) for cut in drawn.cuts]
    size, misses = np.concatenate(n).astype(np.float64), np.concatenate(missed)
    enough = size >= RULES.least_objects
    return size[enough], misses[enough], float(np.mean(~drawn.trials.hit))


def half_again(drawn: Drawn) -> bool:
    n, missed, rate = _plain(drawn)
    return bool((missed > 1.5 * rate * n).any())


def uncorrected(drawn: Drawn) -> bool:
    n, missed, rate = _plain(drawn)
    return bool((stats.binom.sf(missed - 1, n, rate) < 0.05).any())


def corrected(drawn: Drawn) -> bool:
    """Benjamini-Hochberg over objects that are taken for independent."""
    n, missed, rate = _plain(drawn)
    return bool((stats.false_discovery_control(stats.binom.sf(missed - 1, n, rate)) < 0.05).any())


def searched(drawn: Drawn) -> bool:
    return bool(slice_search.search(drawn.trials, drawn.cuts, drawn.first, RULES).weak)


NAMED: dict[str, Callable[[Drawn], bool]] = {
    "error > 1.5 x": half_again,
    "p < .05": uncorrected,
    "BH": corrected,
    "this search": searched,
}


def test_equal_slices_are_seldom_called_weak() -> None:
    print(f"\nat least one false weak slice in {RUNS} evaluations of a model that is equally good everywhere")
    print(f"{'':<30}" + "".join(f"{name:>15}" for name in NAMED) + "     tested")
    false = {}
    for name, made in EQUAL.items():
        rng = np.random.default_rng(1)
        drawn = [draw(made, rng) for _ in range(RUNS)]
        shares = [float(np.mean([rule(one) for one in drawn])) for rule in NAMED.values()]
        tested = slice_search.search(drawn[0].trials, drawn[0].cuts, drawn[0].first, RULES).tested
        print(f"{name:<30}" + "".join(f"{share:>15.1%}" for share in shares) + f"{tested:>11,}")
        false[name] = shares[-1]
    assert {name: share for name, share in false.items() if share > FALSE} == {}


def test_seeded_weak_slices_are_found_in_most_runs() -> None:
    print(f"\nrecall lower by .25 in one slice, ICC .2, {RUNS // 3} evaluations")
    print(f"{'(objects per half)':<40}{'found':>8}{'named so':>10}{'slices named':>14}")
    found = {}
    for name, made in WEAK.items():
        rng = np.random.default_rng(2)
        alike, exact, named = [], [], []
        for _ in range(RUNS // 3):
            drawn = draw(made, rng)
            weak = slice_search.search(drawn.trials, drawn.cuts, drawn.first, RULES).weak
            lie = [slice_search.members(drawn.trials, drawn.cuts, one.row, one.parts) for one in weak]
            alike.append(any(overlap(one, drawn.weak) > 0.5 for one in lie))
            exact.append(any((one.row, one.parts) == made.weak for one in weak))
            named.append(len(weak))
        print(f"{name:<40}{np.mean(alike):>8.0%}{np.mean(exact):>10.0%}{np.mean(named):>14.2f}")
        found[name] = float(np.mean(alike))
    assert {name: share for name, share in found.items() if share <= FOUND} == {}


def test_the_search_takes_its_share_of_an_evaluation() -> None:
    """As many objects, classes and images as COCO's val2017, fifteen dimensions."""
    rng = np.random.default_rng(4)
    image = np.sort(rng.integers(0, 5000, 36_000))
    often = 1 / np.arange(1.0, 81)
    row = rng.choice(80, image.size, p=often / often.sum())
    cuts = [Cut(rng.integers(0, 4, 5000)[image], 4) for _ in range(11)]
    cuts += [Cut(rng.integers(0, 3, image.size), 3) for _ in range(4)]
    recall = rng.uniform(0.4, 0.95, 80)[row] - 0.25 * (cuts[-1].value == 0)
    trials = Trials(rng.random(image.size) < recall, row, image)
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        found = slice_search.search(trials, cuts, image % 2 == 0, RULES)
        taken.append(time.perf_counter() - begun)
    print(f"\n{found.tested:,} slices of 36,000 objects tested in {min(taken):.3f} s, weak: {len(found.weak)}")
    assert [(one.row, one.parts) for one in found.weak] == [(ALL, ((14, 0),))]
    assert min(taken) <= SECONDS
