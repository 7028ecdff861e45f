"""Pictures over HTTP as IP cameras give them: one JPEG after the other in one answer, or one an answer."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit, urlunsplit

from readiness_agent.frames import NoFrames
from readiness_agent.frames.live.address import redacted
from readiness_agent.frames.live.taps import Lost, Picture

MOST_BYTES = 32 * 2**20
_LINE = 65536
_PICTURES = (b"\xff\xd8", b"\x89PNG", b"BM", b"RIFF")


class Answer:
    """What an address answers: its content type and its body, which is read with a time limit on every wait."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url, self._timeout_s = url, timeout_s
        self.body = self._asked()
        self.kind = _plain(self.body.headers.get_content_type())
        self.boundary = str(self.body.headers.get_param("boundary") or "")

    def again(self) -> "Answer":
        return Answer(self._url, self._timeout_s)

    def _asked(self) -> http.client.HTTPResponse:
        name = redacted(self._url)
        try:
            opener, plain = _opener(self._url)
            return cast("http.client.HTTPResponse", opener.open(plain, timeout=self._timeout_s))
        except urllib.error.HTTPError as error:
            error.close()
            hint = "give user and password in the address" if error.code in {401, 403} else "check the address"
            raise NoFrames(f"{name}: it answers {error.code} {_plain(str(error.reason))}; {hint}") from None
        except TimeoutError:
            raise NoFrames(f"{name}: no answer within {self._timeout_s:.3g} s; check that it runs") from None
        except (http.client.InvalidURL, ValueError):
            hint = "write signs such as / and # in a password as %2F and %23"
            raise NoFrames(f"{name}: no readable address; {hint}") from None
        except http.client.HTTPException:
            raise NoFrames(f"{name}: it speaks no HTTP; check the address") from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            said = _plain(getattr(reason, "strerror", None) or str(reason) or type(error).__name__)
            raise NoFrames(f"{name}: cannot be reached: {said}; check the address and that it runs") from None


def _opener(url: str) -> tuple[urllib.request.OpenerDirector, str]:
    """Give an opener that knows the user of an address, for basic and digest access, and the address without it."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    plain = urlunsplit(parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}"))
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if parts.username is not None:
        known.add_password(None, plain, unquote(parts.username), unquote(parts.password or ""))
    access = (urllib.request.HTTPDigestAuthHandler(known), urllib.request.HTTPBasicAuthHandler(known))
    return urllib.request.build_opener(*access), plain


class PartsTap:
    """An answer of many parts (multipart/x-mixed-replace), each an image: MJPEG as cameras stream it."""

    drains = True

    def __init__(self, answer: Answer) -> None:
        self._body = cast("BinaryIO", answer.body)
        self._boundary = answer.boundary.strip('"').lstrip("-").encode("latin-1", "replace")
        self._last = b""
        self._at_boundary = False

    def grab(self) -> float | None:
        """Read the next part; its moment is the `X-Timestamp` in s that some servers give, else that of its arrival."""
        with _losses():
            fields = self._head()
            length = fields.get(b"content-length", b"")
            self._last = _exactly(self._body, length) if length else self._to_boundary()
        if not self._last.startswith(_PICTURES):
            raise Lost("it sent something that is no picture")
        try:
            return float(fields[b"x-timestamp"]) * 1e3
        except (KeyError, ValueError):
            return time.monotonic() * 1e3

    def picture(self) -> Picture:
        return self._last

    def close(self) -> None:
        self._body.close()

    def _head(self) -> dict[bytes, bytes]:
        """Go on to the next boundary and read the fields behind it."""
        passed = 0
        while not self._at_boundary:
            line = self._line()
            passed += len(line)
            if passed > MOST_BYTES:
                raise Lost("it sends no boundary between pictures")
            self._at_boundary = self._is_boundary(line)
        self._at_boundary = False
        fields: dict[bytes, bytes] = {}
        while (line := self._line().strip()) and len(fields) < 100:
            key, _, value = line.partition(b":")
            fields[key.strip().lower()] = value.strip()
        return fields

    def _to_boundary(self) -> bytes:
        part = bytearray()
        while not self._is_boundary(line := self._line()):
            part += line
            if len(part) > MOST_BYTES:
                raise Lost(f"a picture is over {MOST_BYTES // 2**20} MiB")
        self._at_boundary = True
        return bytes(part).removesuffix(b"\n").removesuffix(b"\r")

    def _is_boundary(self, line: bytes) -> bool:
        return line.startswith(b"--") and line.lstrip(b"-").startswith(self._boundary)

    def _line(self) -> bytes:
        line = self._body.readline(_LINE)
        if not line:
            raise Lost("the server closed the stream")
        return line


class SnapshotTap:
    """An address that answers one picture: it is asked again for every frame, and never more often."""

    drains = False

    def __init__(self, answer: Answer) -> None:
        self._answer, self._first, self._last = answer, True, b""

    def grab(self) -> float | None:
        try:
            self._answer = self._answer if self._first else self._answer.again()
        except NoFrames as error:
            raise Lost(str(error)) from None
        self._first = False
        body = self._answer.body
        with _losses(), body:
            said = (body.headers.get("Content-Length") or "").encode("latin-1", "replace")
            self._last = _exactly(cast("BinaryIO", body), said) if said else body.read(MOST_BYTES)
        return None

    def picture(self) -> Picture:
        return self._last

    def close(self) -> None:
        self._answer.body.close()


def _plain(said: str) -> str:
    """Give a server's words as they may be shown on a terminal."""
    return "".join(sign for sign in said[:80] if sign.isprintable())


def _exactly(body: BinaryIO, said: bytes) -> bytes:
    if not said.isdigit() or int(said) > MOST_BYTES:
        raise Lost(f"a picture's length is given as {_plain(said.decode('latin-1'))}")
    data = body.read(int(said))
    if len(data) < int(said):
        raise Lost("the server closed in the middle of a picture")
    return data


@contextmanager
def _losses() -> Iterator[None]:
    """Tell what a connection dies of in words."""
    try:
        yield
    except TimeoutError:
        raise Lost("the server sent nothing more") from None
    except http.client.IncompleteRead:
        raise Lost("the server closed in the middle of a picture") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Lost(f"the connection broke: {getattr(error, 'strerror', None) or type(error).__name__}") from None
