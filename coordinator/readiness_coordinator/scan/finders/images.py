"""Faults in images: those that cannot be read, and those unlike the rest."""

from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.scan.listing import listing, of_pictures
from readiness_coordinator.scan.seen import Seen

# Above this share grey images are not strays among colour ones but the dataset's own kind.
_GREY_STRAYS = 0.2


def find(seen: Seen) -> dict[str, Listing]:
    """List the images that something is wrong with; where none could be looked at, nothing but those is known."""
    found = {"image-unreadable": _unreadable(seen)}
    if any(one.pixels for one in seen.views.values()):
        found["image-grey-among-colour"] = _grey(seen)
    return found


def _unreadable(seen: Seen) -> Listing:
    return listing(
        [
            Item(images=(picture.name,), detail=view.problem, splits=(picture.split,))
            for picture in seen.labelled.pictures
            if (view := seen.views.get(picture.name)) is not None and view.problem
        ]
    )


def _grey(seen: Seen) -> Listing:
    viewed = [(picture, seen.views.get(picture.name)) for picture in seen.labelled.pictures]
    looks = [(picture, view.look) for picture, view in viewed if view is not None and view.look is not None]
    grey = [picture for picture, look in looks if look.is_grey]
    return of_pictures(grey if len(grey) <= _GREY_STRAYS * len(looks) else ())
