"""A labelled dataset as a draft in memory: clean as it is drawn, bent by one mutator, then written in some format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]


@dataclass
class Thing:
    """One object: class row, box x y w h in pixels, outline x y x y …; `said` overrides keys of a COCO entry."""

    row: int
    box: Box
    ring: tuple[float, ...] = ()
    said: dict[str, Any] = field(default_factory=dict)

    def move(self, box: Box) -> None:
        """Give it another box; the outline follows."""
        (x0, y0, w0, h0), (x1, y1, w1, h1) = self.box, box
        scale, shift = (w1 / w0, h1 / h0), (x1, y1)
        self.ring = tuple(shift[i % 2] + (value - (x0, y0)[i % 2]) * scale[i % 2] for i, value in enumerate(self.ring))
        self.box = box


@dataclass
class Shot:
    """One image: `name` within its split, `file` holds its bytes; `row` is its class where images have one."""

    name: str
    split: str
    file: Path
    width: int
    height: int
    things: list[Thing] = field(default_factory=list)
    row: int | None = None
    listed: bool = True
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        return self.name.rpartition(".")[0]


class Answer(NamedTuple):
    """What a model says stands in a shot: class row, box x y w h in pixels, score."""

    shot: Shot
    row: int
    box: Box
    score: float


@dataclass
class Draft:
    """A dataset of one task, to be written as `kind`; `after` is done to the written tree, last of all."""

    task: str
    kind: str
    classes: list[str]
    shots: list[Shot]
    scratch: Path
    said: dict[str, Any] = field(default_factory=dict)
    after: list[Callable[[Path], None]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    _files: int = 0

    def of(self, split: str) -> list[Shot]:
        return [shot for shot in self.shots if shot.split == split]

    def pick(self, rng: np.random.Generator, count: int, split: str | None = None) -> list[Shot]:
        """Choose that many different shots, of one split or of all."""
        among = self.shots if split is None else self.of(split)
        return [among[i] for i in sorted(rng.permutation(len(among))[:count].tolist())]

    def things(self, rng: np.random.Generator, count: int) -> Iterator[tuple[Shot, Thing]]:
        """Choose that many objects, each in a shot of its own."""
        for shot in self.pick(rng, count):
            yield shot, shot.things[int(rng.integers(len(shot.things)))]

    def pixels(self, shot: Shot) -> Pixels:
        return cv2.imread(str(shot.file), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)

    def put(self, shot: Shot, pixels: Pixels, ending: str = "", quality: int = 92) -> None:
        """Give a shot other pixels, in the file type of its name or of a new ending."""
        if ending:
            shot.name = shot.stem + ending
        suffix = "." + shot.name.rpartition(".")[2]
        how = [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix == ".jpg" else []
        done, data = cv2.imencode(suffix, pixels, how)
        assert done
        self.put_bytes(shot, data.tobytes())
        shot.height, shot.width = pixels.shape[:2]

    def put_bytes(self, shot: Shot, data: bytes) -> None:
        self._files += 1
        shot.file = self.scratch / f"{self._files:04d}"
        shot.file.write_bytes(data)

    def copy(self, shot: Shot, split: str, name: str | None = None, row: int | None = None) -> Shot:
        """Add a copy of a shot to a split, under a name of its own, with the same labels."""
        more = Shot(
            name=name or f"{shot.stem[::-1]}c.jpg",
            split=split,
            file=shot.file,
            width=shot.width,
            height=shot.height,
            things=[Thing(one.row, one.box, one.ring, dict(one.said)) for one in shot.things],
            row=shot.row if row is None else row,
        )
        self.shots.append(more)
        return more
