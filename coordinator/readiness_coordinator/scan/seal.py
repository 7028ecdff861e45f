"""The key of a cache, and the seals made with it that a row which was changed, or made by others, does not fit."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

import msgspec

KEY = "looks.key"
KEY_BYTES = 32
_SEAL_BYTES = 16


def seal(key: bytes, digest: bytes, code: str, view: object, print_: object) -> bytes:
    """Give the keyed BLAKE2b (RFC 7693) of a row's content.

    It shows what bit rot, an edit, or somebody without the key made of a row. It does not prove who wrote it: whoever
    can read the key, which is this user, root, and every program of theirs, can write any row and have it believed.
    """
    content = msgspec.msgpack.encode((digest, code, view, print_))
    return hashlib.blake2b(content, key=key, digest_size=_SEAL_BYTES).digest()


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def read_key(folder: Path) -> bytes:
    """Read a cache's key. Raises FileNotFoundError for none or a damaged one, OSError for one that others can know."""
    path = folder / KEY
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise PermissionError(f"{path} is not this user's alone; remove it, or name another folder")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise FileNotFoundError(f"{path} is damaged")
    return key


def made_key(folder: Path) -> bytes:
    """Read a cache's key, made where there is none; of several who make it at once one wins. Raises OSError."""
    path = folder / KEY
    with contextlib.suppress(FileNotFoundError):
        if path.lstat().st_size != KEY_BYTES:
            path.unlink()
    try:
        return read_key(folder)
    except FileNotFoundError:
        handle, name = tempfile.mkstemp(dir=folder, prefix=KEY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new_key())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()
    return read_key(folder)
