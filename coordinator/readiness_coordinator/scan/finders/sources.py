"""What was taken together and stands in two splits: copies of one image, frames of one recording, a burst, a group."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.formats.labelled import Labelled, Picture
from readiness_coordinator.formats.layout import UNASSIGNED
from readiness_coordinator.origins import group_of, recording_of, source_of
from readiness_coordinator.scan.listing import listing, one_of_each_first
from readiness_coordinator.scan.seen import Seen

# Pictures that one camera takes within so many seconds show the same moment.
BURST_S = 5.0


def find(seen: Seen) -> dict[str, Listing]:
    """List what names, metadata, the camera's clock or the user say stands on both sides of a split."""
    pattern = seen.options.group
    found = {
        "source-shared-across-splits": _across(seen.labelled, source_of),
        "recording-shared-across-splits": _across(seen.labelled, recording_of),
        "group-shared-across-splits": Listing(total=0)
        if pattern is None
        else _across(seen.labelled, lambda picture: group_of(picture, pattern)),
    }
    if seen.views:
        found["burst-shared-across-splits"] = listing([item for burst in _bursts(seen) for item in _shared(*burst)])
    return found


def _across(labelled: Labelled, key: Callable[[Picture], str | None]) -> Listing:
    groups: dict[str, list[Picture]] = {}
    for picture in labelled.pictures:
        if (name := key(picture)) is not None:
            groups.setdefault(name, []).append(picture)
    return listing([item for name, group in sorted(groups.items()) for item in _shared(name, group)])


def _bursts(seen: Seen) -> Iterator[tuple[str, Sequence[Picture]]]:
    """Give the pictures of each camera, cut where it rested longer than BURST_S, with a name for each burst."""
    cameras: dict[str, list[tuple[dt.datetime, Picture]]] = {}
    for picture in seen.labelled.pictures:
        view = seen.views.get(picture.name)
        if view is not None and view.camera and (taken := _time(view.taken)) is not None:
            cameras.setdefault(view.camera, []).append((taken, picture))
    for camera, frames in sorted(cameras.items()):
        ordered = sorted(frames, key=lambda one: (one[0], one[1].name))
        begin = 0
        for end in range(1, len(ordered) + 1):
            if end == len(ordered) or (ordered[end][0] - ordered[end - 1][0]).total_seconds() > BURST_S:
                burst = ordered[begin:end]
                yield f"{camera} at {burst[0][0].isoformat(sep=' ')}", [picture for _, picture in burst]
                begin = end


def _time(taken: str) -> dt.datetime | None:
    # EXIF writes 2026:11:23 12:00:00.25, the standard 2026-11-23 12:00:00.25.
    try:
        return dt.datetime.fromisoformat(taken[:10].replace(":", "-") + taken[10:])
    except ValueError:
        return None


def _shared(name: str, group: Iterable[Picture]) -> Iterator[Item]:
    placed = [picture for picture in group if picture.split != UNASSIGNED]
    splits = sorted({picture.split for picture in placed})
    if len(splits) > 1:
        counts = [f"{sum(picture.split == split for picture in placed)} in {split}" for split in splits]
        detail = f"{name}: {', '.join(counts)}"
        yield Item(images=one_of_each_first(placed), detail=detail, splits=tuple(splits))
