"""What a parent asks of a worker process, and what the worker answers; both travel as lines of JSON."""

import msgspec

from readiness.evidence.benchmark import Confidence
from readiness.evidence.model import Card, Model


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Which model file, and how to run it; without a card the file's own metadata has to say it all."""

    path: str
    card: Card | None = None
    threads: int = 1
    provider: str | None = None
    runtime: str | None = None


class Providers(msgspec.Struct, frozen=True, kw_only=True, tag="providers"):
    """Import onnxruntime, where it is installed, and say which providers it has."""


class Survey(msgspec.Struct, frozen=True, kw_only=True, tag="survey"):
    """Look through a frame source; frames that are no files are written to the folder `spill`."""

    src: str
    most: int
    spill: str


class Describe(msgspec.Struct, frozen=True, kw_only=True, tag="describe"):
    """Load a model and say what it is."""

    load: Load


class Measure(msgspec.Struct, frozen=True, kw_only=True, tag="measure"):
    """Time one repetition: warm up until steady, then run over `frames` (image files) in turn.

    The loop ends once `runs` and `seconds` are both reached, or at `most_runs` or `most_seconds`.
    With `fps` a run starts when its frame is due, and its end-to-end time counts from there.
    """

    load: Load
    frames: tuple[str, ...]
    runs: int
    seconds: float
    most_runs: int = 5000
    most_seconds: float = 60.0
    block_s: float = 0.5
    warm_up_s: float = 10.0
    fps: float | None = None
    tally: bool = False


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """One image to predict on."""

    id: int | str
    file: str


class Corruption(msgspec.Struct, frozen=True):
    """What is done to each image before the model sees it: a name of measures.corruptions, a severity of 1 to 5."""

    name: str
    severity: int


class Predict(msgspec.Struct, frozen=True, kw_only=True, tag="predict"):
    """Run a model over images and write its answers to `out`; `category_ids` are those of the head's rows."""

    load: Load
    images: tuple[Image, ...]
    out: str
    category_ids: tuple[int, ...] = ()
    floor: float = 0.01
    most: int = 100
    corruption: Corruption | None = None


class ProvidersFound(msgspec.Struct, frozen=True, kw_only=True, tag="providers_found"):
    names: tuple[str, ...]


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many files are not run, and the first of them by name, each with why."""

    total: int = 0
    named: tuple[str, ...] = ()


class Surveyed(msgspec.Struct, frozen=True, kw_only=True, tag="surveyed"):
    """The distinct usable frames as files, their digest, and what was left out: no frames, and copies of others."""

    files: tuple[str, ...]
    digest: str
    skipped: LeftOut = LeftOut()
    repeated: LeftOut = LeftOut()


class Described(msgspec.Struct, frozen=True, kw_only=True, tag="described"):
    model: Model
    runtime_version: str
    provider: str
    fell_back: str = ""


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """The worker's memory in MiB: peak since the reset, PSS and USS, growth of USS over the bare runtime."""

    peak_rss: float | None = None
    pss: float | None = None
    uss: float | None = None
    model_delta: float | None = None
    headroom: float | None = None


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag="measured"):
    """One repetition: ns per run for each stage and end to end, and what disturbed it."""

    stages_ns: dict[str, list[int]]
    end_to_end_ns: list[int]
    cold_start_ms: float
    first_inference_ms: float
    wall_s: float
    busy_s: float
    run_delay_s: float | None
    involuntary_switches: int
    warm_up_runs: int
    steady: bool
    memory: Footprint
    confidence: Confidence | None = None


class Predicted(msgspec.Struct, frozen=True, kw_only=True, tag="predicted"):
    """What the predictions are of, and the images that could not be read, each with why."""

    model: Model
    images: int
    unreadable: tuple[str, ...]


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    done: int
    total: int


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The job cannot be done: one line that says what, where and what to do."""

    line: str


Job = Providers | Survey | Describe | Measure | Predict
Reply = ProvidersFound | Surveyed | Described | Measured | Predicted | Progress | Refused
