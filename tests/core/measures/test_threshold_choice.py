"""Choosing thresholds: nothing that is left out is looked at, the order of images is of no account, promises hold."""

import numpy as np
import pytest
from scipy import special

from readiness.evidence.threshold import Aim
from readiness.measures import intervals, operating, threshold_choice
from readiness.measures.operating import Matches
from readiness.measures.threshold_choice import FOLDS, PARTS, Cells

F1 = Aim()
IMAGES = 200


def made(seed: int = 0, n: int = 300, classes: int = 2) -> Matches:
    rng = np.random.default_rng(seed)
    rows, images = rng.integers(0, classes, n), rng.integers(0, IMAGES, n)
    hit = rng.random(n) < 0.9
    score = special.expit(np.r_[1 + rng.normal(size=hit.sum()), -1 + rng.normal(size=2 * n)])
    row, image = np.r_[rows[hit], rng.integers(0, classes, 2 * n)], np.r_[images[hit], rng.integers(0, IMAGES, 2 * n)]
    right = np.arange(score.size) < hit.sum()
    return Matches(row, score, right, image, rows, images, np.arange(IMAGES), classes)


def parts() -> np.ndarray:
    return threshold_choice.parted([str(i) for i in range(IMAGES)])


def f1(m: Matches, threshold: float) -> float:
    keep = m.score >= threshold
    return 2 * int((keep & m.right).sum()) / (int(keep.sum()) + m.object_row.size)


def test_parts_go_by_name_alone_and_are_even() -> None:
    names = [f"video-{i}" for i in range(53)]
    dealt = dict(zip(names, threshold_choice.parted(names).tolist(), strict=True))
    turned = dict(zip(names[::-1], threshold_choice.parted(names[::-1]).tolist(), strict=True))
    assert dealt == turned
    assert set(np.bincount(list(dealt.values()), minlength=PARTS).tolist()) == {2, 3}


def test_the_best_of_all_scores_is_found() -> None:
    m = made()
    ladder = operating.ladder(m)
    rungs = threshold_choice.at_right_answers(ladder, parts())
    at = threshold_choice.chosen(rungs, threshold_choice.best(F1))[-1]
    every = max(f1(m, score) for score in m.score)
    assert f1(m, rungs.score[-1, at]) >= every - 0.002  # 270 right answers, of which 256 are tried
    few = made(n=100)
    rungs = threshold_choice.at_right_answers(operating.ladder(few), parts())
    at = threshold_choice.chosen(rungs, threshold_choice.best(F1))[-1]
    assert f1(few, rungs.score[-1, at]) == max(f1(few, score) for score in few.score)


def test_counts_by_part_are_those_of_counting_anew() -> None:
    m = made(1)
    m = m._replace(score=np.round(m.score, 1))
    part, ladder = parts(), operating.ladder(m)
    for rungs in (threshold_choice.at_right_answers(ladder, part), threshold_choice.at_counts(ladder, part, 7)):
        for group, rung in ((0, 40), (1, 200), (2, 256), (2, 3)):
            keep = (m.score >= rungs.score[group, rung]) & ((m.row == group) | (group == 2))
            assert rungs.answers[group, rung] == keep.sum()
            for have, some in ((rungs.answers_by, keep), (rungs.right_by, keep & m.right)):
                assert np.array_equal(have[group, rung], np.bincount(part[m.image[some]], minlength=PARTS))


def test_a_fold_that_is_left_out_has_no_say() -> None:
    m, part = made(2), parts()
    chosen = threshold_choice.cross_fitted(threshold_choice.at_right_answers(operating.ladder(m), part), F1)
    mine = part[m.image] % FOLDS == 3
    bent = m._replace(right=m.right & ~mine, score=np.where(mine, m.score**2, m.score))
    others = threshold_choice.cross_fitted(threshold_choice.at_right_answers(operating.ladder(bent), part), F1)
    assert np.array_equal(chosen[:, 3], others[:, 3])
    assert not np.array_equal(chosen[:, 0], others[:, 0])


def test_dear_false_answers_raise_the_threshold_until_none_pays() -> None:
    rungs = threshold_choice.at_right_answers(operating.ladder(made(3)), parts())
    scores = []
    for cost in (0.1, 1.0, 10.0, 1e9):
        at = threshold_choice.chosen(rungs, threshold_choice.best(Aim(kind="cost", cost_false=cost)))[-1]
        scores.append(rungs.score[-1, at])
    assert scores == sorted(scores)
    assert scores[0] < scores[2]


def test_a_promised_recall_is_the_highest_whose_bound_holds() -> None:
    m = made(4, n=150, classes=1)
    ladder, part = operating.ladder(m), parts()
    rungs = threshold_choice.at_right_answers(ladder, part)
    aim = Aim(kind="recall", target=0.7)
    at = threshold_choice.promised(ladder, rungs, aim, 0.7, 0.95)[-1]

    def lower(threshold: float) -> float:
        hits = np.bincount(m.image[m.right & (m.score >= threshold)], minlength=IMAGES).astype(float)
        return intervals.rate(hits, np.bincount(m.object_image, minlength=IMAGES).astype(float)).lower

    assert lower(rungs.score[-1, at]) >= 0.7 > lower(rungs.score[-1, at - 1])
    assert threshold_choice.promised(ladder, rungs, aim, 0.97, 0.95).tolist() == [0, 0]


def test_a_promised_precision_needs_enough_answers() -> None:
    m = made(5, n=400, classes=1)
    ladder, part = operating.ladder(m), parts()
    fewest = threshold_choice.fewest(0.8, 0.95)
    assert fewest == 14
    rungs = threshold_choice.at_counts(ladder, part, fewest)
    aim = Aim(kind="precision", target=0.8)
    at = threshold_choice.promised(ladder, rungs, aim, 0.8, 0.95)[-1]
    keep = m.score >= rungs.score[-1, at]
    assert keep.sum() >= 2 * fewest
    assert (keep & m.right).sum() / keep.sum() > 0.8
    assert threshold_choice.promised(ladder, rungs, aim, 0.999, 0.95).tolist() == [0, 0]


def test_the_band_holds_the_value_and_narrows_with_more() -> None:
    widths = []
    for n in (60, 3000):
        rungs = threshold_choice.at_right_answers(operating.ladder(made(6, n=n)), parts())
        pick = threshold_choice.best(F1)
        value = rungs.score[np.arange(3), threshold_choice.chosen(rungs, pick)]
        low, high = threshold_choice.band(rungs, lambda _, pick=pick: pick, value, 0.95)
        assert ((low <= value) & (value <= high)).all()
        widths.append(high[-1] - low[-1])
    assert widths[1] < widths[0]


def test_a_gain_is_the_difference_and_few_images_prove_nothing() -> None:
    cells = Cells(np.zeros(IMAGES, dtype=np.intp), 1, np.ones(IMAGES))
    old = np.repeat([1.0, 0.0], IMAGES // 2), np.ones(IMAGES)
    for better, proven in ((0, False), (1, False), (4, False), (12, True)):
        new = old[0].copy(), old[1]
        new[0][IMAGES // 2 : IMAGES // 2 + better] = 1
        for aim, each in ((F1, 1 / IMAGES), (Aim(kind="cost", cost_missed=2), 3 / IMAGES)):
            gain = threshold_choice.gain(cells, aim, new, old, IMAGES, IMAGES, 0.95)
            assert gain.value[0] == pytest.approx(better * each)
            assert (gain.lower[0] > 0) == proven
            assert gain.lower[0] <= gain.value[0] <= gain.upper[0]
