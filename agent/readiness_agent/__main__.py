"""The `readiness-agent` command: reads the command line, hands over to one command, and ends with its exit code."""

import argparse
import importlib
import pkgutil
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType
from typing import NoReturn

from readiness.exits import Stop
from readiness_agent import commands

PROGRAM = "readiness-agent"
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


class Terminated(KeyboardInterrupt):
    """SIGTERM unwinds as Ctrl-C does, so that workers and temporary folders go."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a Stop becomes one line on stderr and its exit code, never a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    if not words or words[0] in {"-h", "--help"}:
        print(_overview(names))
        return 0
    name = words[0].replace("-", "_")
    if name not in names:
        print(f"{PROGRAM}: no command '{words[0]}'; the commands are {', '.join(names)}", file=sys.stderr)
        return 2
    command = _command(name)
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} {words[0]}", description=command.__doc__, allow_abbrev=False)
    command.arguments(parser)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return int(command.run(parser.parse_args(words[1:])))
    except Stop as stop:
        print(f"{PROGRAM} {words[0]}: {stop}", file=sys.stderr)
        return stop.code
    except KeyboardInterrupt as ended:
        word, code = ("terminated", TERMINATED) if isinstance(ended, Terminated) else ("interrupted", INTERRUPTED)
        print(f"{PROGRAM} {words[0]}: {word}", file=sys.stderr)
        return code
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # a second one (GNU timeout sends two) must not cut the cleaning up short
    raise Terminated


def _command(name: str) -> ModuleType:
    return importlib.import_module(f"{commands.__name__}.{name}")


def _overview(names: Sequence[str]) -> str:
    lines = [f"  {name:<10} {(_command(name).__doc__ or '').splitlines()[0]}" for name in names]
    return "\n".join([f"usage: {PROGRAM} COMMAND [--help] …", "", "commands:", *lines])


if __name__ == "__main__":
    sys.exit(main())
