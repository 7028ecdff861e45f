"""Dataset versions: how requests name one, and where it was scanned from."""

import msgspec
import sqlalchemy as sa

from readiness_coordinator.api.fields import Name
from readiness_coordinator.api.problems import not_found
from readiness_coordinator.store import lineage
from readiness_coordinator.store.lineage import VersionRow


class VersionId(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dataset version within the project of the request."""

    dataset_id: Name
    version_id: Name


def known_version(c: sa.Connection, project: str, named: VersionId, field: str = "version") -> VersionRow:
    """Find a scanned version; raises Problem when it is not known."""
    if (row := lineage.get_version(c, project, named.dataset_id, named.version_id)) is None:
        name = f"{named.dataset_id}/{named.version_id}"
        raise not_found("dataset version", name, f"scan it first, in project '{project}'", field)
    return row
