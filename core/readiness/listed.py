"""One listing of a scan as an answer: nothing listed is clear, what was not measured is unknown, never a pass."""

import re

from readiness.evidence.dataset import Dataset, Item, Listing
from readiness.finding import Measure, Outcome, Step, Subject, clear, found, unknown

SHOWN = 3


def judge(
    listing: Listing | None,
    what: str,
    *,
    unit: str,
    subject: Subject,
    step: Step,
    of: int | None = None,
    said: tuple[str, str] | None = None,
) -> Outcome:
    """Answer `found` when anything is listed; `what` says of one or of many what is wrong, as "without an area".

    `unit` names them, and `said` one and many of them in a sentence where the unit does not do; `of` is how many images
    there are in all. The reason names the first affected images or entries.
    """
    single, many = said or (_singular(unit), unit)
    if listing is None:
        return unknown(f"not measured: whether there are {many}", "missing", subject=subject, step=RESCAN)
    among = f" among {of:,}" if of is not None else ""
    measure = Measure(measured=listing.total, limit=0, unit=unit, n=of)
    if listing.total == 0:
        return clear(f"no {many}{among}", subject=subject, measure=measure)
    images = listing.images()
    return found(
        f"{counted(listing.total, many, single)}{among}: {what}: {examples(listing.items)}",
        subject=subject,
        measure=measure,
        images=images,
        images_total=listing.images_total or len(images),
        step=step,
    )


def judge_share(
    listing: Listing | None,
    of: int,
    limit: float,
    what: str,
    because: str,
    *,
    unit: str,
    subject: Subject,
    step: Step,
) -> Outcome:
    """Answer `found` when more than a share `limit` of `of` is listed; `what` says in words what had to be measured.

    `because` is a format of `part`, such as "3 of 10 images" where `unit` is "images", `share` and `limit`.
    """
    if listing is None or of == 0:
        return unknown(f"not measured: {what}", "missing", subject=subject, step=RESCAN)
    share = listing.total / of
    measure = Measure(measured=share, limit=limit, unit="share", n=of)
    part = f"{listing.total:,} of {counted(of, unit)}"
    because = because.format(part=part, share=share, limit=limit)
    if share <= limit:
        return clear(because, subject=subject, measure=measure)
    total = listing.images_total or listing.total
    return found(because, subject=subject, measure=measure, images=listing.images(), images_total=total, step=step)


def judge_shared(dataset: Dataset, code: str, what: str, *, unit: str, step: Step) -> list[Outcome]:
    """Answer once per combination of splits that share something, and once for what is counted and not listed.

    That may stand in any splits, so that nobody who accepts one combination accepts it too.
    """
    listing = dataset.listed(code)
    if listing is None:
        subject = Subject("dataset", "splits")
        return [unknown(f"not measured: whether there are {unit}", "missing", subject=subject, step=RESCAN)]
    if listing.total == 0:
        measure = Measure(measured=0, limit=0, unit=unit)
        return [clear(f"no {unit} in two splits", subject=Subject("dataset", "splits"), measure=measure)]
    combinations = sorted({item.splits for item in listing.items})
    answers = [
        judge(_of_splits(listing, splits), what, unit=unit, subject=Subject("split", " + ".join(splits)), step=step)
        for splits in combinations
    ]
    return [*answers, *_unlisted(listing, unit, step)]


def counted(count: int, many: str, one: str | None = None) -> str:
    """Say how many there are; without a word for `one` the first plural becomes a singular: "1 unusable entry"."""
    return f"{count:,} {(one or _singular(many)) if count == 1 else many}"


def examples(items: tuple[Item, ...]) -> str:
    """Name the first few items for a person."""
    shown = [said(item) for item in items[:SHOWN]]
    return "; ".join(shown) + ("; …" if len(items) > SHOWN else "")


def said(item: Item) -> str:
    """Name one item for a person: its images and what is wrong there; of many images what is wrong says enough."""
    if len(item.images) > 2 and item.detail:
        return item.detail
    return ": ".join(part for part in (" = ".join(item.images), item.detail) if part)


RESCAN = Step(kind="scan", text="scan the dataset version again with this release")


def _of_splits(listing: Listing, splits: tuple[str, ...]) -> Listing:
    items = tuple(item for item in listing.items if item.splits == splits)
    images = {image for item in items for image in item.images}
    return Listing(total=len(items), items=items, images_total=len(images))


def _unlisted(listing: Listing, unit: str, step: Step) -> list[Outcome]:
    if (left := listing.total - len(listing.items)) == 0:
        return []
    because = f"{counted(left, f'more {unit}')}, not listed one by one: in any of the splits"
    measure = Measure(measured=left, limit=0, unit=unit)
    return [found(because, subject=Subject("dataset", "splits"), measure=measure, step=step)]


def _singular(many: str) -> str:
    plural = r"\b(\w+?)(?:(i)es|(?<=[sx])es|(?<!s)s)\b"
    return re.sub(plural, lambda found: found[1] + "y" * bool(found[2]), many, count=1)
