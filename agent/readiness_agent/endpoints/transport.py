"""Calls over HTTP: one time-out for the whole call, retries that are counted, answers of a bounded size."""

import io
import socket
import ssl
import time
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote_plus

import msgspec
import urllib3
from urllib3 import connection, connectionpool, exceptions

from readiness_agent.endpoints.address import Address
from readiness_agent.runtimes import CallFailed, Unrunnable, one_line

MOST_BYTES = 64 << 20
_CHUNK = 1 << 20
_AGAIN = frozenset({429, 502, 503, 504})
_FIRST_PAUSE_S = 0.1
_LOOPBACK = ("localhost", "::1")
_SAID = 2048


class Answered(msgspec.Struct, frozen=True):
    """An answer with status 200; the names of its headers are lower case."""

    headers: dict[str, str]
    body: bytes


class _Failed(msgspec.Struct, frozen=True):
    """One try without an answer: its kind and words, whether another may help, and the pause the server asks for."""

    kind: str
    words: str
    again: bool = False
    pause_s: float | None = None


class Transport:
    """Keeps a connection to one endpoint; `retries` counts the tries made beyond the first of each call.

    A call ends within `timeout_s`, its retries and pauses included: a server that sends a byte now and then gains
    nothing. Redirects are not followed, since the headers may hold a key. No `secrets` stand in what is said of it.
    """

    def __init__(
        self, address: Address, timeout_s: float, retries: int, headers: Mapping[str, str], secrets: Sequence[str]
    ) -> None:
        self._address, self._timeout_s, self._most_retries = address, timeout_s, retries
        self._headers = dict(headers)
        self._secrets = sorted({form for secret in secrets for form in (secret, quote_plus(secret))}, key=len)[::-1]
        self._manager = _manager(address)
        self.retries = 0

    def call(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """Call until there is an answer; raises CallFailed with the kind of the last failure.

        Tried again after a pause that doubles from 0.1 s, or that Retry-After asks for: what failed before an answer
        came, and statuses 429, 502, 503 and 504.
        """
        end, tried = time.monotonic() + self._timeout_s, 0
        while isinstance(outcome := self._once(method, url, body, {**self._headers, **(headers or {})}, end), _Failed):
            pause = _FIRST_PAUSE_S * 2**tried if outcome.pause_s is None else outcome.pause_s
            if not outcome.again or tried == self._most_retries or time.monotonic() + pause >= end:
                times = f" ({tried + 1} tries)" if tried else ""
                raise CallFailed(outcome.kind, f"{self._address.shown}: {one_line(self._hidden(outcome.words))}{times}")
            time.sleep(pause)
            tried += 1
            self.retries += 1
        return outcome

    def _once(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], end: float
    ) -> Answered | _Failed:
        left = end - time.monotonic()
        late = _Failed("timeout", f"no whole answer within {self._timeout_s:g} s; see --timeout")
        if left <= 0:
            return late
        try:
            response = self._manager.request(
                method,
                url,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(total=left),
                preload_content=False,
                redirect=False,
                retries=False,
            )
            with response:
                return _read(response)
        except exceptions.NewConnectionError as error:
            return _Failed("connection", f"cannot be reached: {_cause(error)}", again=True)
        except (exceptions.TimeoutError, TimeoutError):
            return late
        except (exceptions.SSLError, ssl.SSLError) as error:
            return _Failed("connection", f"no TLS connection: {_cause(error)}")
        except (exceptions.HTTPError, OSError) as error:
            return _Failed("connection", f"the connection broke: {_cause(error)}", again=True)

    def _hidden(self, words: str) -> str:
        for secret in self._secrets:
            words = words.replace(secret, "…")
        return words


def _read(response: urllib3.BaseHTTPResponse) -> Answered | _Failed:
    """Read an answer to its end, but no further than MOST_BYTES."""
    parts: list[bytes] = []
    size = 0
    for part in response.stream(_CHUNK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            response.close()
            return _Failed("bad answer", f"it answers with more than {MOST_BYTES >> 20} MiB")
    body, status = b"".join(parts), response.status
    headers = {name.lower(): value for name, value in response.headers.items()}
    if status == 200:
        if headers.get("content-encoding", "identity") != "identity":
            return _Failed("bad answer", f"it answers in {headers['content-encoding']}, which was not asked for")
        return Answered(headers, body)
    if 300 <= status < 400:
        to = headers.get("location", "another place").split("?")[0]
        return _Failed(f"http {status}", f"it redirects to {to}; give that URL if it is the endpoint's")
    return _Failed(f"http {status}", f"HTTP {status}: {_said(body)}", status in _AGAIN, _pause_s(headers))


def _said(body: bytes) -> str:
    """Give the server's own words for a failure, where it has any that can be shown."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        said = None
    if isinstance(said, dict):
        said = next((said[key] for key in ("error", "message", "detail") if isinstance(said.get(key), str)), None)
    words = said if isinstance(said, str) else body[:_SAID].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in words) or "no reason given"


def _pause_s(headers: Mapping[str, str]) -> float | None:
    try:
        return urllib3.Retry().parse_retry_after(headers["retry-after"])
    except (KeyError, exceptions.InvalidHeader):
        return None


def _cause(error: BaseException) -> str:
    """Find the system's own words at the root of an exception; those around it repeat the URL."""
    found: BaseException = error
    while (deeper := found.__cause__ or found.__context__ or _reason(found)) is not None:
        found = deeper
    said = getattr(found, "verify_message", None) or getattr(found, "strerror", None) or str(found)
    return one_line(said)


def _reason(error: BaseException) -> BaseException | None:
    return next((one for one in error.args if isinstance(one, BaseException)), None)


class _Timed:
    """A socket whose time-out bounds all that follows in total, where a plain one's bounds each wait for a byte."""

    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain
        self._end: float | None = None

    def settimeout(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self._plain.settimeout(seconds)

    def sendall(self, data: bytes) -> None:
        self.keep_to_the_end()
        self._plain.sendall(data)

    def makefile(self, *_how: object) -> io.BufferedReader:
        raw = self._plain.makefile("rb", buffering=0)
        return io.BufferedReader(_TimedReader(raw, self), _CHUNK)

    def keep_to_the_end(self) -> None:
        if self._end is None:
            return
        if (left := self._end - time.monotonic()) <= 0:
            raise TimeoutError("timed out")
        self._plain.settimeout(left)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


class _TimedReader(io.RawIOBase):
    """The reading side of a timed socket."""

    def __init__(self, raw: socket.SocketIO, timed: _Timed) -> None:
        self._raw, self._timed = raw, timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._timed.keep_to_the_end()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connection(connection.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = cast("socket.socket", _Timed(self.sock))


class _SafeConnection(connection.HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = cast("socket.socket", _Timed(cast("socket.socket", self.sock)))


class _Pool(connectionpool.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(connectionpool.HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


def _manager(address: Address) -> urllib3.PoolManager:
    """Make the keeper of connections; raises Unrunnable for a proxy that cannot be used.

    The environment's proxy is used for no address of this machine.
    """
    scheme = address.root.split(":", 1)[0]
    proxy = urllib.request.getproxies().get(scheme)
    here = address.host in _LOOPBACK or address.host.startswith("127.")
    direct = proxy is None or here or urllib.request.proxy_bypass(address.host)
    try:
        manager = urllib3.PoolManager() if direct else urllib3.ProxyManager(cast("str", proxy))
    except exceptions.HTTPError:
        raise Unrunnable(
            f"{address.shown}: the proxy of ${scheme}_proxy cannot be used; "
            f"give it as http://HOST:PORT, or name {address.host} in $no_proxy"
        ) from None
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}
    return manager
