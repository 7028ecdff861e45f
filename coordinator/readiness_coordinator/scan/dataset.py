"""A dataset version on disk to evidence: looks at every image once, counts, and lists what is wrong."""

from collections.abc import Mapping

from readiness.evidence.dataset import Dataset, Listing
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.formats.version import digest_of
from readiness_coordinator.reports import tool_version
from readiness_coordinator.scan import clusters, copies, counts
from readiness_coordinator.scan.engines import Engine
from readiness_coordinator.scan.finders import (
    augmentation,
    boxes,
    class_names,
    drift,
    duplicates,
    file_names,
    images,
    labels,
    looks,
    overlaps,
    shapes,
    sizes,
    sources,
    splits,
    suspects,
)
from readiness_coordinator.scan.running import HERE, Running, look
from readiness_coordinator.scan.seen import PLAIN, Finder, Options, Seen
from readiness_coordinator.scan.view import Print, View

FINDERS: tuple[Finder, ...] = (
    images.find,
    looks.find,
    duplicates.find,
    sources.find,
    labels.find,
    boxes.find,
    overlaps.find,
    sizes.find,
    shapes.find,
    class_names.find,
    file_names.find,
    splits.find,
    augmentation.find,
    suspects.find,
)


def scan(labelled: Labelled, *, observed_at: str, options: Options = PLAIN, running: Running = HERE) -> Dataset:
    """Measure one dataset version; the same however it is run. `observed_at` is RFC 3339.

    A file that cannot be read or decoded is listed and costs only itself. Raises running.NotRun.
    """
    views: dict[str, View] = {}

    def measure(prints: Mapping[str, Print], engine: Engine) -> Dataset:
        return measured(labelled, views, prints, observed_at=observed_at, options=options, engine=engine)

    with look(labelled, views, measure, running) as (prints, engine):
        return measure(prints, engine)


def measured(
    labelled: Labelled,
    views: Mapping[str, View],
    prints: Mapping[str, Print],
    *,
    observed_at: str,
    options: Options = PLAIN,
    engine: Engine | None = None,
) -> Dataset:
    """Give the evidence on what was looked at so far; of images that were not, only the labels are known."""
    found = copies.search(labelled, views, prints, engine)
    seen = Seen(labelled, views, prints, found.groups, options, limits=found.limits)
    listings: dict[str, Listing] = {}
    for find in FINDERS:
        listings |= find(seen)
    by_split = counts.splits(labelled)
    together = clusters.of(seen)
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
        classes=counts.classes(labelled, together),
        slices=counts.slice_counts(labelled, views),
        statistics=counts.statistics(views.values()),
        drifts=drift.between_splits(seen, together),
        crowds=sum(one.crowd for picture in labelled.pictures for one in picture.annotations),
        tiny=sizes.tiny_counts(seen.objects),
        listings=listings,
        predictions=options.predictions,
        tool_version=tool_version(),
    )
