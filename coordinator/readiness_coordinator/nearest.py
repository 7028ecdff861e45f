"""The names nearest to a mistyped one, for the line that refuses it."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 100
_SHOWN = 3


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Give up to three of `known` that resemble `name`, the nearest first; none where nothing does."""
    return tuple(get_close_matches(name[:_LONGEST].lower(), sorted(known), n=_SHOWN))


def hint(name: str, known: Iterable[str]) -> str:
    """Say "the nearest is …; " to begin a way out with; empty where nothing resembles the name."""
    found = nearest(name, known)
    return f"the nearest {'is' if len(found) == 1 else 'are'} {', '.join(found)}; " if found else ""
