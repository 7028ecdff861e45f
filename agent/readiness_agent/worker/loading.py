"""The options by which commands name a model, its card and its runtime, read into a worker's Load."""

import argparse
import os
from pathlib import Path

from readiness.exits import Stop
from readiness.strict import BadFile
from readiness_agent.endpoints.address import Address, parse
from readiness_agent.inference import cards
from readiness_agent.runtimes import Unrunnable, is_url
from readiness_agent.worker.jobs import Load

SHELF_VARIABLE = "READINESS_CARDS"
MODEL_HELP = (
    ".onnx or .tflite file, or an endpoint: http(s)://HOST/v2/models/NAME[/versions/V] of the Open Inference Protocol, "
    "or any other http(s):// URL that speaks Roboflow's JSON, such as https://HOST/PROJECT/VERSION"
)
_MOST_S, _MOST_RETRIES = 120.0, 20


def model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--card", metavar="C", type=Path, help="the model's card, or a folder of NAME.card.toml")
    parser.add_argument(
        "--cards",
        metavar="DIR",
        type=Path,
        default=os.environ.get(SHELF_VARIABLE),
        help=f"folder of cards that stand not beside their models (default: ${SHELF_VARIABLE}, then 'cards' here)",
    )
    parser.add_argument(
        "--runtime", metavar="R", choices=("onnx", "tflite", "http"), help="default: by the file's suffix, or the URL"
    )
    parser.add_argument(
        "--provider",
        metavar="P",
        help="who runs it: cuda:1, openvino:GPU …; of TFLite xnnpack, builtin, coral or lib.so:key=value "
        "(default: the processor)",
    )
    parser.add_argument("--threads", metavar="N", type=int, default=1, help="threads of the runtime (default 1)")
    parser.add_argument(
        "--timeout", metavar="S", type=float, default=10.0, help="an endpoint's call, retries included (default 10 s)"
    )
    parser.add_argument(
        "--retries", metavar="N", type=int, default=1, help="tries beyond the first of an endpoint's call (default 1)"
    )
    parser.add_argument(
        "--header-file",
        metavar="FILE",
        type=Path,
        help="'Name: value' lines sent to an endpoint; a key alone is taken from $READINESS_API_KEY",
    )


def load_of(args: argparse.Namespace, model: str | Path) -> Load:
    """Find and read the card of one model, a file or the URL of an endpoint; raises Stop."""
    if args.threads < 1:
        raise Stop(f"--threads is {args.threads}; it must be 1 or more")
    shelf = None if args.cards is None else Path(args.cards)
    if shelf is not None and not shelf.is_dir():
        raise Stop(f"{shelf}: no such folder of cards (--cards or {SHELF_VARIABLE})")
    named = _file(args, Path(model)) if not is_url(model) else Path(_endpoint(args, str(model)).name)
    found = cards.find(named, args.card, shelf, Path.cwd())
    try:
        card = None if found is None else cards.read(found)
    except BadFile as error:
        raise Stop(str(error)) from None
    return Load(
        path=str(model),
        card=card,
        threads=args.threads,
        provider=args.provider,
        runtime=args.runtime,
        timeout_s=args.timeout,
        retries=args.retries,
        header_file="" if args.header_file is None else str(args.header_file),
    )


def _file(args: argparse.Namespace, model: Path) -> Path:
    if args.runtime == "http":
        raise Stop(f"{model}: --runtime http takes the URL of an endpoint, http(s)://HOST/…")
    if not model.is_file():
        raise Stop(f"{model}: no such model file; check the path")
    return model


def _endpoint(args: argparse.Namespace, url: str) -> Address:
    """Check what is said of an endpoint; the name of its card is that of the model there."""
    try:
        where = parse(url)
    except Unrunnable as error:
        raise Stop(str(error)) from None
    if args.runtime not in {None, "http"} or args.provider is not None:
        raise Stop(f"{where.shown}: --runtime and --provider are for files; an endpoint has chosen its own")
    if not 0 < args.timeout <= _MOST_S:
        raise Stop(f"--timeout is {args.timeout:g} s; it must be above 0 and at most {_MOST_S:g}")
    if not 0 <= args.retries <= _MOST_RETRIES:
        raise Stop(f"--retries is {args.retries}; it must lie between 0 and {_MOST_RETRIES}")
    return where
