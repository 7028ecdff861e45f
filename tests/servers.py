"""Inference servers for tests: the Open Inference Protocol v2 around a real model, Roboflow's JSON, and faulty ones."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

LENGTH = "Inference-Header-Content-Length"
DATATYPES = {"tensor(float)": ("FP32", np.float32), "tensor(uint8)": ("UINT8", np.uint8)}
Fault = Callable[["Handler", int], bool]


class Handler(BaseHTTPRequestHandler):
    """Answers by the server's `app`; keeps what was asked, so that a test can look."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _handle(self, body: bytes) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        self.server.posted += self.command == "POST"
        if self.command == "POST" and self.server.fault is not None and self.server.fault(self, self.server.posted):
            return
        self.server.app(self, body)

    def reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server on a free port of the loopback; `fault` is asked of every POST, with its number, and may answer it."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, app: Callable[[Handler, bytes], None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.app = app
        self.fault: Fault | None = None
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.posted = 0
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that gives up is what many tests are about."""


@contextmanager
def serving(app: Callable[[Handler, bytes], None]) -> Iterator[Server]:
    server = Server(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class OpenInferenceApp:
    """An ONNX model behind the Open Inference Protocol v2; outputs are answered in the reverse of their order."""

    def __init__(self, path: Path, name: str = "parts", *, binary: bool = True) -> None:
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.name, self.binary, self.ready = name, binary, True
        self.platform = "onnxruntime_onnx"

    def __call__(self, handler: Handler, body: bytes) -> None:
        model = f"/v2/models/{self.name}"
        path = handler.path.replace("/versions/3", "")
        if path == "/v2":
            extensions = ["binary_tensor_data"] if self.binary else []
            handler.reply(json.dumps({"name": "tiny", "version": "1.0", "extensions": extensions}).encode())
        elif path == f"{model}/ready":
            handler.reply(b"", 200 if self.ready else 400)
        elif path == model:
            handler.reply(json.dumps(self._metadata()).encode())
        elif path == f"{model}/infer":
            self._infer(handler, body)
        else:
            handler.reply(json.dumps({"error": f"unknown model at {path}"}).encode(), 404)

    def _metadata(self) -> dict[str, Any]:
        def tensors(nodes: list[Any]) -> list[dict[str, Any]]:
            sizes = [[dim if isinstance(dim, int) else -1 for dim in node.shape] for node in nodes]
            return [
                {"name": node.name, "datatype": DATATYPES[node.type][0], "shape": shape}
                for node, shape in zip(nodes, sizes, strict=True)
            ]

        ends = {"inputs": tensors(self.session.get_inputs()), "outputs": tensors(self.session.get_outputs())}
        return {"name": self.name, "versions": ["3"], "platform": self.platform, **ends}

    def _infer(self, handler: Handler, body: bytes) -> None:
        head = int(handler.headers.get(LENGTH, len(body)))
        asked = json.loads(body[:head])
        (given,) = asked["inputs"]
        dtype = dict(DATATYPES.values())[given["datatype"]]
        if "data" in given:
            batch = np.asarray(given["data"], dtype=dtype)
        else:
            assert given["parameters"]["binary_data_size"] == len(body) - head
            batch = np.frombuffer(body[head:], dtype=dtype)
        names = [node.name for node in self.session.get_outputs()]
        arrays = self.session.run(names, {given["name"]: batch.reshape(given["shape"])})
        binary = asked.get("parameters", {}).get("binary_data_output", False)
        told, tail = [], b""
        for name, array in reversed(list(zip(names, arrays, strict=True))):
            one: dict[str, Any] = {"name": name, "datatype": "FP32", "shape": list(array.shape)}
            if binary:
                one["parameters"] = {"binary_data_size": array.nbytes}
                tail += array.tobytes()
            else:
                one["data"] = array.tolist()
            told.append(one)
        answer = json.dumps({"model_name": self.name, "outputs": told}).encode()
        handler.reply(answer + tail, **({LENGTH: str(len(answer))} if binary else {}))


def answering(body: Any) -> Callable[[Handler, bytes], None]:
    """Give the same JSON to every call."""
    return lambda handler, _: handler.reply(json.dumps(body).encode())


def status(code: int, times: int = 10**9, **headers: str) -> Fault:
    """Answer the first calls with a status; later ones go through."""

    def fault(handler: Handler, number: int) -> bool:
        if number > times:
            return False
        handler.reply(b'{"error": "not now"}', code, **headers)
        return True

    return fault


def raw(*parts: bytes, pause_s: float = 0.0) -> Fault:
    """Write these bytes as they are, and hang up."""

    def fault(handler: Handler, _: int) -> bool:
        handler.close_connection = True
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(pause_s)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    return fault


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
