"""Looks through a frame source once, in a worker: which frames decode, their digest, and files to run them from."""

import hashlib
from pathlib import Path
from statistics import median

import msgspec

from readiness.evidence.benchmark import Source
from readiness.measures.decode import BadImage, pixels
from readiness_agent import frameset
from readiness_agent.frames import Flow, Frame, NoFrames, Pace, Skipped, source_of
from readiness_agent.frames.live.address import redacted
from readiness_agent.worker.jobs import LeftOut, Survey, Surveyed

_NAMED = 20


class _Looked:
    """What has been seen of a source so far; a frame that is no file of its own goes into the spill folder."""

    def __init__(self, spill: str) -> None:
        self.first: dict[bytes, str] = {}
        self.files: list[str] = []
        self.skipped: list[Skipped] = []
        self.repeated: list[Skipped] = []
        self.waits_ms: list[float] = []
        self._spill = Path(spill)

    def add(self, frame: Frame) -> None:
        if frame.waited_ms is not None:
            self.waits_ms.append(frame.waited_ms)
        try:
            pixels(frame.data)
        except BadImage as error:
            self.skipped.append(Skipped(name=frame.name, because=str(error)))
            return
        content = hashlib.sha256(frame.data).digest()
        if content in self.first:
            self.repeated.append(Skipped(name=frame.name, because=f"the same as {self.first[content]}"))
            return
        self.first[content] = frame.name
        self.files.append(str(frame.path or _spilt(frame, self._spill)))


def survey(job: Survey) -> Surveyed:
    """Decode every frame of the source and keep one of each content; raises NoFrames when none decodes.

    A live source gives `job.most` frames at its pace, or as many as come within `job.within_s`.
    """
    kind = source_of(job.src)
    looked, source = _Looked(job.spill), Source(kind=kind.NAME)
    for item in kind.read(job.src, job.most, Pace(every_s=job.every_s, within_s=job.within_s)):
        if isinstance(item, Flow):
            source = told(source, item)
        elif isinstance(item, Skipped):
            looked.skipped.append(item)
        else:
            looked.add(item)
    name, skipped = redacted(job.src), looked.skipped
    if not looked.files:
        why = f"; {skipped[0].name}: {skipped[0].because}" if skipped else ""
        raise NoFrames(f"{name}: no usable frame, {len(skipped)} files skipped{why}; name a folder of images")
    capture_ms = round(median(looked.waits_ms), 3) if looked.waits_ms else None
    return Surveyed(
        files=tuple(looked.files),
        digest=frameset.digest_of(list(looked.first)),
        source=msgspec.structs.replace(source, capture_ms=capture_ms),
        skipped=_left_out([one for one in skipped if not one.changed]),
        repeated=_left_out(looked.repeated),
        changed=_left_out([one for one in skipped if one.changed]),
    )


def told(source: Source, flow: Flow) -> Source:
    """Add up what a source tells of itself."""
    return msgspec.structs.replace(
        source,
        arrived=source.arrived + flow.arrived,
        dropped=source.dropped + flow.dropped,
        reconnects=source.reconnects + flow.reconnects,
        ended=flow.ended or source.ended,
    )


def _left_out(every: list[Skipped]) -> LeftOut:
    return LeftOut(total=len(every), named=tuple(f"{one.name}: {one.because}" for one in every[:_NAMED]))


def _spilt(frame: Frame, folder: Path) -> Path:
    """Write a frame into the spill folder; raises NoFrames when it has no room."""
    path = folder / frame.name
    try:
        path.write_bytes(frame.data)
    except OSError as error:
        hint = "free some room, set TMPDIR to a larger place, or use fewer frames"
        raise NoFrames(f"{folder}: frames cannot be kept here: {error.strerror}; {hint}") from None
    return path
