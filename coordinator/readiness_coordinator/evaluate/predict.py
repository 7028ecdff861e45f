"""Predictions over a dataset: lets the agent run the model, then names its answers as the dataset does."""

import csv
import importlib.util
import io
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from readiness import canonical
from readiness.evidence.model import Model
from readiness.exits import UNAVAILABLE, Stop
from readiness_coordinator import formats
from readiness_coordinator.evaluate import class_matching, mask_values, results_masks, run_record
from readiness_coordinator.evaluate.class_matching import ClassMatch
from readiness_coordinator.evaluate.outcomes import BACKGROUND
from readiness_coordinator.formats import Labelled, Picture
from readiness_coordinator.formats.mask_names import BACKGROUND as BACKGROUNDS
from readiness_coordinator.reports import write_bytes


class _Run(msgspec.Struct, kw_only=True):
    """The agent's run record, as far as it is read here."""

    model: Model
    unreadable: tuple[str, ...] = ()


def predict(model: Path, labelled: Labelled, pictures: Sequence[Picture], out: Path, options: Sequence[str]) -> int:
    """Run `model` over `pictures` with the agent's `options`, write `out` and its run record; gives the exit code.

    The agent says itself what went wrong, in its one line. Raises Stop where the classes cannot be matched.
    """
    if importlib.util.find_spec("readiness_agent") is None:
        raise Stop("the agent that runs models is not installed; install model-readiness-advisor[agent]", UNAVAILABLE)
    if labelled.masks is not None:
        mask_values.require_empty(out)
    with tempfile.TemporaryDirectory(prefix="readiness-predict-") as folder:
        listing, answers = Path(folder, "images.json"), Path(folder, f"answers{out.suffix or '.json'}")
        ids = ids_of(labelled)
        images = [{"id": ids[picture.name], "file": str(picture.file)} for picture in pictures]
        listing.write_bytes(msgspec.json.encode({"images": images}))
        command = [sys.executable, "-m", "readiness_agent", "predict", str(model)]
        command += ["--images", str(listing), "--out", str(answers), *options]
        code = subprocess.run(command, check=False, stdout=sys.stderr).returncode
        if code:
            return code
        record = run_record.path_beside(answers).read_bytes()
        ran = msgspec.json.decode(record, type=_Run)
        if ran.model.card.task != labelled.task:
            raise Stop(f"{model} is made for {ran.model.card.task}, the dataset {labelled.root} for {labelled.task}")
        matched, digest = _written(answers, out, ran.model, labelled)
    unread = {line.split(": ", 1)[0] for line in ran.unreadable}
    note: dict[str, Any] = msgspec.json.decode(record)
    note |= {
        "image_ids": [ids[picture.name] for picture in pictures if str(picture.file) not in unread],
        "classes_by": matched.by,
        "card_names": _card_names(matched, ran.model.card.classes, labelled),
        "predictions": digest,
        "card": ran.model.card.reading(),
        "dataset": formats.digest(labelled),
        "split": "+".join(sorted({picture.split for picture in pictures})),
    }
    write_bytes(msgspec.json.format(msgspec.json.encode(note)) + b"\n", str(run_record.path_beside(out)))
    return 0


def ids_of(labelled: Labelled) -> dict[str, int | str]:
    """Give each picture's id: the format's own, or its name where splits number their images alike."""
    pictures = labelled.pictures
    unique = len({picture.key for picture in pictures}) == len(pictures)
    return {picture.name: picture.key if unique else picture.name for picture in pictures}


def _written(answers: Path, out: Path, model: Model, labelled: Labelled) -> tuple[ClassMatch, str]:
    """Write the answers as the dataset names classes; gives how they were matched and what was written, by digest."""
    if model.card.task == "segmentation":
        if labelled.masks is None:
            raise Stop(f"{model.name} answers with masks of classes; {labelled.root} holds none to compare them with")
        matched, values = mask_values.match(model.card.classes, labelled)
        mask_values.write(answers, out, values, model.name)
        return matched, results_masks.digest(out)
    matched = class_matching.match(model.card.classes, labelled)
    said = _renamed(answers.read_bytes(), model, matched, labelled)
    write_bytes(said, str(out))
    return matched, canonical.digest_bytes(said)


def _card_names(matched: ClassMatch, card: Sequence[str], labelled: Labelled) -> dict[str, str]:
    """Give the card's name of each class where it is another one; background is matched by what it is."""
    if labelled.masks is None:
        return class_matching.card_names(matched, card, labelled)
    ground = [name for name in card if name.lower() in BACKGROUNDS]
    names = class_matching.card_names(matched, [name for name in card if name not in ground], labelled)
    return names if BACKGROUND in ground else names | dict.fromkeys([BACKGROUND], ground[0]) if ground else names


def _renamed(data: bytes, model: Model, matched: ClassMatch, labelled: Labelled) -> bytes:
    """Turn rows of the head into category ids, or the card's names into the dataset's."""
    if model.card.task == "classification":
        return _renamed_csv(data, model, matched, labelled)
    ids = class_matching.category_ids(matched, labelled)
    results = msgspec.json.decode(data)
    for result in results:
        row = result["category_id"]
        if not 0 <= row < len(ids):
            raise Stop(f"{model.name} answers class row {row}, its card lists {len(ids)} classes; correct the card")
        result["category_id"] = ids[row]
    return msgspec.json.encode(results)


def _renamed_csv(data: bytes, model: Model, matched: ClassMatch, labelled: Labelled) -> bytes:
    pairs = zip(model.card.classes, matched.rows, strict=True)
    names = {name: name if row is None else labelled.classes[row] for name, row in pairs}
    header, *lines = csv.reader(io.StringIO(data.decode(), newline=""))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*header[:2], *(f"score_{names[name.removeprefix('score_')]}" for name in header[2:])])
    writer.writerows([image, names.get(answer, answer), *scores] for image, answer, *scores in lines)
    return text.getvalue().encode()
