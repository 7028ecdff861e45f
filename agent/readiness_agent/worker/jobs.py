"""What a parent asks of a worker process, and what the worker answers; both travel as lines of JSON."""

from typing import Literal

import msgspec

from readiness.evidence.benchmark import Confidence, Placement, Source
from readiness.evidence.model import Card, Model


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Which model file or endpoint, and how to run it; without a card its own metadata has to say it all.

    `timeout_s` and `retries` are of one call to an endpoint; a file has neither. `header_file` names a file of headers
    for it, so that no key is in a job.
    """

    path: str
    card: Card | None = None
    threads: int = 1
    provider: str | None = None
    runtime: str | None = None
    timeout_s: float = 10.0
    retries: int = 1
    header_file: str = ""


class Providers(msgspec.Struct, frozen=True, kw_only=True, tag="providers"):
    """Import onnxruntime, where it is installed, and say which providers it has."""


class Survey(msgspec.Struct, frozen=True, kw_only=True, tag="survey"):
    """Look through a frame source; frames that are no files are written to the folder `spill`.

    Of a live source a frame is taken every `every_s` seconds, for at most `within_s` in all.
    """

    src: str
    most: int
    spill: str
    every_s: float = 0.25
    within_s: float = 120.0


class Capture(msgspec.Struct, frozen=True, kw_only=True, tag="capture"):
    """Fill the frame set in the folder `out` up to `count` frames; of a live source one every `every_s` seconds."""

    src: str
    count: int
    every_s: float
    within_s: float
    out: str
    form: Literal["png", "jpg"] = "png"


class Describe(msgspec.Struct, frozen=True, kw_only=True, tag="describe"):
    """Load a model and say what it is."""

    load: Load


class Measure(msgspec.Struct, frozen=True, kw_only=True, tag="measure"):
    """Time one repetition: warm up until steady, then run over `frames` (image files) in turn.

    The closed loop ends once `runs` and `seconds` are both reached, or at `most_runs` or `most_seconds`.
    With `fps` a paced loop of `paced_s` follows, in which a run starts when its frame is due, and its time counts from
    there. With `sustained_s` this is a sustained run instead: one loop of that length (paced with `fps`), told in
    buckets of `bucket_s`. `answers` names a file that the answers over the frames are written to.
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
    paced_s: float = 20.0
    sustained_s: float = 0.0
    bucket_s: float = 30.0
    tally: bool = False
    answers: str | None = None


class Operate(msgspec.Struct, frozen=True, kw_only=True, tag="operate"):
    """Run a model over `frames` with its runtime's operator profile on."""

    load: Load
    frames: tuple[str, ...]
    runs: int = 30


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
    """The distinct usable frames as files, their digest, and what was left out: no frames, and copies of others.

    `changed` are files of a frame set whose bytes are no longer those that were captured.
    """

    files: tuple[str, ...]
    digest: str
    source: Source | None = None
    skipped: LeftOut = LeftOut()
    repeated: LeftOut = LeftOut()
    changed: LeftOut = LeftOut()


class Captured(msgspec.Struct, frozen=True, kw_only=True, tag="captured"):
    """The frame set is as full as it gets; `trouble` is the line that says why nothing more could be written."""

    trouble: str = ""


class Described(msgspec.Struct, frozen=True, kw_only=True, tag="described"):
    model: Model
    runtime_version: str
    provider: str
    fell_back: str = ""
    placement: Placement | None = None


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """One operator of a model: its name and kind, who ran it, and its mean time a run in ms."""

    name: str
    kind: str
    provider: str
    mean_ms: float


class Operated(msgspec.Struct, frozen=True, kw_only=True, tag="operated"):
    """The operators in the order of their run, and the mean of the whole run under the profile in ms."""

    operators: tuple[Operator, ...]
    runs: int
    run_ms: float


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """The worker's memory in MiB: peak since the reset, PSS and USS, growth of USS over the bare runtime."""

    peak_rss: float | None = None
    pss: float | None = None
    uss: float | None = None
    model_delta: float | None = None
    headroom: float | None = None
    swap: float | None = None
    cgroup_peak: float | None = None
    gpu: float | None = None


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of a loop, in the order of time: the runs in it, and the board's state at its end.

    `uss_mib` and `anonymous_mib` are this process's memory, of a sustained run alone.
    """

    start_s: float
    runs: int
    temperature_c: float | None = None
    frequency_mhz: float | None = None
    uss_mib: float | None = None
    anonymous_mib: float | None = None


class PacedLoop(msgspec.Struct, frozen=True, kw_only=True):
    """Runs at a fixed rate: ns from when each frame was due to its answer, and ns from its start to its answer."""

    fps: float
    from_due_ns: list[int]
    service_ns: list[int]
    blocks: tuple[Block, ...] = ()


class SustainedLoop(msgspec.Struct, frozen=True, kw_only=True):
    """A long loop: ns of every run in the order of `buckets` (from when it was due where paced), missed ones each."""

    seconds: float
    fps: float | None
    end_to_end_ns: list[int]
    buckets: tuple[Block, ...]
    missed: tuple[int, ...] = ()
    calibration_ms: tuple[float, float] | None = None


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag="measured"):
    """One repetition: ns per run for each stage and end to end, and what disturbed it.

    `interrupted` tells that it was asked to end early; what it holds is whole as far as it goes.
    `failed` counts calls of an endpoint that got no answer, by kind; they are not among the runs. `calls` has those of
    each half second in which one ended: how many, and how many of them failed.
    """

    stages_ns: dict[str, list[int]]
    end_to_end_ns: list[int]
    cold_start_ms: float
    first_inference_ms: float
    wall_s: float
    busy_s: float
    run_delay_s: float | None
    involuntary_switches: int
    machine_stall_s: float | None = None
    warm_up_runs: int
    steady: bool
    memory: Footprint
    confidence: Confidence | None = None
    blocks: tuple[Block, ...] = ()
    paced: PacedLoop | None = None
    sustained: SustainedLoop | None = None
    interrupted: bool = False
    failed: dict[str, int] = {}
    calls: tuple[tuple[int, int], ...] = ()
    retries: int = 0


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


Job = Providers | Survey | Capture | Describe | Measure | Operate | Predict
Reply = ProvidersFound | Surveyed | Captured | Described | Measured | Operated | Predicted | Progress | Refused
