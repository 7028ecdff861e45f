"""Run a model over listed images and write its predictions."""

import argparse
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from readiness import canonical
from readiness.exits import CLEAN, UNAVAILABLE, Stop

if TYPE_CHECKING:
    from readiness_agent.worker.jobs import Corruption

_SECONDS_AN_IMAGE = 30.0


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """LIST: the images by id and file, and the category id of each row of the model's head."""

    images: tuple["Entry", ...]
    category_ids: tuple[int, ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    id: int | str
    file: str


def arguments(parser: argparse.ArgumentParser) -> None:
    from readiness_agent.worker.loading import MODEL_HELP, model_arguments

    parser.add_argument("model", metavar="MODEL", help=MODEL_HELP)
    parser.add_argument("--images", metavar="LIST", type=Path, required=True, help='JSON: {"images": [{"id", "file"}]}')
    parser.add_argument("--out", metavar="P", type=Path, required=True, help="file to write (masks: folder)")
    parser.add_argument("--floor", metavar="C", type=float, default=0.01, help="least score written (default 0.01)")
    parser.add_argument("--most", metavar="N", type=int, default=100, help="most boxes an image (default 100)")
    parser.add_argument(
        "--corrupt", metavar="NAME:SEVERITY", help="corrupt each image first, such as fog:3 (severities 1 to 5)"
    )
    model_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from readiness_agent.output import require_place
    from readiness_agent.progress import counting
    from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
    from readiness_agent.worker.jobs import Image, Predict, Predicted
    from readiness_agent.worker.loading import load_of

    listed = _listed(args.images)
    require_place(args.out)
    job = Predict(
        load=load_of(args, args.model),
        images=tuple(Image(id=image.id, file=image.file) for image in listed.images),
        out=str(args.out),
        category_ids=listed.category_ids,
        floor=args.floor,
        most=args.most,
        corruption=_corruption(args.corrupt),
    )
    limit_s = 120.0 + max(_SECONDS_AN_IMAGE, args.timeout) * len(job.images)
    try:
        with counting("images") as report:
            done = run_job(job, Predicted, str(args.model), limit_s, report)
    except JobRefused as refused:
        raise Stop(str(refused)) from None
    except WorkerFailed as failed:
        raise Stop(str(failed), UNAVAILABLE) from None
    _note(args, done)
    if len(done.unreadable) == len(job.images):
        raise Stop(f"{args.images}: none of its {len(job.images)} images can be read; {done.unreadable[0]}")
    return CLEAN


def _corruption(said: str | None) -> "Corruption | None":
    if said is None:
        return None
    from readiness.measures.corruptions import CORRUPTIONS, SEVERITIES
    from readiness_agent.worker.jobs import Corruption

    name, _, severity = said.partition(":")
    if name not in CORRUPTIONS or severity not in set(map(str, SEVERITIES)):
        raise Stop(f"--corrupt {said}: give NAME:SEVERITY, a severity of 1 to 5 and one of {', '.join(CORRUPTIONS)}")
    return Corruption(name, int(severity))


def _listed(path: Path) -> Listed:
    try:
        listed = msgspec.json.decode(path.read_bytes(), type=Listed)
    except OSError as error:
        raise Stop(f"{path}: cannot be read: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise Stop(f"{path}: no list of images: {error}") from None
    if not listed.images:
        raise Stop(f"{path}: lists no images")
    return listed


def _note(args: argparse.Namespace, done: Any) -> None:
    """Write beside the predictions what they are of."""
    note: dict[str, Any] = {
        "schema": "readiness.run/1",
        "model": done.model,
        "card": done.model.card.reading(),
        "images": done.images,
        "unreadable": done.unreadable,
        "floor": args.floor,
        "observed_at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if args.corrupt:
        note["corruption"] = args.corrupt
    if args.out.is_file():
        note["predictions"] = canonical.digest_bytes(args.out.read_bytes())
    Path(f"{args.out}.run.json").write_bytes(msgspec.json.format(msgspec.json.encode(note)) + b"\n")
