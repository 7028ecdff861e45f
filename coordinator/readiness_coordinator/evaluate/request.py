"""One evaluation as it was asked for: carried out on files, with other models beside it and on corrupted images."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from readiness.evidence.evaluation import Evaluation
from readiness.evidence.robustness import Robustness
from readiness.exits import Stop
from readiness_coordinator import formats
from readiness_coordinator.evaluate import corrupting, evaluation, from_files, prediction_files, predictions, run_record
from readiness_coordinator.evaluate.about import About
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.from_files import Evaluated, How
from readiness_coordinator.evaluate.model import Known
from readiness_coordinator.evaluate.run_record import RunRecord
from readiness_coordinator.formats import Labelled
from readiness_coordinator.formats.layout import ALL


class Corrupting(NamedTuple):
    """Run `model` with the agent's `options` over at most `images` images, corrupted as `runs` say."""

    model: Path
    runs: Sequence[tuple[str, int]]
    images: int
    options: Sequence[str]


class Request(NamedTuple):
    """All that one evaluation needs, read and checked."""

    labelled: Labelled
    predictions: Path
    record: RunRecord
    known: Known
    how: How
    confidence_from: str
    against: str | None = None
    corrupt: Corrupting | None = None

    def evaluate(self, now: str) -> Evaluated:
        """Evaluate the predictions, and the corrupted ones too where that was asked. Raises Stop."""
        made = from_files.evaluate_files(
            self.predictions,
            self.record,
            self.labelled,
            self.how,
            model_digest=self.known.digest,
            dataset_digest=formats.digest(self.labelled),
            now=now,
            against=self.against,
        )
        if self.corrupt is None:
            return made
        robust = self._robustness(self.corrupt, made)
        return made._replace(evaluation=msgspec.structs.replace(made.evaluation, robustness=robust))

    def other(self, path: Path, base: Case) -> Case:
        """Read another model's answers over the same truth, at that model's own threshold. Raises Stop."""
        record = run_record.read(path)
        confidence = record.model.card.confidence if record.model else self.how.confidence
        how = self.how._replace(confidence=confidence, split=base.predictions.split)
        return from_files.case_of_file(path, record, self.labelled, how, base.tags)

    def names(self, others: Sequence[Path]) -> list[str]:
        """Name the models by their run records, or by their files where those are silent or alike."""
        paths = [self.predictions, *others]
        said = [record.model.name if record.model else "" for record in map(run_record.read, paths)]
        alike = "" in said or len(set(said)) < len(said)
        stems = [path.stem for path in paths]
        return said if not alike else stems if len(set(stems)) == len(stems) else [str(path) for path in paths]

    def _robustness(self, asked: Corrupting, made: Evaluated) -> Robustness:
        if self.labelled.task == "segmentation" or made.case is None:
            raise Stop("--corrupt measures detectors and classifiers; masks of classes are not corrupted yet")
        case = made.case
        ran = [one for one, there in zip(case.predictions.pictures, case.predictions.run, strict=True) if there]
        pictures = corrupting.sample(ran, asked.images)
        some = msgspec.structs.replace(self.labelled, pictures=pictures)

        def judge(path: Path) -> Evaluation:
            columns = prediction_files.read(path, some)
            placed = predictions.place(columns, some, ALL, run_record.read(path).images)
            how = self.how
            small = evaluation.case_of(
                some, placed, confidence=how.confidence, iou=how.iou, policy=how.policy, tags={}, shape=case.shape
            )
            return evaluation.figures(small, About("", "", "", made.evaluation.observed_at))

        with _progress() as progress:
            task = progress.add_task("runs", total=None, said="")

            def report(done: int, total: int, said: str) -> None:
                progress.update(task, completed=done, total=total, said=said)

            return corrupting.robustness(
                asked.model,
                self.labelled,
                pictures,
                self.predictions,
                asked.runs,
                judge=judge,
                options=asked.options,
                report=report,
            )


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("corrupted runs"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
