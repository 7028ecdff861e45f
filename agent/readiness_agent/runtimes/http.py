"""Models that answer over HTTP, by the protocol that their address tells."""

import os
from pathlib import Path

from readiness.evidence.model import Card
from readiness_agent.endpoints.address import OPEN_INFERENCE, Address
from readiness_agent.endpoints.open_inference import OpenInference
from readiness_agent.endpoints.remote import Remote
from readiness_agent.endpoints.roboflow import Roboflow
from readiness_agent.endpoints.transport import Transport
from readiness_agent.runtimes import Unrunnable

KEY_VARIABLE = "READINESS_API_KEY"


def open_endpoint(address: Address, card: Card, *, timeout_s: float, retries: int, header_file: str) -> Remote:
    """Find out what is there; raises Unrunnable. A key is taken from $READINESS_API_KEY, headers from a file.

    The key goes to an Open Inference server as `Authorization: Bearer`, to Roboflow as its `api_key`.
    """
    key = _key()
    headers = headers_in(Path(header_file)) if header_file else {}
    secrets = [*headers.values(), *(value.split(" ", 1)[-1] for value in headers.values()), *([key] if key else [])]
    if address.protocol == OPEN_INFERENCE:
        headers = ({"Authorization": f"Bearer {key}"} if key else {}) | headers
        return OpenInference(address, Transport(address, timeout_s, retries, headers, secrets))
    return Roboflow(address, Transport(address, timeout_s, retries, headers, secrets), card, key)


def _key() -> str | None:
    """Read the key, without the line end that a file's leaves; raises Unrunnable, which does not repeat it."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key.isascii() or not key.isprintable():
        raise Unrunnable(f"${KEY_VARIABLE}: no header can carry what it holds; set it to the key alone, on one line")
    return key or None


def headers_in(path: Path) -> dict[str, str]:
    """Read a file of `Name: value` lines; raises Unrunnable naming the line, never its value."""
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise Unrunnable(f"{path}: the headers cannot be read: {error.strerror}") from None
    headers = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        named = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        if not colon or not named or not value or not value.isprintable():
            raise Unrunnable(f"{path}: line {number} is no header; write 'Name: value'")
        headers[name] = value
    return headers
