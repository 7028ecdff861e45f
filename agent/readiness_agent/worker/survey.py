"""Looks through a frame source once, in a worker: which frames decode, their digest, and files to run them from."""

import hashlib
from pathlib import Path

from readiness import canonical
from readiness.measures.decode import BadImage, pixels
from readiness_agent.frames import Frame, NoFrames, Skipped, open_frames
from readiness_agent.worker.jobs import LeftOut, Survey, Surveyed

_NAMED = 20


def survey(job: Survey) -> Surveyed:
    """Decode every frame of the source and keep one of each content; raises NoFrames when none decodes.

    A frame that is no file of its own (a video's) is written into the job's spill folder.
    """
    first: dict[bytes, str] = {}
    files: list[str] = []
    skipped: list[Skipped] = []
    repeated: list[Skipped] = []
    for item in open_frames(job.src, job.most):
        good = item if isinstance(item, Skipped) else _decodable(item)
        if isinstance(good, Skipped):
            skipped.append(good)
            continue
        content = hashlib.sha256(good.data).digest()
        if content in first:
            repeated.append(Skipped(name=good.name, because=f"the same as {first[content]}"))
            continue
        first[content] = good.name
        files.append(str(good.path or _spilt(good, Path(job.spill))))
    if not files:
        why = f"; {skipped[0].name}: {skipped[0].because}" if skipped else ""
        raise NoFrames(f"{job.src}: no usable frame, {len(skipped)} files skipped{why}; name a folder of images")
    digest = canonical.digest_bytes(b"".join(first))
    return Surveyed(files=tuple(files), digest=digest, skipped=_left_out(skipped), repeated=_left_out(repeated))


def _left_out(every: list[Skipped]) -> LeftOut:
    return LeftOut(total=len(every), named=tuple(f"{one.name}: {one.because}" for one in every[:_NAMED]))


def _decodable(frame: Frame) -> Frame | Skipped:
    try:
        pixels(frame.data)
    except BadImage as error:
        return Skipped(name=frame.name, because=str(error))
    return frame


def _spilt(frame: Frame, folder: Path) -> Path:
    path = folder / frame.name
    path.write_bytes(frame.data)
    return path
