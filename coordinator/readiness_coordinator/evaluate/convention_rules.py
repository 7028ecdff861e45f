"""What tools do otherwise than COCO when they reckon average precision, one convention at a time, as their code has it.

Ultralytics: `engine/validator.py`, `models/yolo/detect/val.py`, `utils/metrics.py`, `data/utils.py` and
`data/converter.py` of 8.3.231 and 8.4.118, which differ in `compute_ap`. Roboflow: `supervision` 0.26 and later follows
pycocotools; the hosted API's defaults are those of its documentation. Pascal VOC: the devkit, as Cartucho/mAP and
rafaelpadilla/Object-Detection-Metrics follow it. TIDE: tidecv 1.0.1.
"""

from typing import NamedTuple

import numpy as np

from readiness.measures.conventions import Curve


class Rules(NamedTuple):
    """What a tool does at one overlap; the defaults are COCO's.

    `crowds` spares answers in crowd regions. `above` is the score that an answer must exceed, or reach where
    `reached`. `most_class` and `most_image` limit the answers of a class in an image, and of an image. `claim` gives
    an answer no object but the one it overlaps most, `inclusive` adds a pixel to the sides of boxes, `tidy` leaves
    out what Ultralytics' loader does, `absent` counts classes without an object as 0.
    """

    crowds: bool = True
    above: float = -np.inf
    reached: bool = False
    most_class: int | None = 100
    most_image: int | None = None
    claim: bool = False
    inclusive: bool = False
    tidy: bool = False
    absent: bool = False
    curve: Curve = "101 points"


class Step(NamedTuple):
    """One convention changed, in words, and all rules once it is."""

    what: str
    rules: Rules


class Tool(NamedTuple):
    """A tool by the steps that lead from COCO to it.

    `validates` when it also prints the mean over IoU 0.50 to 0.95, and precision and recall at the best mean F1.
    """

    name: str
    steps: tuple[Step, ...]
    validates: bool = False


COCO = Rules()
_NO_CROWDS = Step("crowd regions are no labels: answers in them are false", COCO._replace(crowds=False))
_CUT = Step("answers with a score of 0.001 and less are left out", _NO_CROWDS.rules._replace(above=0.001))
_300 = Step("300 answers an image, not 100 a class and image", _CUT.rules._replace(most_class=None, most_image=300))
_CLAIM = "an answer may claim only the object that it overlaps most"
_CLAIMED = Step(_CLAIM, _300.rules._replace(claim=True))
_TIDY = Step(
    "images with a label outside the frame are dropped, labels without area or given twice left out",
    _CLAIMED.rules._replace(tidy=True),
)
_ULTRALYTICS = (_NO_CROWDS, _CUT, _300, _CLAIMED, _TIDY)
_DROP = Step("area under the interpolated curve, 0 beyond the last recall", _TIDY.rules._replace(curve="drop"))
_RAMP = Step("area under the interpolated curve, falling to 0 at recall 1", _TIDY.rules._replace(curve="ramp"))

_HOSTED = Step(
    "answers under 0.4, the hosted API's default confidence, never arrive", COCO._replace(above=0.4, reached=True)
)
_ARRIVED = Step("at most 300 answers an image arrive", _HOSTED.rules._replace(most_image=300))

_ALL = Step("all answers, not 100 a class and image", _NO_CROWDS.rules._replace(most_class=None))
_VOC_CLAIM = Step(_CLAIM, _ALL.rules._replace(claim=True))
_INCLUSIVE = Step("boxes hold their last pixel: a pixel more each way", _VOC_CLAIM.rules._replace(inclusive=True))
_VOC = (_NO_CROWDS, _ALL, _VOC_CLAIM, _INCLUSIVE)
_ALL_POINTS = Step("area under the whole curve", _INCLUSIVE.rules._replace(curve="all points"))
_11_POINTS = Step("mean of 11 points of the curve", _INCLUSIVE.rules._replace(curve="11 points"))

_100 = Step("100 answers an image, not 100 a class and image", COCO._replace(most_class=None, most_image=100))
_ABSENT = Step("classes that have answers but no object count as 0", _100.rules._replace(absent=True))

TOOLS = (
    Tool("Ultralytics 8.4", (*_ULTRALYTICS, _DROP), validates=True),
    Tool("Ultralytics up to 8.3", (*_ULTRALYTICS, _RAMP), validates=True),
    Tool("Roboflow (supervision, hosted API)", (_HOSTED, _ARRIVED)),
    Tool("Pascal VOC since 2010", (*_VOC, _ALL_POINTS)),
    Tool("Pascal VOC 2007", (*_VOC, _11_POINTS)),
    Tool("TIDE 1.0", (_100, _ABSENT)),
)
NOTES = (
    "suppression is not run again: Ultralytics validates at NMS IoU 0.7, Roboflow's hosted API answers at 0.3",
    "what a tool's own reader, resize or decoder would do to these answers is not redone",
)
