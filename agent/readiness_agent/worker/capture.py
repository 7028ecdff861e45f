"""Captures a frame set in a worker: every image and every state of frames.json is put in place whole."""

import hashlib
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from statistics import median

from msgspec.structs import replace

from readiness.evidence.benchmark import Source
from readiness.measures.decode import BadImage, pixels
from readiness_agent import frameset
from readiness_agent.frames import Flow, Frame, FrameSource, NoFrames, Pace, Skipped, source_of
from readiness_agent.frames.live.address import redacted
from readiness_agent.frameset import BadSet, CapturedFrame, FrameSet, Totals
from readiness_agent.worker.jobs import Capture, Captured
from readiness_agent.worker.looking import Looker, notes
from readiness_agent.worker.survey import told

Report = Callable[[int, int], None]
DISTRIBUTION = "model-readiness-advisor"

# Writing the state may take a tenth of the time: on a slow card it stands for several frames.
_REST = 10.0


def capture(job: Capture, report: Report) -> Captured:
    """Fill the set, going on where an earlier capture from the same source stopped; raises NoFrames."""
    source, folder = source_of(job.src), Path(job.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with frameset.held(folder):
            return _filled(job, source, _begun(job, source, folder), report)
    except BadSet as bad:
        raise NoFrames(str(bad)) from None
    except OSError as error:
        raise NoFrames(f"{folder}: frames cannot be written here: {error.strerror}; choose another folder") from None


def _filled(job: Capture, source: FrameSource, begun: FrameSet, report: Report) -> Captured:
    made = _Making(job, begun)
    left = job.count - len(begun.frames)
    pace = Pace(every_s=job.every_s, within_s=job.within_s, form=job.form)
    items = source.read(job.src, sys.maxsize if source.LIVE else job.count, pace)
    report(len(begun.frames), job.count)
    for item in items if left > 0 else ():
        try:
            made.take(item)
        except OSError as error:
            made.finish(f"{error.strerror}")
            return Captured(trouble=f"{job.out}: no more frames can be written: {error.strerror}; make room there")
        report(len(made.frames), job.count)
        if len(made.frames) >= job.count:
            break
    made.finish("the source has no more frames")
    return Captured()


def _begun(job: Capture, source: FrameSource, folder: Path) -> FrameSet:
    """Give the set that the folder holds, checked against its digests, or an empty one; raises BadSet."""
    if not (folder / frameset.FILE).exists():
        if any(not path.name.startswith(".") for path in folder.iterdir()):
            raise BadSet(f"{folder}: holds files and is no frame set; choose an empty or a new folder")
        return _empty(job, source)
    made = frameset.read(folder)
    if not made.frames:
        return _empty(job, source)
    if made.source != redacted(job.src):
        raise BadSet(f"{folder}: holds frames from {made.source}; choose another folder")
    for frame in made.frames:
        if because := frameset.changed(folder, frame)[1]:
            raise BadSet(f"{folder / frame.file}: {because}; choose another folder")
    return made


def _empty(job: Capture, source: FrameSource) -> FrameSet:
    now = _now()
    return FrameSet(
        schema=frameset.SCHEMA,
        source=redacted(job.src),
        kind=source.NAME,
        every_s=job.every_s,
        begun_at=now,
        updated_at=now,
        totals=Totals(asked=job.count),
        tool_version=metadata.version(DISTRIBUTION),
    )


class _Making:
    """The set in the making: what is in the folder, what the source has told, and when it was written last."""

    def __init__(self, job: Capture, begun: FrameSet) -> None:
        self.frames = list(begun.frames)
        self._folder, self._begun, self._asked = Path(job.out), begun, job.count
        self._totals = begun.totals
        self._source = Source(kind=begun.kind)
        self._looker = Looker()
        self._waits_ms: list[float] = []
        self._skipped = 0
        self._due = 0.0
        self._save()

    def take(self, item: Frame | Skipped | Flow) -> None:
        """Keep a frame, or count what else was told; raises OSError when nothing can be written."""
        if isinstance(item, Flow):
            self._source = told(self._source, item)
            return
        try:
            if isinstance(item, Frame):
                self._keep(item)
                return
        except BadImage:
            pass
        self._skipped += 1

    def finish(self, reason: str) -> None:
        """Write the set with how it ended; where that fails, the state before it stands, and says it was cut off."""
        short = len(self.frames) < self._asked
        with suppress(OSError):
            self._write((self._source.ended or reason) if short else "", notes(self.frames))

    def _keep(self, frame: Frame) -> None:
        picture = pixels(frame.data)
        number = len(self.frames)
        path = self._folder / f"{number:06d}{Path(frame.name).suffix.lower()}"
        self.frames.append(
            CapturedFrame(
                index=number,
                file=path.name,
                digest=f"sha256:{hashlib.sha256(frame.data).hexdigest()}",
                time=frame.at or _now(),
                source=self._begun.source,
                width=picture.shape[1],
                height=picture.shape[0],
                statistics=self._looker.statistics(picture),
            )
        )
        try:
            frameset.put(path, frame.data)
            self._save()
        except OSError:
            self.frames.pop()
            path.unlink(missing_ok=True)
            raise
        if frame.waited_ms is not None:
            self._waits_ms.append(frame.waited_ms)

    def _save(self) -> None:
        began = time.monotonic()
        if began >= self._due:
            self._write(frameset.NOT_FINISHED, ())
            self._due = time.monotonic() + _REST * (time.monotonic() - began)

    def _write(self, ended: str, said: tuple[str, ...]) -> None:
        contents = [bytes.fromhex(frame.digest.removeprefix("sha256:")) for frame in self.frames]
        before, now = self._totals, self._source
        totals = Totals(
            asked=self._asked,
            got=len(contents),
            arrived=before.arrived + now.arrived,
            dropped=before.dropped + now.dropped,
            reconnects=before.reconnects + now.reconnects,
            repeated=len(contents) - len(set(contents)),
            skipped=before.skipped + self._skipped,
            ended=ended,
        )
        made = replace(
            self._begun,
            updated_at=_now(),
            totals=totals,
            digest=frameset.digest_of(contents),
            capture_ms=round(median(self._waits_ms), 3) if self._waits_ms else self._begun.capture_ms,
            notes=said,
            frames=tuple(self.frames),
        )
        frameset.write(self._folder, made)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
