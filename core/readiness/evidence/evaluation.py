"""How one model did on one split of one dataset version: rates with bounds, per class and per slice."""

from typing import Literal

import msgspec

from readiness.evidence.bounded import NOTHING, Rate
from readiness.evidence.explanation import Explanation
from readiness.evidence.model import Task
from readiness.evidence.overfit import Overfit
from readiness.evidence.robustness import Robustness
from readiness.evidence.threshold import Thresholds
from readiness.evidence.weakness import SliceScan

Judged = Literal["box", "mask", "label", "pixel"]


class ClassResult(msgspec.Struct, frozen=True, kw_only=True):
    """One class at the threshold; `ap` is null without ground truth.

    `misplaced` is the share of class-correct answers that overlap an object nobody else answers by IoU 0.1 or more
    and yet miss the IoU asked for. `card_name` is the model card's name of this class where it is another one.
    `ap_bounds` is the 95 % interval of AP, null where there are too few objects for one to hold. Of a semantic
    segmenter objects, recall and precision are of pixels, `overlap` is the IoU over all pixels, `boundary` that of the
    bands along the outlines (Cheng et al. 2021). Of a classifier, `f1` is over the first answers at any score, `auc`
    the area under the ROC curve of this class against the rest.
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
    ap75: float | None = None
    ar100: float | None = None
    ap_bounds: tuple[float, float] | None = None
    misplaced: Rate = NOTHING
    overlap: Rate = NOTHING
    boundary: float | None = None
    f1: float | None = None
    auc: float | None = None
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
    """How often objects of `truth` were answered as `answer`; `background` stands for nothing there.

    `images` are the few that hold most of them.
    """

    truth: str
    answer: str
    count: int
    images: tuple[str, ...] = ()


class Conflict(msgspec.Struct, frozen=True):
    """Images that are byte for byte the same and labelled differently: no model can be right about all of them."""

    images: tuple[str, ...]
    labels: tuple[str, ...]


class IdFit(msgspec.Struct, frozen=True, kw_only=True):
    """Whether ids of answers mean what the truth means by them: of `n` answers that could tell, `agree` do so.

    `better` would if ids were read as `by` says, which is empty where no other reading is far better; `examples` are
    pairs of what is said and what it then means.
    """

    n: int
    agree: int
    better: int = 0
    by: str = ""
    examples: tuple[tuple[str, str], ...] = ()


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluation; `model` and `dataset` are digests, `predictions` the digest of the predictions file. `judged` is
    what was held against the truth: boxes, masks of single objects, labels of images, or classes of pixels.

    `card` is the reading (`Card.reading`) by which the model was run; `run_recorded` tells that a run record beside
    the predictions named their digest, the model and the dataset version, and that all of it fitted.

    `images_listed` tells whether the predictions say which images were run; without it an image with no prediction
    may be an empty answer or a dropped image. `errors` divides the answers at the threshold into matched, misplaced,
    confused, duplicate and background, beside the missed objects. `caveats` are what the metrics do not show.

    `foreign_classes` counts the answers of classes that the dataset lacks by their name or id; `unanswered` are images
    that were run and got no answer at any score though they hold objects. `crowds` counts crowd regions, which
    `objects` leaves out. `metric_bounds` are 95 % intervals of `metrics`, where they hold.

    `silent` are the first images without a prediction of which nothing says that they were run. `images_compared` is
    how many images were at hand to look for `conflicts`. `class_ids` and `image_ids` tell whether the ids of the
    answers fit the truth. Each is None where it was not looked at.
    """

    model: str
    dataset: str
    predictions: str
    task: Task
    split: str
    judged: Judged = "box"
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
    images_compared: int | None = None
    silent: tuple[str, ...] = ()
    class_ids: IdFit | None = None
    image_ids: IdFit | None = None
    explanation: Explanation | None = None
    thresholds: Thresholds | None = None
    slice_scan: SliceScan | None = None
    overfit: Overfit | None = None
    robustness: Robustness | None = None
    tool_version: str = ""

    @property
    def unit(self) -> Literal["objects", "pixels"]:
        """Say what `objects`, recall and precision count."""
        return "pixels" if self.judged == "pixel" else "objects"
