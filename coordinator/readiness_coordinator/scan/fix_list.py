"""The work that a scan leaves, as files that labelling tools take: a CSV of places, and COCO of the affected images."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from readiness.evidence.dataset import LISTED, Dataset, Listing
from readiness.finding import Finding
from readiness_coordinator import reports
from readiness_coordinator.formats.labelled import Labelled, Picture

_FORMULA = ("=", "+", "-", "@")
HEADER = ("code", "severity", "action", "what_to_do", "subject", "place", "image", "split", "classes", "detail")


def files(stem: Path) -> tuple[Path, Path]:
    """Name what `write` writes."""
    return Path(f"{stem}.csv"), Path(f"{stem}.coco.json")


def write(stem: Path, labelled: Labelled, dataset: Dataset, findings: Iterable[Finding]) -> tuple[Path, Path]:
    """Write STEM.csv and STEM.coco.json and give their paths. Raises Stop."""
    open_ = [one for one in findings if one.outcome == "found"]
    table, coco = files(stem)
    reports.write_bytes(csv_of(dataset, open_, labelled), str(table))
    reports.write_pieces(coco_of(labelled, dataset, open_), str(coco))
    return table, coco


def csv_of(dataset: Dataset, findings: Iterable[Finding], labelled: Labelled) -> bytes:
    """Give one row per place to look at, the worst finding first; UTF-8 with a header.

    Names are escaped where they hold marks that cannot be seen; the COCO file has them as they are.
    """
    splits = {picture.name: picture.split for picture in labelled.pictures}
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEADER)

    def add(cells: Iterable[str]) -> None:
        # A spreadsheet would run what begins like a formula, and names are anybody's text.
        shown = map(reports.printable, cells)
        rows.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in shown])

    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    for code, alike in by_code.items():
        listing = dataset.listed(code)
        if listing is not None and listing.items:
            for cells in _rows(alike, listing, splits):
                add(cells)
        else:
            for finding in alike:
                add([*_head(finding), "", "", "", "", finding.because])
    return out.getvalue().encode()


def coco_of(labelled: Labelled, dataset: Dataset, findings: Iterable[Finding]) -> Iterator[bytes]:
    """Give the images that findings name, with all their labels, as a COCO dataset; `codes` says why each is there.

    It is JSON in pieces, an entry each: all labels of a large dataset at once would take gigabytes.
    """
    codes: dict[str, set[str]] = {}
    for finding in findings:
        listing = dataset.listed(finding.code)
        for image in listing.images(None) if listing else finding.images:
            codes.setdefault(image, set()).add(finding.code)
    affected = [picture for picture in labelled.pictures if picture.name in codes]
    info = {"description": f"images of {dataset.name} to look at again", "version": dataset.digest}
    yield b'{\n "info": ' + _laid_out(info, depth=1)
    yield from _listed(
        "categories",
        (
            {"id": identity, "name": name}
            for identity, name in zip(labelled.category_ids, labelled.classes, strict=True)
        ),
    )
    yield from _listed(
        "images",
        (
            {
                "id": number,
                "file_name": picture.name,
                "width": picture.width,
                "height": picture.height,
                "split": picture.split,
                "label": picture.label,
                "codes": sorted(codes[picture.name]),
            }
            for number, picture in enumerate(affected, 1)
        ),
    )
    yield from _listed("annotations", _annotations(affected, labelled))
    yield b"\n}\n"


def _listed(key: str, entries: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield b',\n "%s": [' % key.encode()
    end = b"]"
    for entry in entries:
        yield (b"\n  " if end == b"]" else b",\n  ") + _laid_out(entry, depth=2)
        end = b"\n ]"
    yield end


def _laid_out(entry: dict[str, Any], *, depth: int) -> bytes:
    return msgspec.json.format(msgspec.json.encode(entry), indent=1).replace(b"\n", b"\n" + b" " * depth)


def _head(finding: Finding) -> list[str]:
    action = finding.action
    subject = finding.subject.name if finding.subject else ""
    kind, text = (action.kind, action.text) if action else ("fix", finding.fix)
    return [finding.code, finding.severity.value, kind, text, subject]


def _rows(findings: list[Finding], listing: Listing, splits: dict[str, str]) -> Iterator[list[str]]:
    """Give a row per image; rows of one place, such as two copies of one picture, have its number in common."""
    by_subject = {finding.subject.name: finding for finding in findings if finding.subject}
    for number, item in enumerate(listing.items, 1):
        finding = by_subject.get(" + ".join(item.splits), findings[0])
        for image in item.images or ("",):
            split = splits.get(image, "+".join(item.splits))
            yield [*_head(finding), str(number), image, split, "+".join(item.classes), item.detail]
    if (left := listing.total - len(listing.items)) > 0 and len(listing.items) == LISTED:
        more = f"and {left} more than a scan lists; mend these first, then scan again"
        yield [*_head(findings[0]), "", "", "", "", more]


def _annotations(pictures: list[Picture], labelled: Labelled) -> Iterator[dict[str, Any]]:
    number = 0
    for image, picture in enumerate(pictures, 1):
        for one in picture.annotations:
            number += 1
            yield {
                "id": number,
                "image_id": image,
                "category_id": labelled.category_ids[one.row],
                "bbox": one.box,
                "area": one.area,
                "iscrowd": int(one.crowd),
                "segmentation": one.polygon,
                "label_id": one.id,
            }
