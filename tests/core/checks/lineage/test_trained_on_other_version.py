"""trained-on-other-version: the card names the version that was scanned."""

import msgspec
import pytest

import specimens
from asking import ask_one
from specimens import DATASET, OTHER

CODE = "trained-on-other-version"


def trained_on(digest: str) -> dict[str, object]:
    good = specimens.model()
    return {"model": specimens.model(card=msgspec.structs.replace(good.card, trained_on=digest))}


def test_clear_for_the_scanned_version() -> None:
    assert ask_one(CODE).outcome == "clear"


@pytest.mark.parametrize(
    ("digest", "because"),
    [
        (OTHER, f"trained on {OTHER}, scanned is {DATASET}"),
        ("", "the card does not say on what it was trained"),
    ],
)
def test_found_for_another_version_or_none(digest: str, because: str) -> None:
    finding = ask_one(CODE, **trained_on(digest))
    assert finding.outcome == "found"
    assert finding.because == because


def test_unknown_without_scan() -> None:
    assert ask_one(CODE, dataset=None).unknown == "missing"
