"""The `readiness` command: reads the command line, hands over to one command, and ends with its exit code."""

import argparse
import importlib
import io
import pkgutil
import signal
import sys
from collections.abc import Sequence
from types import ModuleType

from readiness.exits import Stop
from readiness_coordinator import commands

PROGRAM = "readiness"
INTERRUPTED = 128 + signal.SIGINT


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a Stop becomes one line on stderr and its exit code, never a traceback."""
    _lenient()
    words = list(sys.argv[1:] if argv is None else argv)
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    if not words or words[0] in {"-h", "--help"}:
        print(_overview(names))
        return 0
    name = words[0].replace("-", "_")
    if name not in names:
        print(f"{PROGRAM}: no command '{words[0]}'; the commands are {', '.join(names)}", file=sys.stderr)
        return 2
    try:
        command = _command(name)
        parser = argparse.ArgumentParser(prog=f"{PROGRAM} {words[0]}", description=command.__doc__, allow_abbrev=False)
        command.arguments(parser)
        return int(command.run(parser.parse_args(words[1:])))
    except Stop as stop:
        from readiness_coordinator.reports import printable

        # What a file's name or content holds must neither break the line nor command the terminal.
        print(f"{PROGRAM} {words[0]}: {printable(str(stop))}", file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        print(f"{PROGRAM} {words[0]}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _lenient() -> None:
    """Print what a terminal's encoding lacks, such as letters of a class name, as escapes: no reason to end."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _command(name: str) -> ModuleType:
    return importlib.import_module(f"{commands.__name__}.{name}")


def _overview(names: Sequence[str]) -> str:
    lines = [f"  {name:<10} {(_command(name).__doc__ or '').splitlines()[0]}" for name in names]
    return "\n".join([f"usage: {PROGRAM} COMMAND [--help] …", "", "commands:", *lines])


if __name__ == "__main__":
    sys.exit(main())
