"""One evaluation under way: truth, predictions, how they match at every score, and what that gives at the threshold."""

from collections.abc import Mapping
from typing import NamedTuple

from readiness.measures.matching import Matched, Pairs
from readiness.policy import Policy
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.judged_shape import Shape
from readiness_coordinator.evaluate.outcomes import Outcomes
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.same_files import SameFiles
from readiness_coordinator.formats import Labelled

Tags = Mapping[str, Mapping[str, str]]


class Case(NamedTuple):
    """What every part of an evaluation is measured from.

    `pairs` are the answers and objects of an image that overlap at all closely (`outcomes.close`), of masks where
    masks are judged, as `shape` tells. `matches` is over all answers, in the order of `predictions`, at the overlap
    `iou`: as matching goes from the best score down, that of any threshold is the part of it at or above. `outcomes`
    sorts out those at `confidence`. `tags` gives each picture's slices by its name, `same`
    the pictures whose files are equal.
    """

    labelled: Labelled
    truth: GroundTruth
    predictions: Predictions
    shape: Shape
    pairs: Pairs
    matches: Matched
    outcomes: Outcomes
    tags: Tags
    same: SameFiles
    confidence: float
    iou: float
    policy: Policy
