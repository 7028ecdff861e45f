"""The options by which commands name a model, its card and its runtime, read into a worker's Load."""

import argparse
import os
from pathlib import Path

from readiness.exits import Stop
from readiness.strict import BadFile
from readiness_agent.inference import cards
from readiness_agent.worker.jobs import Load

SHELF_VARIABLE = "READINESS_CARDS"


def model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--card", metavar="C", type=Path, help="the model's card, or a folder of NAME.card.toml")
    parser.add_argument(
        "--cards",
        metavar="DIR",
        type=Path,
        default=os.environ.get(SHELF_VARIABLE),
        help=f"folder of cards that stand not beside their models (default: ${SHELF_VARIABLE}, then 'cards' here)",
    )
    parser.add_argument("--runtime", metavar="R", choices=("onnx", "tflite"), help="default: by the file's suffix")
    parser.add_argument("--provider", metavar="P", help="execution provider, such as cuda (default: the processor)")
    parser.add_argument("--threads", metavar="N", type=int, default=1, help="threads of the runtime (default 1)")


def load_of(args: argparse.Namespace, model: Path) -> Load:
    """Find and read the card of one model; raises Stop."""
    if args.threads < 1:
        raise Stop(f"--threads is {args.threads}; it must be 1 or more")
    if not model.is_file():
        raise Stop(f"{model}: no such model file; check the path")
    shelf = None if args.cards is None else Path(args.cards)
    if shelf is not None and not shelf.is_dir():
        raise Stop(f"{shelf}: no such folder of cards (--cards or {SHELF_VARIABLE})")
    found = cards.find(model, args.card, shelf, Path.cwd())
    try:
        card = None if found is None else cards.read(found)
    except BadFile as error:
        raise Stop(str(error)) from None
    return Load(path=str(model), card=card, threads=args.threads, provider=args.provider, runtime=args.runtime)
