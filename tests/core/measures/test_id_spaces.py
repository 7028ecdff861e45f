"""Renumbered classes: found again where they were permuted, and not where a model is merely weak."""

import numpy as np

from readiness.measures import id_spaces


def test_a_permutation_is_found_again_and_holds_on_the_other_half() -> None:
    rng = np.random.default_rng(1)
    meant = rng.integers(0, 12, 600)
    turned = rng.permutation(12)
    said = turned[meant]
    said[:90] = rng.integers(0, 12, 90)
    reading = id_spaces.renumbering(said, meant, 14, 12)
    assert (reading[turned] == np.arange(12)).all()
    assert (reading[12:] == -1).all()
    held = id_spaces.held_out(said, meant, np.arange(600) % 2 == 0, 14, 12)
    assert held.balanced > 0.8


def test_chance_fits_only_the_half_it_was_found_on() -> None:
    rng = np.random.default_rng(2)
    said, meant = rng.integers(0, 40, 200), rng.integers(0, 40, 200)
    fitted = id_spaces.agreement(said, meant, id_spaces.renumbering(said, meant, 40, 40))
    held = id_spaces.held_out(said, meant, np.arange(200) % 2 == 0, 40, 40)
    assert fitted.balanced > 0.2
    assert held.balanced < 0.1


def test_a_frequent_class_outweighs_none() -> None:
    meant = np.r_[np.zeros(90, dtype=int), np.arange(1, 10)]
    got = id_spaces.agreement(np.zeros(99, dtype=int), meant, np.arange(10))
    assert (got.hits, got.balanced) == (90, 0.1)
