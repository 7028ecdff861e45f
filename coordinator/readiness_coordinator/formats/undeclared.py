"""Folders that are named as a split and hold images, of which nothing that was read speaks."""

from collections.abc import Container, Iterator
from pathlib import Path

from readiness.listed import counted
from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Fault


def folders(root: Path, listed: Container[str], where: str) -> Iterator[Fault]:
    """Tell of such folders in `root` and in its images/; `listed` holds the names of all images that are in a split.

    Of a folder of which some images are in one, the others were left out on purpose. `where` says what had to name it.
    """
    pool = root / "images"
    homes = [*layout.folders_in(root), *(layout.folders_in(pool) if pool.is_dir() else ())]
    for home in (home for home in homes if layout.split_of(home.name)):
        if count := _unlisted(root, home, listed):
            what = f"holds {counted(count, 'images')}, and {where} names it: left out"
            yield Fault(layout.name_under(root, home), what, "split-undeclared")


def _unlisted(root: Path, home: Path, listed: Container[str]) -> int:
    """Count the images of a folder; 0 from the first that is in a split."""
    count = 0
    for file in layout.images_under(home):
        if layout.name_under(root, file) in listed:
            return 0
        count += 1
    return count
