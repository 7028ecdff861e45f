"""Scan a dataset version that lies on the server, and keep what was found as evidence."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from litestar import Response, post
from litestar.params import FromQuery, JSONBody

from readiness.dossier import instant
from readiness.evidence.dataset import Dataset
from readiness.evidence.model import Task
from readiness.exits import Stop
from readiness_coordinator import formats, needs
from readiness_coordinator.api import jobs as running
from readiness_coordinator.api.fields import Name, ServerPath, allowed_path, policy_named, within
from readiness_coordinator.api.problems import Problem
from readiness_coordinator.jobs import Progress
from readiness_coordinator.profiles import DEFAULT_POLICY
from readiness_coordinator.scan import dataset as scanning
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.store import evidence, lineage
from readiness_coordinator.store.database import Store

_MAX_WAIT_S = 300
_RENEW_AFTER = timedelta(days=1)


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version, and where it lies; without a source the report of a version that is known already."""

    project_id: Name
    dataset_id: Name
    version_id: Name
    task_type: Task
    source: ServerPath | None = None
    policy: Name = DEFAULT_POLICY


@post("/vision-readiness/scan", status_code=HTTPStatus.OK)
async def scan(
    data: JSONBody[Request],
    settings: needs.Settings,
    store: needs.Store,
    checks: needs.Checks,
    jobs: needs.Jobs,
    now: needs.Now,
    wait: FromQuery[float] = 10,
) -> Response[Any]:
    """Give the dataset report when it is there within `wait` seconds, else 202 and the job that makes it.

    The same request again gives the same version; other content under its name is refused.
    """
    if not 0 <= wait <= _MAX_WAIT_S:
        raise Problem(f"it is {wait:g}; it must lie between 0 and {_MAX_WAIT_S} seconds", field="wait")
    policy = policy_named(data.policy)
    source = allowed_path(data.source, settings.roots, "source") if data.source else None

    def work(progress: Progress) -> dict[str, Any]:
        dataset = (
            _known(store, data) if source is None else _scanned(store, data, source, settings.roots, now, progress)
        )
        return dataset_report.build(dataset, checks, policy, now)

    return await running.answer(jobs.submit(repr((data, source)), work), wait)


def _known(store: Store, data: Request) -> Dataset:
    with store.read() as c:
        version = lineage.get_version(c, data.project_id, data.dataset_id, data.version_id)
        dataset = evidence.latest_dataset(c, version.digest) if version else None
    if version is None or dataset is None:
        raise Problem("this version is not known yet; say where it lies on the server", field="source")
    if version.task != data.task_type:
        raise Problem(f"this version is registered as {version.task}", field="task_type", status=HTTPStatus.CONFLICT)
    return dataset


def _scanned(store: Store, data: Request, source: Path, roots: Sequence[Path], now: str, progress: Progress) -> Dataset:
    try:
        labelled = formats.open_dataset(source, task=data.task_type)
        within((picture.file for picture in labelled.pictures), roots, "source")
        # One process: a pool of them would keep the coordinator from stopping at once.
        found = scanning.scan(labelled, observed_at=now, workers=1, progress=progress)
    except (formats.Unreadable, Stop) as error:
        raise Problem(str(error), field="source") from None
    with store.write() as c:
        try:
            lineage.put_version(
                c, data.project_id, data.dataset_id, data.version_id, found.digest, found.task, str(source), now
            )
        except lineage.Conflict as conflict:
            raise Problem(str(conflict), field="version_id", status=HTTPStatus.CONFLICT) from None
        known = evidence.latest_dataset(c, found.digest)
        if known is not None and _repeats(known, found):
            return known
        evidence.put(c, "dataset", found, now)
        return found


def _repeats(known: Dataset, found: Dataset) -> bool:
    """Tell whether a scan says only what a recent one said: then decisions on that one still stand."""
    same = msgspec.structs.replace(known, observed_at=found.observed_at) == found
    return same and instant(found.observed_at) - instant(known.observed_at) < _RENEW_AFTER
