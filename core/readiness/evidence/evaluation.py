"""How one model did on one split of one dataset version: rates with bounds, per class and per slice."""

import msgspec

from readiness.evidence.bounded import NOTHING, Rate
from readiness.evidence.explanation import Explanation
from readiness.evidence.model import Task
from readiness.evidence.overfit import Overfit
from readiness.evidence.robustness import Robustness
from readiness.evidence.threshold import Thresholds
from readiness.evidence.weakness import SliceScan


class ClassResult(msgspec.Struct, frozen=True, kw_only=True):
    """One class at the threshold; `ap` is null without ground truth.

    `misplaced` is the share of class-correct answers that overlap an object nobody else answers by IoU 0.1 or more
    and yet miss the IoU asked for. `card_name` is the model card's name of this class where it is another one.
    `ap_bounds` is the 95 % interval of AP, null where there are too few objects for one to hold. Of a semantic
    segmenter objects, recall and precision are of pixels, `overlap` is the IoU over all pixels, `boundary` that of the
    bands along the outlines (Cheng et al. 2021).
    """

    name: str
    card_name: str = ""
    objects: int
    images: int
    detections: int
    recall: Rate = NOTHING
    precision: Rate = NOTHING
    ap: float | None = None
    ap50: float | None = None
    ap_bounds: tuple[float, float] | None = None
    misplaced: Rate = NOTHING
    overlap: Rate = NOTHING
    boundary: float | None = None
    missed_images: tuple[str, ...] = ()
    false_images: tuple[str, ...] = ()


class SliceResult(msgspec.Struct, frozen=True, kw_only=True):
    """Recall within one slice, for one class or for all (`class_name` empty); `dimension=value` names it."""

    dimension: str
    value: str
    class_name: str = ""
    images: int
    objects: int
    recall: Rate = NOTHING
    missed_images: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        where = f"{self.dimension}={self.value}"
        return f"{self.class_name}, {where}" if self.class_name else where


class Confused(msgspec.Struct, frozen=True, kw_only=True):
    """How often objects of `truth` were answered as `answer`; `background` stands for nothing there."""

    truth: str
    answer: str
    count: int


class Conflict(msgspec.Struct, frozen=True):
    """Images that are byte for byte the same and labelled differently: no model can be right about all of them."""

    images: tuple[str, ...]
    labels: tuple[str, ...]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluation; `model` and `dataset` are digests, `predictions` the digest of the predictions file.

    `card` is the reading (`Card.reading`) by which the model was run; `run_recorded` tells that a run record beside
    the predictions named their digest, the model and the dataset version, and that all of it fitted.

    `images_listed` tells whether the predictions say which images were run; without it an image with no prediction
    may be an empty answer or a dropped image. `errors` divides the answers at the threshold into matched, misplaced,
    confused, duplicate and background, beside the missed objects. `caveats` are what the metrics do not show.

    `foreign_classes` counts the answers of classes that the dataset lacks by their name or id; `unanswered` are images
    that were run and got no answer at any score though they hold objects. `crowds` counts crowd regions, which
    `objects` leaves out. `metric_bounds` are 95 % intervals of `metrics`, where they hold.
    """

    model: str
    dataset: str
    predictions: str
    task: Task
    split: str
    confidence: float
    iou: float
    observed_at: str
    images: int
    images_predicted: int
    objects: int
    metrics: dict[str, float | None]
    classes: tuple[ClassResult, ...]
    slices: tuple[SliceResult, ...] = ()
    confusion: tuple[Confused, ...] = ()
    foreign_images: int = 0
    images_listed: bool = True
    lowest_score: float | None = None
    misplaced: Rate = NOTHING
    errors: dict[str, int] = {}
    caveats: tuple[str, ...] = ()
    card: str = ""
    run_recorded: bool = False
    metric_bounds: dict[str, tuple[float, float]] = {}
    crowds: int = 0
    foreign_classes: dict[str, int] = {}
    unanswered: tuple[str, ...] = ()
    unanswered_total: int = 0
    conflicts: tuple[Conflict, ...] = ()
    explanation: Explanation | None = None
    thresholds: Thresholds | None = None
    slice_scan: SliceScan | None = None
    overfit: Overfit | None = None
    robustness: Robustness | None = None
    tool_version: str = ""
