"""Paragraphs for a person at a terminal: lines break between words only, so that a name stays whole to be copied."""

import textwrap

from rich.console import Console
from rich.text import Text

from readiness_coordinator.reports import printable

WIDEST = 100


def put(console: Console, said: str, style: str = "", *, indent: int = 0, hang: int = 0) -> None:
    """Print one paragraph, its lines no wider than the terminal; only a longer word reaches over its edge."""
    # Whatever cannot be printed is gone by then: this blank holds an equals sign and the name behind it together.
    lines = textwrap.wrap(
        printable(said).replace(" = ", " =\xa0"),
        max(indent + hang + 20, min(console.width, WIDEST)),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        console.print(Text(line.replace("\xa0", " "), style), soft_wrap=True)
