"""Reports as files and on the terminal: write JSON, print findings for people, read evidence back from a report."""

import os
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, overload

import msgspec
from rich.console import Console
from rich.text import Text

from readiness.dossier import BadTime, instant
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.dataset import Dataset
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.evidence.production import Production
from readiness.exits import EVIDENCE_MISSING, NOT_DEPLOYABLE, Stop, of_state
from readiness.finding import Finding, Severity
from readiness.verdict import State, Verdict

Kind = Literal["dataset", "evaluation", "benchmark", "production"]

_RECORDS: dict[Kind, type[msgspec.Struct]] = {
    "dataset": Dataset,
    "evaluation": Evaluation,
    "benchmark": Benchmark,
    "production": Production,
}
_MADE_BY: dict[Kind, str] = {
    "dataset": "readiness scan … --json FILE",
    "evaluation": "readiness evaluate … --json FILE",
    "benchmark": "readiness-agent bench … --json FILE",
    "production": "the coordinator",
}
BROKEN_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_SHOWN = 3
COLOURS = {
    Severity.BLOCK: "bold red",
    Severity.RETRAIN: "red",
    Severity.WARN: "yellow",
    Severity.MONITOR: "cyan",
    Severity.NOTE: "dim",
}


def tool_version() -> str:
    return metadata.version("model-readiness-advisor")


def now() -> str:
    """Give the present time as RFC 3339 in UTC, to the second."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def head(schema: str, verdict: Verdict, *, every: bool = False) -> dict[str, Any]:
    """Begin a report: schema, tool version, state and findings (with `every`, the clear and inapplicable ones too)."""
    shown = [f for f in verdict.findings if every or f.outcome in {"found", "unknown"}]
    return {"schema": schema, "tool_version": tool_version(), "state": verdict.state, "findings": shown}


def exit_code(state: State, findings: Iterable[Finding], *, strict: bool = False) -> int:
    """Give the exit code of a state; EVIDENCE_MISSING where nothing bad was found and only evidence is wanting."""
    code = of_state(state, strict=strict)
    held = [finding for finding in findings if finding.effect in {"blocked", "retrain_required"}]
    wanting = bool(held) and all(finding.outcome == "unknown" for finding in held)
    return EVIDENCE_MISSING if code == NOT_DEPLOYABLE and wanting else code


def write_json(report: dict[str, Any], where: str | None) -> None:
    """Write a report, indented, to a file or (`-`) to standard output; None writes nothing. Raises Stop."""
    if where is not None:
        write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n", where)


def write_bytes(data: bytes, where: str) -> None:
    """Write to standard output (`-`) or whole to a file, which is never seen half written. Raises Stop."""
    if where == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_pieces((data,), where)


def write_pieces(pieces: Iterable[bytes], where: str) -> None:
    """Write pieces as they come to a file, which is never seen half written. Raises Stop."""
    target = Path(where)
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            file.writelines(pieces)
        os.chmod(file.name, 0o666 & ~_umask())  # noqa: PTH101 - a temporary file is private, a report is not
        os.replace(file.name, target)  # noqa: PTH105 - the name is a string already
    except OSError as error:
        raise Stop(f"cannot write {where}: {error.strerror}") from None


def print_findings(console: Console, findings: Iterable[Finding], *, every: bool = False) -> None:
    """Print found and unknown findings in the order given, each with its reason; many of one kind are cut short.

    With `every`, all are printed in full, clear and inapplicable ones included.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if every or finding.outcome in {"found", "unknown"}:
            groups.setdefault((finding.code, _outcome(finding)), []).append(finding)
    for group in groups.values():
        shown = group if every or len(group) <= _SHOWN + 1 else group[:_SHOWN]
        for finding in shown:
            console.print(_line(finding), soft_wrap=True)
        if rest := group[len(shown) :]:
            names = ", ".join(printable(finding.subject.name) for finding in rest if finding.subject)
            console.print(Text(f"{'':<8} … and {len(rest)} more: {names}"), soft_wrap=True)
        for step in dict.fromkeys(finding.action.text for finding in group if finding.action):
            console.print(Text(f"{'':<8} → {step}", style="dim"), soft_wrap=True)


def printable(text: str) -> str:
    """Escape what would command a terminal, such as colour codes in a file's name, or turn the line's direction."""
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def _line(finding: Finding) -> Text:
    line = Text()
    line.append(f"{finding.severity.value:<8}", style="dim" if finding.waived else COLOURS[finding.severity])
    line.append(f" {finding.code}", style="bold")
    line.append(f" {printable(finding.subject.name)}" if finding.subject else "")
    line.append(f" ({_outcome(finding)}{', waived' if finding.waived else ''})", style="dim")
    return line.append(f": {printable(finding.because)}")


def _outcome(finding: Finding) -> str:
    return finding.unknown or finding.outcome


@overload
def read_evidence(path: Path, kind: Literal["dataset"]) -> Dataset: ...
@overload
def read_evidence(path: Path, kind: Literal["evaluation"]) -> Evaluation: ...
@overload
def read_evidence(path: Path, kind: Literal["benchmark"]) -> Benchmark: ...
@overload
def read_evidence(path: Path, kind: Literal["production"]) -> Production: ...
def read_evidence(path: Path, kind: Kind) -> msgspec.Struct:
    """Read the evidence record of `kind` out of a report file. Raises Stop when the file holds none."""
    record: msgspec.Struct = _evidence(read_report(path), path, kind)
    return record


def read_benchmark(path: Path, model: str | None) -> tuple[Benchmark, Model | None]:
    """Read a benchmark and its model; of a report on several models the one with the digest `model`. Raises Stop."""
    report = read_report(path)
    among = report.get("reports")
    if isinstance(among, list):
        if not all(isinstance(one, dict) for one in among):
            raise Stop(f"{path}: its 'reports' must all be objects; expected the report of {_MADE_BY['benchmark']}")
        mine = [one for one in among if _digest(one) == model]
        if len(among) > 1 and model is None:
            raise Stop(f"{path}: holds {len(among)} models; give --evaluation to say which one is asked about")
        report = (mine or among)[0] if among else {}
    return _evidence(report, path, "benchmark"), _model(report, path)


def _digest(report: dict[str, Any]) -> Any:
    model = report.get("model")
    return model.get("digest") if isinstance(model, dict) else None


def _evidence(report: dict[str, Any], path: Path, kind: Kind) -> Any:
    if "evidence" not in report:
        raise Stop(f"{path}: no '{kind}' evidence in it; expected the report of {_MADE_BY[kind]}")
    try:
        record: Any = msgspec.convert(report["evidence"], _RECORDS[kind])
        instant(record.observed_at)
    except (msgspec.ValidationError, BadTime) as error:
        raise Stop(f"{path}: not {kind} evidence ({error}); expected the report of {_MADE_BY[kind]}") from None
    return record


def read_model(path: Path) -> Model | None:
    """Read the model record out of a report file, or None where the report names none. Raises Stop."""
    return _model(read_report(path), path)


def _model(report: dict[str, Any], path: Path) -> Model | None:
    model = report.get("model")
    try:
        return None if model is None else msgspec.convert(model, Model)
    except msgspec.ValidationError as error:
        raise Stop(f"{path}: its 'model' cannot be read ({error})") from None


def read_report(path: Path) -> dict[str, Any]:
    """Read a JSON object from a file. Raises Stop."""
    try:
        report = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise Stop(f"cannot read {path}: {error.strerror}") from None
    except RecursionError:
        raise Stop(f"{path}: nested too deeply; expected a report") from None
    except BROKEN_JSON as error:
        raise Stop(f"{path}: not JSON ({error})") from None
    if not isinstance(report, dict):
        raise Stop(f"{path}: not a report; its JSON is no object")
    return report


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
