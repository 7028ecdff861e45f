"""What an evaluation is of, beside truth and answers: digests, the time of the run, the card's names of classes."""

from collections.abc import Mapping
from typing import NamedTuple


class About(NamedTuple):
    """`model`, `dataset` and `predictions` are digests; `observed_at` is RFC 3339.

    `card_names` gives what the model card calls a class of the dataset where it is another word; `uses` counts the
    models that were evaluated on this split so far, None where nobody counts.
    """

    model: str
    dataset: str
    predictions: str
    observed_at: str
    card_names: Mapping[str, str] = {}
    uses: int | None = None
