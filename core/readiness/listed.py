"""One listing of a scan as an answer: nothing listed is clear, what was not measured is unknown, never a pass."""

from readiness.evidence.dataset import Item, Listing
from readiness.finding import Measure, Outcome, Step, Subject, clear, found, unknown

SHOWN = 3


def judge(
    listing: Listing | None, what: str, *, unit: str, subject: Subject, step: Step, of: int | None = None
) -> Outcome:
    """Answer `found` when anything is listed; `what` says it in words, such as "boxes have no area".

    `of` is how many there are in all. The reason names the first affected images or entries.
    """
    if listing is None:
        return unknown(f"not measured: whether {what}", "missing", subject=subject, step=RESCAN)
    count = f"{listing.total} of {of}" if of is not None else str(listing.total)
    measure = Measure(measured=listing.total, limit=0, unit=unit, n=of)
    if listing.total == 0:
        return clear(f"{count} {unit}: none", subject=subject, measure=measure)
    images = listing.images()
    return found(
        f"{count} {unit}: {what}: {examples(listing.items)}",
        subject=subject,
        measure=measure,
        images=images,
        images_total=listing.images_total or len(images),
        step=step,
    )


def judge_shared(listing: Listing | None, what: str, *, unit: str, step: Step) -> list[Outcome]:
    """Answer once per combination of splits that share something."""
    if listing is None:
        subject = Subject("dataset", "splits")
        return [unknown(f"not measured: whether {what}", "missing", subject=subject, step=RESCAN)]
    if listing.total == 0:
        measure = Measure(measured=0, limit=0, unit=unit)
        return [clear(f"no {unit} in two splits", subject=Subject("dataset", "splits"), measure=measure)]
    combinations = sorted({item.splits for item in listing.items})
    return [
        judge(_of_splits(listing, splits), what, unit=unit, subject=Subject("split", " + ".join(splits)), step=step)
        for splits in combinations
    ]


def examples(items: tuple[Item, ...]) -> str:
    """Name the first few items for a person."""
    shown = [_words(item) for item in items[:SHOWN]]
    return "; ".join(shown) + ("; …" if len(items) > SHOWN else "")


RESCAN = Step(kind="scan", text="scan the dataset version again with this release")


def _of_splits(listing: Listing, splits: tuple[str, ...]) -> Listing:
    items = tuple(item for item in listing.items if item.splits == splits)
    images = {image for item in items for image in item.images}
    return Listing(total=len(items), items=items, images_total=len(images))


def _words(item: Item) -> str:
    if len(item.images) > 2 and item.detail:
        return item.detail
    return ": ".join(part for part in (" = ".join(item.images), item.detail) if part)
