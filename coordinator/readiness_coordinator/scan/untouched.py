"""The user's files stay as they are: refuses, before the long work, to write where a dataset lies."""

from collections.abc import Iterable
from pathlib import Path

from readiness.exits import Stop
from readiness_coordinator.formats.labelled import Labelled


def refuse(dataset: str, labelled: Labelled, places: Iterable[Path]) -> None:
    """Raise Stop for the first place that is one of the dataset's files or lies in its folder.

    Beside a COCO file that is scanned by itself anything may lie, for nothing else there is read but its pictures.
    """
    given = Path(dataset).resolve()
    alone = given.is_file() and labelled.format == "coco"
    folder = given if given.is_dir() else Path(str(labelled.root))
    pictures = {str(picture.file) for picture in labelled.pictures}
    for place in places:
        real = place.resolve()
        if real == given or str(real) in pictures or (not alone and real.is_relative_to(folder)):
            raise Stop(f"{place}: lies in the dataset, which is never written to; name a place outside")
