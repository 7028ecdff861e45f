"""Evaluations out of the report files of `readiness evaluate --json`, by the model that they are of."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from readiness.dossier import BadTime, instant
from readiness.evidence.evaluation import Evaluation
from readiness.exits import Stop

_MADE_BY = "readiness evaluate … --json FILE"
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Report(msgspec.Struct):
    """The part of a report that is evidence; a scan's and a benchmark's have other fields and are refused."""

    evidence: Evaluation


def evaluations(paths: Sequence[Path]) -> dict[str, Evaluation]:
    """Read one evaluation a file, keyed by model digest; raises Stop on a file that holds none, or a second one."""
    found: dict[str, Evaluation] = {}
    for path in paths:
        one = _evaluation(path)
        if one.model in found:
            raise Stop(f"{path}: a second evaluation of the model {one.model}; give one a model")
        found[one.model] = one
    return found


def unasked(found: Mapping[str, Evaluation], models: Collection[str]) -> list[str]:
    """Give a line for each evaluation of a model that is not among those benchmarked, by digest."""
    return [
        f"an evaluation is of {digest}, which is none of the models benchmarked here; it is left out"
        for digest in found
        if digest not in models
    ]


def _evaluation(path: Path) -> Evaluation:
    try:
        record = msgspec.json.decode(path.read_bytes(), type=_Report).evidence
        instant(record.observed_at)
    except OSError as error:
        raise Stop(f"cannot read {path}: {error.strerror}") from None
    except (*_BROKEN, BadTime) as error:
        raise Stop(f"{path}: no evaluation in it ({error}); expected the report of {_MADE_BY}") from None
    return record
