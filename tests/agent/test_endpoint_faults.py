"""Faults of endpoints: each counted by its kind, within the time-out, and told in one line without a key."""

import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
import tiny_onnx
from called import FRAME, SEEN, failing, opened, parts
from readiness_agent.answers import Scores
from readiness_agent.runtimes import Unrunnable
from servers import Server, raw, serving, status


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    model = tiny_onnx.averager(tmp_path / "parts.onnx", dims=("n", 3, 8, 8))
    with serving(servers.OpenInferenceApp(model)) as server:
        yield server


@pytest.mark.parametrize(
    ("fault", "kind", "tries", "said"),
    [
        (status(500), "http 500", 1, "HTTP 500: not now"),
        (status(503), "http 503", 3, "HTTP 503: not now (3 tries)"),
        (status(429, Retry_After="60"), "http 429", 1, "HTTP 429: not now"),
        (status(302, Location="http://elsewhere/x?key=1"), "http 302", 1, "redirects to http://elsewhere/x;"),
        (raw(b"garbage\r\n\r\n"), "connection", 3, "the connection broke: "),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), "connection", 3, "the connection broke: "),
        (raw(), "connection", 3, "the connection broke: "),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{{{{"), "bad answer", 1, "its answer cannot be read"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nabcd"), "bad answer", 1, "gzip"),
    ],
)
def test_a_fault_is_counted_by_its_kind(server: Server, fault: Any, kind: str, tries: int, said: str) -> None:
    inference = parts(server, retries=2)
    server.fault = fault
    failed = failing(inference)
    assert failed.kind == kind
    assert str(failed).startswith(f"{server.url}/v2/models/parts: ")
    assert said in str(failed)
    assert sum(1 for command, *_ in server.asked if command == "POST") == tries
    assert inference.runtime.retries == tries - 1


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ([], "its answer lacks output 'scores'"),
        (
            [{"name": "scores", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}],
            "is FP32 [1, 2], its metadata says",
        ),
        ([{"name": "scores", "datatype": "INT64", "shape": [1, 3], "data": [1, 2, 3]}], "is INT64 [1, 3]"),
        ([{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [1, 2]}], "has 2 values"),
        ([{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [[1, 2], [3]]}], "cannot be read"),
        ([{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": ["a", "b", "c"]}], "cannot be read"),
        ([{"name": "scores", "datatype": "FP32", "shape": [1, 3]}], "cannot be read"),
        (
            [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "parameters": {"binary_data_size": 12}}],
            "says 12 bytes, 0 are left",
        ),
        ("none", "its answer cannot be read"),
    ],
)
def test_an_answer_of_another_shape_is_a_failed_call(server: Server, outputs: Any, said: str) -> None:
    inference = parts(server)
    server.fault = lambda handler, _: handler.reply(json.dumps({"outputs": outputs}).encode()) or True
    failed = failing(inference)
    assert (failed.kind, said in str(failed)) == ("bad answer", True), str(failed)


def test_numbers_that_are_none_are_no_json(server: Server) -> None:
    inference = parts(server)
    told = {"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [float("nan"), 1, 2]}]}
    server.fault = lambda handler, _: handler.reply(json.dumps(told).encode()) or True
    assert failing(inference).kind == "bad answer"


@pytest.mark.parametrize("place", ["headers", "body"])
def test_a_server_that_trickles_holds_no_longer_than_the_time_out(server: Server, place: str) -> None:
    inference = parts(server, timeout_s=0.5, retries=3)
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n" + (b"\r\n" if place == "body" else b"X: ")
    server.fault = raw(start, *[b"x"] * 100, pause_s=0.1)
    begun = time.monotonic()
    assert failing(inference).kind == "timeout"
    assert 0.45 < time.monotonic() - begun < 0.9
    assert inference.runtime.retries == 0
    server.fault = None
    assert isinstance(inference.answer(FRAME, 0.1), Scores)


def test_a_silent_server_is_left_at_the_time_out(server: Server) -> None:
    inference = parts(server, timeout_s=0.4)
    server.fault = lambda *_: time.sleep(2) is None
    begun = time.monotonic()
    failed = failing(inference)
    assert (failed.kind, "no whole answer within 0.4 s; see --timeout" in str(failed)) == ("timeout", True)
    assert time.monotonic() - begun < 0.8


def test_a_server_that_recovers_costs_a_retry_that_is_counted(server: Server) -> None:
    inference = parts(server, retries=1)
    server.fault = status(503, times=1)
    assert isinstance(inference.answer(FRAME, 0.1), Scores)
    assert inference.runtime.retries == 1


def test_the_pause_that_a_server_asks_for_is_kept(server: Server) -> None:
    inference = parts(server, retries=1)
    server.fault = status(429, times=1, Retry_After="1")
    begun = time.monotonic()
    inference.answer(FRAME, 0.1)
    assert 1.0 <= time.monotonic() - begun < 1.5
    assert inference.runtime.retries == 1


def test_a_connection_that_went_idle_is_opened_again(server: Server) -> None:
    inference = parts(server, retries=0)
    server.fault = lambda handler, _: setattr(handler, "close_connection", True)
    for _ in range(3):
        inference.answer(FRAME, 0.1)
        time.sleep(0.05)


def test_a_server_of_http_1_0_is_understood(server: Server) -> None:
    inference = parts(server)
    body = json.dumps({"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}]})
    server.fault = raw(b"HTTP/1.0 200 OK\r\n\r\n" + body.encode())
    assert inference.infer(inference.prepare(FRAME)[0])[0].tolist() == [[1.0, 2.0, 3.0]]


def test_an_answer_without_end_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness_agent.endpoints.transport.MOST_BYTES", 3 << 20)
    inference = parts(server)
    server.fault = raw(b"HTTP/1.0 200 OK\r\n\r\n", *[b" " * (1 << 20)] * 8)
    failed = failing(inference)
    assert (failed.kind, str(failed).endswith("more than 3 MiB")) == ("bad answer", True)


def test_a_key_is_sent_and_never_said(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_API_KEY", "s3cret")
    (tmp_path / "headers").write_text("# of the gateway\nX-Gate: pass-4711\n\n")
    inference = parts(server, header_file=str(tmp_path / "headers"))
    server.fault = lambda handler, _: handler.reply(b'{"error": "no s3cret, no pass-4711"}', 401) or True
    failed = failing(inference)
    assert "HTTP 401: no …, no …" in str(failed)
    sent = server.asked[-1][2]
    assert (sent["Authorization"], sent["X-Gate"]) == ("Bearer s3cret", "pass-4711")
    with serving(servers.answering({})) as other:
        other.fault = lambda handler, _: handler.reply(b'{"message": "bad key s3cret"}', 403) or True
        assert "HTTP 403: bad key …" in str(failing(opened(f"{other.url}/parts/3", SEEN)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Key s3cret", "line 1 is no header"),
        ("a b: s3cret", "line 1 is no header"),
        ("A: b\nKéy: s3cret", "line 2 is no header"),
        ("Key: s3cret\x01", "line 1 is no header"),
        ("Key:", "line 1 is no header"),
    ],
)
def test_a_header_file_that_cannot_be_used_is_one_line(server: Server, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "headers").write_text(text, encoding="latin-1")
    with pytest.raises(Unrunnable) as refused:
        parts(server, header_file=str(tmp_path / "headers"))
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)
    with pytest.raises(Unrunnable, match="cannot be read: No such file"):
        parts(server, header_file=str(tmp_path / "gone"))


@pytest.mark.parametrize("key", ["s3cret\nX-Evil: 1", "s3cret\x00", "s3cret\N{EURO SIGN}"])
def test_a_key_that_no_header_carries_is_one_line(server: Server, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    # The environment itself holds no NUL.
    monkeypatch.setattr("readiness_agent.runtimes.http.os.environ", {"READINESS_API_KEY": key})
    with pytest.raises(Unrunnable, match=r"\$READINESS_API_KEY: no header can carry what it holds") as refused:
        parts(server)
    assert "s3cret" not in str(refused.value)
    assert not server.asked


def test_the_line_end_of_a_key_is_not_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_API_KEY", "s3cret\n")
    assert isinstance(parts(server).answer(FRAME, 0.1), Scores)
    assert {headers["Authorization"] for _, _, headers, _ in server.asked} == {"Bearer s3cret"}


@pytest.mark.parametrize("proxy", ["socks5://me:s3cret@127.0.0.1:1", "::s3cret"])
def test_a_proxy_that_cannot_be_used_is_one_line(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(Unrunnable, match=r"the proxy of \$https_proxy cannot be used") as refused:
        opened("https://endpoint.invalid/v2/models/parts")
    assert "s3cret" not in str(refused.value)


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{servers.free_port()}")
    assert isinstance(parts(server).answer(FRAME, 0.1), Scores)


def test_a_proxy_of_the_environment_is_used_for_others(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(Unrunnable, match=r"HTTP 404: unknown model at http://endpoint.invalid/v2/models/parts/ready"):
        opened("http://endpoint.invalid/v2/models/parts")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody but itself has signed, and its key."""
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("no openssl to make a certificate with")
    public, key = tmp_path / "public.pem", tmp_path / "key.pem"
    asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", public]
    subprocess.run([openssl, *asked, *named], check=True, capture_output=True)
    return public, key


def test_a_certificate_must_be_trusted(
    server: Server, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_port}/v2/models/parts"
    with pytest.raises(Unrunnable, match=r"no TLS connection: self.signed certificate"):
        opened(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    inference = opened(url, timeout_s=1.0)
    assert isinstance(inference.answer(FRAME, 0.1), Scores)
    server.fault = raw(b"HTTP/1.1 200 OK\r\nX: ", *[b"x"] * 100, pause_s=0.1)
    begun = time.monotonic()
    assert failing(inference).kind == "timeout"
    assert time.monotonic() - begun < 1.5
