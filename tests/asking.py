"""Put one code's question to the good dossier, bent where a test wants it."""

from typing import Any

import specimens
from readiness import catalogue
from readiness.finding import Finding

_CHECKS = {check.code: check for check in catalogue.load()}


def ask(code: str, **changes: Any) -> tuple[Finding, ...]:
    return catalogue.ask(_CHECKS[code], specimens.dossier(**changes))


def ask_one(code: str, **changes: Any) -> Finding:
    (finding,) = ask(code, **changes)
    return finding
