"""Scan a dataset version that lies on the server, and keep what was found as evidence."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Response, post
from litestar.params import FromQuery, JSONBody

from readiness.dossier import instant
from readiness.evidence.dataset import Dataset
from readiness.evidence.model import Task
from readiness.exits import Stop
from readiness.profile import Profile
from readiness_coordinator import formats, needs
from readiness_coordinator.api import jobs as waiting
from readiness_coordinator.api import uploads
from readiness_coordinator.api.fields import Name, ServerPath, policy_named, profile_named, within
from readiness_coordinator.api.problems import Problem
from readiness_coordinator.api.uploads import Source
from readiness_coordinator.formats import door
from readiness_coordinator.jobs import Job
from readiness_coordinator.profiles import DEFAULT_POLICY
from readiness_coordinator.scan import dataset as scanning
from readiness_coordinator.scan import patterns
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.running import NotRun, Running
from readiness_coordinator.scan.seen import Options
from readiness_coordinator.store import evidence, lineage
from readiness_coordinator.store.database import Store

Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=patterns.LONGEST)]

_MAX_WAIT_S = 300
_RENEW_AFTER = timedelta(days=1)


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version, and where it lies; without a source the report of a version that is known already.

    `source` is a server path under an allowed root, or `upload:` and the id of an upload. `group` is a regular
    expression that finds, in an image's name, what the image was taken from.
    """

    project_id: Name
    dataset_id: Name
    version_id: Name
    task_type: Task
    source: ServerPath | None = None
    policy: Name = DEFAULT_POLICY
    target: Name | None = None
    group: Pattern | None = None


class Wanted(NamedTuple):
    """For which target to scan, and how."""

    profile: Profile | None
    running: Running


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
    profile = profile_named(data.target) if data.target else None
    if data.group and not data.source:
        raise Problem("it takes a scan: give a source too", field="group")
    source = uploads.source(data.source, settings) if data.source else None

    def work(job: Job) -> dict[str, Any]:
        def report(dataset: Dataset) -> dict[str, Any]:
            return dataset_report.build(dataset, checks, policy, now, profile=profile)

        if source is None:
            return report(_known(store, data))
        running = Running(
            workers=settings.scan_workers or None,
            cache=settings.folder / "scan-cache",
            progress=job.progress,
            stop=job.stopped,
            partial=lambda dataset: job.offer(report(dataset)),
        )
        return report(_scanned(store, data, source, now, Wanted(profile, running)))

    return await waiting.answer(jobs.submit(repr((data, source)), work), wait)


def _known(store: Store, data: Request) -> Dataset:
    with store.read() as c:
        version = lineage.get_version(c, data.project_id, data.dataset_id, data.version_id)
        dataset = evidence.latest_dataset(c, version.digest) if version else None
    if version is None or dataset is None:
        raise Problem("this version is not known yet; say where it lies on the server", field="source")
    if version.task != data.task_type:
        raise Problem(f"this version is registered as {version.task}", field="task_type", status=HTTPStatus.CONFLICT)
    return dataset


def _scanned(store: Store, data: Request, source: Source, now: str, wanted: Wanted) -> Dataset:
    try:
        with door.only(source.roots, wanted.running.stop):
            labelled = formats.open_dataset(source.path, task=data.task_type)
        files = ((picture.file, picture.mask) for picture in labelled.pictures)
        within((file for pair in files for file in pair if file is not None), source.roots, "source")
        group = patterns.tried(data.group, (one.name for one in labelled.pictures)) if data.group else None
        options = Options(input_px=wanted.profile.input_px if wanted.profile else None, group=group)
        found = scanning.scan(labelled, observed_at=now, options=options, running=wanted.running)
    except (formats.Unreadable, Stop) as error:
        raise Problem(str(error), field="source") from None
    except patterns.BadPattern as error:
        raise Problem(str(error), field="group") from None
    except NotRun as error:
        raise Problem(str(error), status=HTTPStatus.SERVICE_UNAVAILABLE) from None
    with store.write() as c:
        try:
            lineage.put_version(
                c, data.project_id, data.dataset_id, data.version_id, found.digest, found.task, str(source.path), now
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
