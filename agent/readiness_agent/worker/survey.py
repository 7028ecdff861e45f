"""Looks through a frame source once, in a worker: which frames decode, their digest, and files to run them from."""

import hashlib
from pathlib import Path

from readiness.measures.decode import BadImage, pixels
from readiness_agent.frames import Frame, NoFrames, Skipped, open_frames
from readiness_agent.worker.jobs import Survey, Surveyed

_NAMED = 20


def survey(job: Survey) -> Surveyed:
    """Decode every frame of the source; raises NoFrames when none does.

    A frame that is no file of its own (a video's) is written into the job's spill folder.
    """
    digest = hashlib.sha256()
    kept: list[str] = []
    skipped: list[Skipped] = []
    for item in open_frames(job.src, job.most):
        good = item if isinstance(item, Skipped) else _decodable(item)
        if isinstance(good, Skipped):
            skipped.append(good)
            continue
        digest.update(hashlib.sha256(good.data).digest())
        kept.append(str(good.path or _spilt(good, Path(job.spill))))
    if not kept:
        why = f"; {skipped[0].name}: {skipped[0].because}" if skipped else ""
        raise NoFrames(f"{job.src}: no usable frame, {len(skipped)} files skipped{why}; name a folder of images")
    named = tuple(f"{one.name}: {one.because}" for one in skipped[:_NAMED])
    return Surveyed(files=tuple(kept), digest=f"sha256:{digest.hexdigest()}", skipped=named, skipped_total=len(skipped))


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
