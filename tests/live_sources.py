"""Live sources to test against: an HTTP camera whose every connection follows a script, and a small RTSP server."""

import io
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image

Script = Callable[["Camera"], None]


def jpeg(number: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """Draw a picture of its own for every number: noise, 4:2:0, baseline, standard Huffman tables."""
    noise = np.random.default_rng(number).integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize(size).save(file, "JPEG", quality=80, subsampling="4:2:0")
    return file.getvalue()


class Camera(BaseHTTPRequestHandler):
    """One connection; the server's scripts are followed in turn, the last one again and again."""

    server: "CameraServer"

    def do_GET(self) -> None:
        with self.server.lock:
            number = self.server.connections
            self.server.connections += 1
            self.server.asked.append(self.headers.get("Authorization", ""))
        with suppress(OSError):
            self.server.scripts[min(number, len(self.server.scripts) - 1)](self)

    def start(self, kind: str = "multipart/x-mixed-replace; boundary=frame") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def part(self, data: bytes, *, length: bool = True, extra: str = "") -> None:
        said = f"Content-Length: {len(data)}\r\n" if length else ""
        self.wfile.write(f"--frame\r\nContent-Type: image/jpeg\r\n{said}{extra}\r\n".encode() + data + b"\r\n")

    def next_jpeg(self) -> bytes:
        with self.server.lock:
            self.server.number += 1
            return jpeg(self.server.number)

    def wait(self, seconds: float) -> None:
        self.server.stopped.wait(seconds)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's signature
        pass


class CameraServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, scripts: Sequence[Script]) -> None:
        super().__init__(("127.0.0.1", 0), Camera)
        self.scripts, self.lock, self.stopped = scripts, threading.Lock(), threading.Event()
        self.connections = self.number = 0
        self.asked: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/video"


@contextmanager
def camera(*scripts: Script) -> Iterator[CameraServer]:
    with CameraServer(scripts) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()


def playing(most: int = 10**6, every_s: float = 0.02, *, length: bool = True) -> Script:
    """Stream that many pictures, then close."""

    def script(self: Camera) -> None:
        self.start()
        for _ in range(most):
            self.part(self.next_jpeg(), length=length)
            self.wait(every_s)

    return script


class Rtsp(socketserver.BaseRequestHandler):
    """Serves MJPEG over RTP, interleaved in the RTSP connection (RFC 2326, 2435), and then what its server says."""

    server: "RtspServer"

    def handle(self) -> None:
        waiting = self.request.makefile("rb")
        while True:
            lines = list(iter(lambda: waiting.readline().decode().strip(), ""))
            if not lines:
                return
            method, url = lines[0].split()[:2]
            fields = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:])}
            self._answer(method, url, fields)
            if method == "PLAY":
                self._play()
                return

    def _answer(self, method: str, url: str, fields: dict[str, str]) -> None:
        body, head = "", f"RTSP/1.0 200 OK\r\nCSeq: {fields['cseq']}\r\nSession: 1\r\n"
        if method == "OPTIONS":
            head += "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        if method == "DESCRIBE":
            body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\n"
            head += f"Content-Base: {url}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        if method == "SETUP":
            head += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        self.request.sendall(f"{head}\r\n{body}".encode())

    def _play(self) -> None:
        sequence = 0
        plan = self.server.plans.pop(0) if len(self.server.plans) > 1 else self.server.plans[0]
        for number in plan:
            for header, payload, last in rtp_jpeg(jpeg(number)):
                packet = struct.pack("!BBHII", 0x80, 26 | last << 7, sequence, number * 3600, 1) + header + payload
                self.request.sendall(struct.pack("!cBH", b"$", 0, len(packet)) + packet)
                sequence += 1
            if self.server.stopped.wait(0.02):
                return
        if self.server.stalls:
            self.server.stopped.wait(30)


class RtspServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self, plans: list[Sequence[int]], *, stalls: bool) -> None:
        super().__init__(("127.0.0.1", 0), Rtsp)
        self.plans, self.stalls, self.stopped = plans, stalls, threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    @property
    def url(self) -> str:
        return f"rtsp://admin:s3cret@127.0.0.1:{self.server_address[1]}/live"


@contextmanager
def rtsp(*plans: Sequence[int], stalls: bool = False) -> Iterator[RtspServer]:
    """Serve for each connection in turn the pictures of these numbers, which are their times in frames too."""
    with RtspServer(list(plans), stalls=stalls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()


def rtp_jpeg(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Split a baseline 4:2:0 JPEG into RTP payloads with their headers: its tables first, then its scan."""
    tables, scan, size = b"", b"", (0, 0)
    at = 2
    while not scan:
        mark, length = data[at + 1], struct.unpack("!H", data[at + 2 : at + 4])[0]
        body = data[at + 4 : at + 2 + length]
        if mark == 0xDB:
            tables += b"".join(body[start + 1 : start + 65] for start in range(0, len(body), 65))
        if mark == 0xC0:
            size = struct.unpack("!HH", body[1:5])
        if mark == 0xDA:
            scan = data[at + 2 + length : -2]
        at += 2 + length
    for offset in range(0, len(scan), 1000):
        header = struct.pack("!I", offset) + bytes((1, 255, size[1] // 8, size[0] // 8))
        if offset == 0:
            header += struct.pack("!BBH", 0, 0, len(tables)) + tables
        yield header, scan[offset : offset + 1000], offset + 1000 >= len(scan)
