"""Run the daemon: say that the device is there, sample its health, and send all that the spool holds."""

import argparse
import logging
import signal
import sys
import time
from contextlib import closing

from readiness.exits import CLEAN, UNAVAILABLE, Stop
from readiness_agent import settings


def arguments(parser: argparse.ArgumentParser) -> None:
    settings.add_arguments(parser)
    parser.add_argument("--for", dest="for_s", metavar="SECONDS", type=float, help="stop after this long")
    parser.add_argument("--once", action="store_true", help="take one sample, deliver everything, end; 4 if it cannot")
    parser.add_argument("--verbose", action="store_true", help="log every acknowledgement")


def run(args: argparse.Namespace) -> int:
    from readiness_agent import telemetry
    from readiness_agent.agent import Agent, all_acknowledged, the_lock

    chosen = settings.read(args)
    if args.once:
        with closing(Agent(chosen, the_lock(chosen))) as agent:
            telemetry.sample(agent.spool)
            trouble = agent.deliver(lambda: all_acknowledged(agent.spool), args.for_s or 30.0)
        if trouble:
            raise Stop(f"{trouble}; all is kept in the spool for the next run", UNAVAILABLE)
        return CLEAN
    _log(verbose=args.verbose)
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _frame: signals.append(caught))
    until = time.monotonic() + args.for_s if args.for_s is not None else None
    with closing(Agent(chosen, the_lock(chosen))) as agent:
        agent.run(lambda: bool(signals) or (until is not None and time.monotonic() >= until))
    return CLEAN


def _log(*, verbose: bool) -> None:
    form = logging.Formatter("readiness-agent run: %(message)s")
    if not sys.stderr.isatty():
        form = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    handler = logging.StreamHandler()
    handler.setFormatter(form)
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler])
