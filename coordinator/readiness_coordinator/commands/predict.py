"""Run a model over a dataset and write its predictions, ready for `readiness evaluate`."""

import argparse
from pathlib import Path

from readiness.exits import Stop


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, help=".onnx or .tflite file")
    parser.add_argument("--data", metavar="DATASET", required=True, help="any dataset that scan reads")
    parser.add_argument(
        "--out", metavar="P", type=Path, required=True, help="predictions to write: .json, .csv, a folder"
    )
    parser.add_argument(
        "--split", metavar="S", default="all", help="train, val, test, several joined by + (default all)"
    )
    parser.add_argument("--images", metavar="DIR", help="where the images are, if not beside the labels")
    parser.add_argument("--format", metavar="F", default="auto", help="dataset format (default: by its files)")
    parser.add_argument("--card", metavar="CARD", type=Path, help="the model's card, or a folder of cards")
    parser.add_argument("--threads", metavar="N", type=int, default=1, help="threads of the runtime (default 1)")


def run(args: argparse.Namespace) -> int:
    from readiness_coordinator import formats
    from readiness_coordinator.evaluate import predict, predictions
    from readiness_coordinator.formats import places

    if not args.out.absolute().parent.is_dir():
        raise Stop(f"{args.out}: its folder does not exist; make it first")
    try:
        labelled = formats.open_dataset(args.data, format=args.format, images=args.images)
    except formats.Unreadable as unreadable:
        raise Stop(str(unreadable)) from None
    splits = predictions.wanted(args.split, labelled)
    pictures = [picture for picture in labelled.pictures if picture.split in splits and picture.labelled]
    if not pictures:
        raise Stop(f"{args.data}: no labelled image in split '{args.split}'")
    if places.is_remote(pictures[0].file):
        raise Stop(f"{args.data}: its images are in a zip or at a URL; copy them here, a model runs on files")
    options = ["--threads", str(args.threads)]
    if args.card:
        options += ["--card", str(args.card)]
    return predict.predict(args.model, labelled, pictures, args.out, options)
