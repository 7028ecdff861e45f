"""A dataset version on disk to evidence: looks at every image once, counts, and lists what is wrong."""

from collections.abc import Mapping

from readiness.evidence.dataset import Dataset, Listing
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.formats.version import digest_of
from readiness_coordinator.reports import tool_version
from readiness_coordinator.scan import counts
from readiness_coordinator.scan.finders import boxes, duplicates, images, labels, sources, splits
from readiness_coordinator.scan.seen import PLAIN, Finder, Options, Seen
from readiness_coordinator.scan.view import Print, View
from readiness_coordinator.scan.viewing import Progress, view_all

FINDERS: tuple[Finder, ...] = (images.find, duplicates.find, sources.find, labels.find, boxes.find, splits.find)


def scan(
    labelled: Labelled,
    *,
    observed_at: str,
    workers: int | None = 1,
    progress: Progress | None = None,
    options: Options = PLAIN,
) -> Dataset:
    """Measure one dataset version; the same for any number of `workers` (None: one per core).

    `observed_at` is RFC 3339. A file that cannot be read or decoded is listed and costs only itself.
    """
    paths = [str(picture.file) for picture in labelled.pictures]
    looked = view_all(paths, workers, progress)
    views = {picture.name: one.view for picture, one in zip(labelled.pictures, looked, strict=True)}
    prints = {str(one.view.digest): one.print for one in looked if one.print is not None}
    return measured(labelled, views, prints, observed_at=observed_at, options=options)


def measured(
    labelled: Labelled,
    views: Mapping[str, View],
    prints: Mapping[str, Print],
    *,
    observed_at: str,
    options: Options = PLAIN,
) -> Dataset:
    """Give the evidence on what was looked at so far; of images that were not, only the labels are known."""
    seen = Seen(labelled, views, prints, duplicates.groups(labelled, views, prints), options)
    listings: dict[str, Listing] = {}
    for find in FINDERS:
        listings |= find(seen)
    by_split = counts.splits(labelled)
    return Dataset(
        digest=digest_of(labelled, {name: one.digest for name, one in views.items()}),
        name=labelled.name,
        task=labelled.task,
        format=labelled.format,
        observed_at=observed_at,
        images=len(labelled.pictures),
        viewed=len(views),
        annotations=sum(split.annotations for split in by_split),
        splits=by_split,
        classes=counts.classes(labelled),
        slices=counts.slice_counts(labelled, views),
        statistics=counts.statistics(views.values()),
        crowds=sum(one.crowd for picture in labelled.pictures for one in picture.annotations),
        listings=listings,
        tool_version=tool_version(),
    )
