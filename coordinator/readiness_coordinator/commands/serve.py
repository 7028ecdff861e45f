"""Run the coordinator: broker, store, REST and dashboard, on this machine."""

import argparse
import asyncio
import contextlib
import importlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from readiness.exits import CLEAN, UNAVAILABLE, UNUSABLE, Stop
from readiness_coordinator.settings import Broker, Settings, password, read

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LINGER_S = 2

_LOADED_FIRST = ("readiness_coordinator.app", "readiness_coordinator.link", "uvicorn")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML; flags win over it")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port of REST and dashboard (8741); 0 takes a free one")
    parser.add_argument("--data", metavar="DIR", help="where the store and the broker's files lie (./readiness-data)")
    parser.add_argument("--broker", metavar="embedded|HOST:PORT", help="our own broker, or one that already runs")
    parser.add_argument(
        "--broker-port", type=int, metavar="PORT", help="port of the embedded broker; 0 takes a free one"
    )
    parser.add_argument(
        "--allow-root", action="append", metavar="DIR", help="folder that REST may read datasets and models from"
    )


def run(args: argparse.Namespace) -> int:
    roots = tuple(args.allow_root) if args.allow_root else None
    settings = read(
        args.config,
        host=args.host,
        port=args.port,
        data=args.data,
        broker=_broker(args.broker),
        broker_port=args.broker_port,
        allowed_roots=roots,
    )
    _check(settings)
    # A signal amid an import would end as an ImportError, and so far there is nothing to unwind: load all first.
    for name in _LOADED_FIRST:
        importlib.import_module(name)
    # Until the server heeds signals itself, one unwinds what was started so far.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(CLEAN))
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    listening = _listen(settings)
    with contextlib.ExitStack() as running:
        running.callback(listening.close)
        app, broker = _assemble(settings, running)
        where = f"http://{_bracketed(settings.host)}:{listening.getsockname()[1]}/"
        asyncio.run(
            _serve(app, listening, f"dashboard and REST at {where}, MQTT broker at {broker.host}:{broker.port}")
        )
    return CLEAN


def _broker(text: str | None) -> Broker | None:
    if text is None:
        return None
    if text == "embedded":
        return Broker()
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise Stop(f"--broker is '{text}'; write embedded, or HOST:PORT of a broker that runs")
    return Broker(embedded=False, host=host.strip("[]"), port=int(port))


def _check(settings: Settings) -> None:
    if settings.host not in LOOPBACK:
        raise Stop(
            f"will not listen on {settings.host}: nobody is asked who they are yet, so only 127.0.0.1 is served; "
            "reach it from elsewhere through an SSH tunnel"
        )
    for root in settings.roots:
        if not root.is_dir():
            raise Stop(f"--allow-root {root}: no such folder", UNUSABLE)


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else starts, so that a taken one costs nothing."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise Stop(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; choose another --port", UNAVAILABLE
        ) from None
    return listening


def _assemble(settings: Settings, running: contextlib.ExitStack) -> tuple[Any, Broker]:
    """Start store, broker and link, each ended with `running` in reverse order."""
    from readiness import catalogue
    from readiness_coordinator import app, link, reports
    from readiness_coordinator.broker import Broker as Embedded
    from readiness_coordinator.store import database

    try:
        store = database.open_store(settings.database)
    except database.Unusable as error:
        raise Stop(str(error), UNAVAILABLE) from None
    running.callback(store.close)
    broker = settings.broker
    if broker.embedded:
        child = Embedded(settings.folder / "broker", _notice, host=broker.host, port=broker.port)
        running.callback(child.stop)
        child.start()
        broker = msgspec.structs.replace(broker, port=child.port)
    session = link.Link(store, broker, link.client_id(settings.folder), _notice, password=password(broker))
    session.start()
    running.callback(session.stop)
    return app.build(settings, store, catalogue.load(), reports.now), broker


async def _serve(app: Any, listening: socket.socket, ready: str) -> None:
    """Serve until SIGTERM or SIGINT; open requests get two seconds to end. `ready` is said once a signal is heeded."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn's own would raise the signal again when done, and end the process before broker and store.
            yield

    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_LINGER_S
    )
    server = Server(config)

    def end() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, end)
    print(ready, flush=True)
    await server.serve(sockets=[listening])


def _notice(line: str) -> None:
    print(f"readiness serve: {line}", file=sys.stderr, flush=True)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
