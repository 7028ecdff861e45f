"""A body that is refused unread is taken in: whoever sends it whole before reading gets the answer, not a reset."""

import asyncio
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
import uvicorn

import specimens
from children import wait_until
from readiness import catalogue
from readiness_coordinator import app
from readiness_coordinator.settings import Settings
from readiness_coordinator.store.database import Store

SIZE = 8 << 20


@pytest.fixture
def port(settings: Settings, opened: Store) -> Iterator[int]:
    """Serve over a real socket, as `readiness serve` does."""
    built = app.build(settings, opened, catalogue.load(), lambda: specimens.ASKED_AT)
    server = uvicorn.Server(uvicorn.Config(built, log_config=None, timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        wait_until(lambda: server.started, "the server is up")
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize(
    ("path", "media", "status"),
    [
        ("/uploads?name=a.tar", "application/zip", 400),
        ("/uploads", "text/plain", 415),
        ("/vision-readiness/deploy", "application/json", 413),
    ],
)
def test_the_answer_reaches_who_sends_all_of_a_body_first(port: int, path: str, media: str, status: int):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", bytes(SIZE), {"Content-Type": media})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    with refused.value as reply:
        assert reply.status == status, reply.read()


def test_the_answer_does_not_wait_for_the_body(port: int):
    head = f"POST /uploads?name=a.tar HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/zip\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        began = time.monotonic()
        client.sendall(f"{head}Content-Length: {SIZE}\r\nExpect: 100-continue\r\n\r\n".encode())
        assert client.recv(1 << 16).startswith(b"HTTP/1.1 400")
        assert time.monotonic() - began < 2
