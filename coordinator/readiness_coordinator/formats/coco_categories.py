"""COCO's categories to class rows: ids with gaps, several files, and the root that Roboflow adds."""

from readiness_coordinator.formats.coco_json import Entry, Part, entries, integer
from readiness_coordinator.formats.labelled import Fault
from readiness_coordinator.formats.layout import clean


def read(parts: list[Part], faults: list[Fault]) -> dict[int, str]:
    """Give the classes of all files by category id, ids ascending.

    Roboflow's root category (the supercategory of others, with no object of its own) is no class. A file that gives
    an id another name than the files before is told of; `rows` reads that file by its own names.
    """
    found: dict[int, str] = {}
    listed = [(part, number, entry) for part in parts for number, entry in _entries(part, faults)]
    roots = _roots(parts, [entry for _, _, entry in listed])
    others: list[str] = []
    for part, number, entry in listed:
        identity, name = integer(entry.get("id")), entry.get("name")
        where = f"{part.where} category {entry.get('id', f'#{number}')}"
        if identity is None or not isinstance(name, str):
            faults.append(Fault(where, "needs a whole number as id and a text as name"))
        elif identity in roots:
            what = f"'{clean(name)}' is the parent of other categories and has no object: left out of the classes"
            faults.append(Fault(where, what, "class-dummy-root"))
        elif found.setdefault(identity, clean(name)) != clean(name):
            faults.append(Fault(where, f"is '{clean(name)}' here and '{found[identity]}' before"))
            others.append(clean(name))
    for name in others:
        if name not in found.values():
            found[max(found) + 1] = name
    return dict(sorted(found.items()))


def rows(part: Part, classes: dict[int, str]) -> dict[int, int]:
    """Give the class row of each category id of one file, by the name that this file gives the id."""
    by_id = {identity: row for row, identity in enumerate(classes)}
    by_name = {name: row for row, name in reversed(list(enumerate(classes.values())))}
    for _, entry in _entries(part, []):
        identity, name = integer(entry.get("id")), entry.get("name")
        if identity in by_id and isinstance(name, str) and classes.get(identity) != clean(name):
            by_id[identity] = by_name.get(clean(name), by_id[identity])
    return by_id


def _entries(part: Part, faults: list[Fault]) -> list[tuple[int, Entry]]:
    return list(entries(part.categories, f"{part.where} category", faults))


def _roots(parts: list[Part], categories: list[Entry]) -> set[int]:
    parents = {entry["supercategory"] for entry in categories if isinstance(entry.get("supercategory"), str)}
    found = {
        integer(entry.get("id"))
        for entry in categories
        if isinstance(name := entry.get("name"), str) and name in parents and entry.get("supercategory") != name
    } - {None}
    if found:
        found -= {integer(entry.get("category_id")) for part in parts for _, entry in entries(part.annotations, "", [])}
    return {identity for identity in found if identity is not None}
