"""The address of a live source: its options, and the form in which it may be shown, without what grants access."""

import re
from urllib.parse import parse_qsl

# Up to the last @ : a password may hold any sign, and saying too little of an address does no harm.
_ACCESS = re.compile(r"(?<=://).*@")
# Cameras take names and passwords in the query and some in the path too.
_SECRET = re.compile(
    r"((?:user|usr|login|pass|pwd|token|key|auth|secret|sig|cred|session)[\w.-]*=)[^&;#\s]*", re.IGNORECASE
)


def redacted(src: str) -> str:
    """Give SRC as it may be printed and written: user, password and keys of an address are hidden."""
    if "://" not in src:
        return src
    return _SECRET.sub(r"\1***", _ACCESS.sub("***@", src))


def options(src: str) -> tuple[str, dict[str, str]]:
    """Split `camera:0?size=640x480&fps=30` into what stands before the question mark and the options behind it."""
    name, _, query = src.partition("?")
    return name, dict(parse_qsl(query, keep_blank_values=True))
