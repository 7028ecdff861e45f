"""The embedded broker in pure Python, for machines without Mosquitto; run as `broker_amqtt HOST PORT`.

amqtt speaks MQTT 3.1.1 only and forgets sessions and retained messages when it restarts: spools and acknowledgements
make good for that.
"""

import asyncio
import logging
import signal
import sys
from typing import Any

from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin


class Loopback(BaseAuthPlugin):  # type: ignore[misc]  # mypy does not follow amqtt
    """Lets everybody in on 127.0.0.1; amqtt's own anonymous plug-in would keep no session for them."""

    async def authenticate(self, **_session: Any) -> bool:
        return True


async def serve(host: str, port: int) -> None:
    """Listen on `port` until SIGTERM or SIGINT."""
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}},
        "plugins": {f"readiness_coordinator.broker_amqtt.{Loopback.__name__}": {}},
    }
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    broker = Broker(config)
    await broker.start()
    await over.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
