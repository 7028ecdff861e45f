"""What is left of a model on corrupted images: predicts them for each corruption and severity, judges that like clean.

Each run's predictions stay beside the clean ones, with their run record, so that an interrupted measurement goes on
where it stopped and a second one has nothing to do.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Task
from readiness.evidence.robustness import Corrupted, Robustness
from readiness.exits import Stop
from readiness.measures.corruptions import CORRUPTIONS, SEVERITIES
from readiness_coordinator.evaluate import predict, run_record
from readiness_coordinator.formats import Labelled, Picture

Judge = Callable[[Path], Evaluation]
Report = Callable[[int, int, str], None]

GRADES = (1, 3, 5)
MOST_IMAGES = 500
ALL = "all"
_FIGURES: dict[Task, str] = {"detection": "ap50", "classification": "accuracy", "segmentation": "mean_iou"}


def plan(names: str, severities: str) -> tuple[tuple[str, int], ...]:
    """Read what to run from comma-separated names (or `all`) and severities. Raises Stop."""
    wanted = tuple(CORRUPTIONS) if names == ALL else tuple(name.strip() for name in names.split(","))
    if stray := next((name for name in wanted if name not in CORRUPTIONS), None):
        raise Stop(f"--corrupt {stray}: no such corruption; there are {', '.join(CORRUPTIONS)}")
    try:
        grades = tuple(int(one) for one in severities.split(","))
    except ValueError:
        grades = ()
    if not grades or not set(grades) <= set(SEVERITIES):
        raise Stop(f"--severity {severities}: give some of {', '.join(map(str, SEVERITIES))}, separated by commas")
    return tuple((name, grade) for name in dict.fromkeys(wanted) for grade in sorted(set(grades)))


def sample(pictures: Sequence[Picture], most: int) -> tuple[Picture, ...]:
    """Take at most `most` pictures, evenly spread in the order of their names."""
    ordered = sorted(pictures, key=lambda picture: picture.name)
    if len(ordered) <= most:
        return tuple(ordered)
    return tuple(ordered[round(i * (len(ordered) - 1) / max(1, most - 1))] for i in range(most))


def robustness(
    model: Path,
    labelled: Labelled,
    pictures: Sequence[Picture],
    clean: Path,
    runs: Sequence[tuple[str, int]],
    *,
    judge: Judge,
    options: Sequence[str],
    report: Report,
) -> Robustness:
    """Run `model` over corrupted `pictures` of `labelled`; `clean` holds its predictions without.

    `judge` evaluates a predictions file on these pictures, `options` are the agent's. Raises Stop where a run fails.
    """
    folder = clean.with_name(f"{clean.name}.corrupted")
    folder.mkdir(exist_ok=True)
    ids = predict.ids_of(labelled)
    wanted = {str(ids[picture.name]) for picture in pictures}
    base = judge(clean)
    made: list[tuple[str, int, Evaluation]] = []
    for done, (name, severity) in enumerate(runs):
        said = f"{name}:{severity}"
        report(done, len(runs), said)
        out = folder / f"{name}-{severity}{clean.suffix}"
        if not _kept(out, clean, wanted, said):
            _run(model, labelled, pictures, out, [*options, "--corrupt", said])
        made.append((name, severity, judge(out)))
    report(len(runs), len(runs), "")
    return summary(labelled.task, base, made)


def summary(task: Task, clean: Evaluation, made: Iterable[tuple[str, int, Evaluation]]) -> Robustness:
    """Lay out clean and corrupted evaluations of the same pictures."""
    figure = _FIGURES[task]
    at_clean = clean.metrics.get(figure) or 0.0
    lefts = [(name, severity, one.metrics.get(figure) or 0.0) for name, severity, one in made]
    shares = [value / at_clean for _, _, value in lefts] if at_clean else []
    worst = min(lefts, key=lambda one: (one[2], one[0], one[1]), default=("", 0, 0.0))
    return Robustness(
        figure=figure,
        images=clean.images,
        clean=at_clean,
        left=sum(shares) / len(shares) if shares else 0.0,
        worst=worst[0],
        results=tuple(
            row for name, severity, one in [("", 0, clean), *made] for row in _rows(name, severity, one, figure)
        ),
    )


def _rows(name: str, severity: int, one: Evaluation, figure: str) -> Iterable[Corrupted]:
    hits, objects = sum(c.recall.hits for c in one.classes), sum(c.recall.n for c in one.classes)
    yield Corrupted(corruption=name, severity=severity, figure=one.metrics.get(figure), found=hits, objects=objects)
    for result in one.classes:
        if result.objects:
            yield Corrupted(
                corruption=name,
                severity=severity,
                class_name=result.name,
                figure=result.ap50 if figure == "ap50" else result.recall.value,
                found=result.recall.hits,
                objects=result.recall.n,
                recall=result.recall,
            )


def _kept(out: Path, clean: Path, wanted: Collection[str], said: str) -> bool:
    """Tell whether a run of the same model over the same dataset and images lies there already."""
    if not out.exists():
        return False
    try:
        here, there = run_record.read(out), run_record.read(clean)
    except Stop:
        return False
    return (
        here.corruption == said
        and here.model is not None
        and there.model is not None
        and here.model.digest == there.model.digest
        and here.card == there.card
        and here.dataset == there.dataset
        and {str(one) for one in here.images or ()} >= set(wanted)
    )


def _run(model: Path, labelled: Labelled, pictures: Sequence[Picture], out: Path, options: Sequence[str]) -> None:
    code = predict.predict(model, labelled, pictures, out, options)
    if code:
        raise Stop(f"{out}: the run over corrupted images failed; what it says stands above", code)
