"""Faults in the names of image files: two that some file system takes for one."""

import unicodedata
from collections import defaultdict

from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.scan.faults import of_code
from readiness_coordinator.scan.listing import joined, listing
from readiness_coordinator.scan.seen import Seen


def find(seen: Seen) -> dict[str, Listing]:
    """List images whose paths differ only in case or in the Unicode form of their letters."""
    alike: dict[str, list[Picture]] = defaultdict(list)
    for picture in seen.labelled.pictures:
        alike[unicodedata.normalize("NFC", picture.name).casefold()].append(picture)
    found = [
        Item(
            images=tuple(picture.name for picture in group),
            detail="one name where case and Unicode form do not count",
            splits=tuple(sorted({picture.split for picture in group})),
        )
        for group in alike.values()
        if len(group) > 1
    ]
    return {"names-collide": joined(of_code(seen.labelled, "names-collide"), listing(found))}
