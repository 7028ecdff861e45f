"""Frames out of a set that `capture` made: each is held against its digest first."""

from collections.abc import Iterator
from pathlib import Path

from readiness_agent import frameset
from readiness_agent.frames import Flow, Frame, Item, NoFrames, Pace, Skipped, spread
from readiness_agent.frameset import FILE, CapturedFrame
from readiness_agent.output import printable

KIND = "a frame set (a folder with frames.json)"
NAME = "frame-set"
LIVE = False


def accepts(src: str) -> bool:
    return Path(src, FILE).exists()


def read(src: str, most: int, pace: Pace) -> Iterator[Item]:  # noqa: ARG001 - the shelf's signature
    """Give at most `most` frames at even spacing, what became of the others, and what their capture lost."""
    folder = Path(src)
    try:
        made = frameset.read(folder)
        there = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except frameset.BadSet as bad:
        raise NoFrames(str(bad)) from None
    except OSError as error:
        raise NoFrames(f"{src}: cannot be listed: {error.strerror}; check its permissions") from None
    totals = made.totals
    yield Flow(arrived=totals.arrived, dropped=totals.dropped, reconnects=totals.reconnects, ended=_ended(made))
    listed = {frame.file for frame in made.frames} | {FILE}
    for name in there:
        if name not in listed:
            yield Skipped(name=printable(name), because=f"not in {FILE}")
    for index in spread(len(made.frames), most):
        yield _frame(folder, made.frames[index])


def _frame(folder: Path, frame: CapturedFrame) -> Frame | Skipped:
    data, because = frameset.changed(folder, frame)
    if because:
        return Skipped(name=printable(frame.file), because=because, changed=True)
    return Frame(name=frame.file, data=data, path=folder / frame.file, at=frame.time)


def _ended(made: frameset.FrameSet) -> str:
    totals = made.totals
    return f"{totals.ended} at {totals.got} of {totals.asked} frames" if totals.ended else ""
