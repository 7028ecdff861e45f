"""What an open live source is: it gives one frame after the other, and says in words when it gives no more."""

from typing import Protocol

from readiness.measures.decode import Pixels

Picture = Pixels | bytes


class Lost(Exception):
    """A live source that was open gives no more frames: why, in a few words."""


class Tap(Protocol):
    """An open live source.

    `drains` tells that frames pile up unless they are fetched: such a tap is read all the time, any other when a
    frame is wanted. `grab` waits for the next frame and gives its moment in ms where the source has a clock;
    `picture` gives the frame grabbed last, as BGR pixels or as the bytes of an image file. Both raise Lost.
    """

    drains: bool

    def grab(self) -> float | None: ...

    def picture(self) -> Picture: ...

    def close(self) -> None: ...
