"""A classifier's CSV: every form of it, the figures of reference, and what cannot be told from it."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readiness.exits import Stop
from readiness_coordinator import formats
from readiness_coordinator.evaluate import classification, ground_truth, prediction_files, predictions
from readiness_coordinator.evaluate.classification import Figures
from readiness_coordinator.formats import Labelled, Picture
from truths import labelled

CLASSES = ("bolt", "nut", "clip")


def truth(labels: Sequence[str], classes: Sequence[str] = CLASSES, names: Sequence[str] = ()) -> Labelled:
    names = names or [f"{i}.jpg" for i in range(len(labels))]
    pictures = tuple(
        Picture(name=name, file=Path("/nowhere", name), split="test", key=name, label=label)
        for name, label in zip(names, labels, strict=True)
    )
    return labelled([], classes=classes, task="classification", pictures=pictures)


def measured(path: Path, read: Labelled) -> tuple[Figures, predictions.Predictions]:
    placed = predictions.place(prediction_files.read(path, read), read)
    return classification.measure(ground_truth.of(placed.pictures, read), placed, len(read.classes)), placed


def written(folder: Path, text: str) -> Path:
    path = folder / "said.csv"
    path.write_text(text)
    return path


def test_trashnet_as_it_lies_there(shared_data: Path) -> None:
    """The file's own columns are `file`, `predicted` and `p_<class>`; scikit-learn 1.9.1 gave the figures."""
    read = formats.open_dataset(shared_data / "datasets/trashnet_subset")
    figures, placed = measured(shared_data / "eval/classification/trashnet_knn_predictions.csv", read)
    assert figures.metrics == pytest.approx(
        {
            "accuracy": 0.8988095238095238,
            "balanced_accuracy": 0.8935157435157436,
            "macro_f1": 0.8905505515469043,
            "log_loss": 0.6922280059332725,
            "brier": 0.17628203392857142,
            "macro_auc": 0.981905912240082,
            # Two images have a share of 0 for their class, as for others: in scikit-learn's order of columns they are
            # within the first five of six (1.0), which is chance.
            "top_5_accuracy": 166 / 168,
        },
        abs=1e-12,
    )
    assert dict(zip(read.classes, figures.f1, strict=True))["plastic"] == pytest.approx(0.8)
    assert figures.auc[0] == pytest.approx(0.9994582881906826)
    assert placed.notes == figures.caveats == ()
    reference = json.loads((shared_data / "eval/classification/reference.json").read_text())["trashnet_knn"]
    assert figures.metrics["accuracy"] == pytest.approx(reference["accuracy"], abs=1e-5)


@pytest.mark.parametrize(
    ("column", "reference"),
    [
        ("score_person_x_minus_128", "score_person"),
        ("score_person_bytes_reinterpreted", "score_person_bytes"),
    ],
)
def test_person_presence_with_one_score(shared_data: Path, tmp_path: Path, column: str, reference: str) -> None:
    path = shared_data / "eval/classification/person_presence.csv"
    wanted = json.loads((path.parent / "reference.json").read_text())["person_presence"][reference]
    rows = list(csv.DictReader(path.read_text().splitlines()))
    read = truth(
        [("nobody", "person")[int(row["label_person"])] for row in rows],
        ("nobody", "person"),
        [r["file"] for r in rows],
    )
    lines = [",".join((row["file"], row["label_person"], row[column])) for row in rows]
    figures, placed = measured(written(tmp_path, "\n".join([f"file,label_person,{column}", *lines])), read)
    assert figures.metrics["accuracy"] == pytest.approx(wanted["accuracy"], abs=1e-6)
    assert figures.auc == pytest.approx([wanted["roc_auc"]] * 2, abs=1e-6)
    said, of = placed.row, ground_truth.of(placed.pictures, read).row[placed.image]
    counts = [int(((said == a) & (of == b)).sum()) for a, b in ((1, 1), (1, 0), (0, 1))]
    assert counts == [wanted["tp"], wanted["fp"], wanted["fn"]]
    assert placed.notes == ()


def test_person_presence_as_it_lies_there_says_what_is_not_read(shared_data: Path) -> None:
    path = shared_data / "eval/classification/person_presence.csv"
    rows = list(csv.DictReader(path.read_text().splitlines()))
    read = truth(["person"] * len(rows), ("nobody", "person"), [row["file"] for row in rows])
    _, placed = measured(path, read)
    assert placed.notes == (
        "'score_person_x_minus_128' is read as the score of 'person'; not read: 'score_person_bytes_reinterpreted'",
        (
            "labels in the predictions that are not the dataset's: 35, such as 'nobody' for"
            " train2017/000000159269.jpg, which is 'person' there"
        ),
    )


def test_scores_alone_answer_and_ties_answer_nothing(tmp_path: Path) -> None:
    text = "image,score_bolt,score_nut,score_clip\n0.jpg,0.6,0.3,0.1\n1.jpg,0.4,0.4,0.2\n2.jpg,0.2,0.3,0.5\n"
    figures, placed = measured(written(tmp_path, text), truth(["bolt", "bolt", "nut"]))
    assert placed.row.tolist() == [0, 2]
    assert figures.metrics["accuracy"] == pytest.approx(1 / 3)
    assert placed.foreign_answers == 1
    assert figures.metrics["log_loss"] == pytest.approx(-np.log([0.6, 0.4, 0.3]).mean())
    assert figures.metrics["brier"] == pytest.approx(
        np.mean([0.16 + 0.09 + 0.01, 0.36 + 0.16 + 0.04, 0.04 + 0.49 + 0.25])
    )


def test_classes_that_the_truth_lacks_take_their_share(tmp_path: Path) -> None:
    text = "image,prediction,score_bolt,score_nut,score_clip,score_rust\n" + "".join(
        f"{i}.jpg,{answer},{scores}\n"
        for i, (answer, scores) in enumerate((("bolt", "0.7,0.1,0.1,0.1"), ("rust", "0.2,0.1,0.1,0.6")))
    )
    figures, placed = measured(written(tmp_path, text), truth(["bolt", "bolt"]))
    assert placed.foreign_answers == 1
    assert placed.shares is not None
    assert placed.shares.shape == (2, 4)
    assert figures.metrics["accuracy"] == 0.5
    assert figures.metrics["log_loss"] == pytest.approx(-np.log([0.7, 0.2]).mean())
    assert figures.caveats == ()


@pytest.mark.parametrize(
    ("header", "scores", "caveat", "lost"),
    [
        ("score_bolt,score_nut", "0.6,0.4", "classes of the dataset that the scores leave out: 1", "log_loss"),
        ("score_bolt,score_nut,score_clip", "0.9,0.8,0.7", "the scores are no probabilities (they sum to 2.4", "brier"),
        ("score_bolt,score_nut,score_clip", "0.2,0.7,0.1", "answers that are not the class with the best score: 2", ""),
        ("score_bolt,score_nut,score_clip", "0.4,0.4,0.2", "images whose best score several classes share: 2", ""),
    ],
)
def test_what_scores_do_not_tell_is_said(tmp_path: Path, header: str, scores: str, caveat: str, lost: str) -> None:
    text = f"image,prediction,{header}\n0.jpg,bolt,{scores}\n1.jpg,bolt,{scores}\n"
    figures, _ = measured(written(tmp_path, text), truth(["bolt", "nut"]))
    assert any(line.startswith(caveat) for line in figures.caveats)
    assert lost not in figures.metrics
    assert figures.metrics["accuracy"] == 0.5


def test_answers_without_any_score(tmp_path: Path) -> None:
    figures, placed = measured(written(tmp_path, "image,prediction\n0.jpg,nut\n"), truth(["nut", "bolt"]))
    assert placed.shares is None
    assert figures.metrics == {"accuracy": 0.5, "balanced_accuracy": 0.5, "macro_f1": 0.5}
    assert figures.auc == [None, None, None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("image,prediction\n0.jpg\n", "said.csv:2: 1 columns, the header has 2"),
        ("image,image\n0.jpg,1\n", "two columns are called 'image'"),
        ("image,score_bolt,p_bolt\n0.jpg,1,1\n", "both score 'bolt'; keep one"),
        ("image,label\n0.jpg,bolt\n", "no column 'prediction'"),
        ("image,score_bolt\n0.jpg,much\n", "said.csv:2: the score 'much' is no number"),
        ("image,score_bolt\n0.jpg,1.5\n", "its score is not between 0 and 1"),
        ("", "no column 'image'"),
    ],
)
def test_unusable_tables_are_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Stop) as stop:
        measured(written(tmp_path, text), truth(["bolt"]))
    assert said in str(stop.value)
    assert "\n" not in str(stop.value)


def test_the_first_answers_of_imagenet_size_take_a_second(tmp_path: Path) -> None:
    rng, names = np.random.default_rng(0), [f"c{i}" for i in range(100)]
    shares = rng.dirichlet(np.ones(100), 1000)
    rows: list[list[Any]] = [[f"{i}.jpg", *(f"{s:.6f}" for s in row)] for i, row in enumerate(shares)]
    text = "\n".join(",".join(row) for row in [["image", *(f"score_{name}" for name in names)], *rows])
    labels = [names[int(at)] for at in rng.integers(0, 100, 1000)]
    figures, _ = measured(written(tmp_path, text), truth(labels, names))
    assert figures.metrics["top_5_accuracy"] == pytest.approx(0.05, abs=0.03)
    assert figures.metrics["macro_auc"] == pytest.approx(0.5, abs=0.03)
