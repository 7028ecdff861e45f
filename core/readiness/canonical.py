"""One byte form for every record: sorted keys, shortest floats; the digest of that form is the record's name."""

import hashlib
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="sorted")


def encode(record: Any) -> bytes:
    """Give the canonical JSON bytes of a record (RFC 8259 text, keys sorted, shortest round-trip floats)."""
    return _ENCODER.encode(record)


def digest(record: Any) -> str:
    """Name a record by the SHA-256 of its canonical bytes, as `sha256:<64 hex>`."""
    return digest_bytes(encode(record))


def digest_bytes(data: bytes) -> str:
    """Name a byte string by its SHA-256, as `sha256:<64 hex>`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
