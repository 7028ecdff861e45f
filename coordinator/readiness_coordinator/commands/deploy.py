"""Ask a running coordinator whether a model may go to a target; for CI."""

import argparse
import http.client
import math
import sys
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import msgspec
from rich.console import Console

from readiness.exits import UNAVAILABLE, UNUSABLE, Stop
from readiness.finding import Finding
from readiness.verdict import State, said
from readiness_coordinator import reports

SERVER = "http://127.0.0.1:8741"
_TIMEOUT_S = 300


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What this command reads of the coordinator's answer."""

    decision_id: str
    model_name: str
    target: str
    state: State
    score: int
    findings: tuple[Finding, ...]
    actions: tuple[dict[str, Any], ...]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A problem document."""

    detail: str
    field: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="model id, digest or train id")
    parser.add_argument("--target", required=True, metavar="T", help="target profile, such as raspberry-pi-4")
    parser.add_argument("--threshold", type=float, metavar="C", help="confidence to deploy with (the card's)")
    parser.add_argument("--latency-budget-ms", type=float, metavar="MS", help="a tighter p95 budget than the target's")
    parser.add_argument("--policy", metavar="P", help="policy to judge by (standard)")
    parser.add_argument("--server", default=SERVER, metavar="URL", help=f"the coordinator ({SERVER})")
    parser.add_argument("--strict", action="store_true", help="a warning fails too")
    parser.add_argument("--json", metavar="FILE|-", help="write the decision")


def run(args: argparse.Namespace) -> int:
    # JSON has no NaN: it would arrive as null, and null asks for the card's threshold.
    if args.threshold is not None and not 0 <= args.threshold <= 1:
        raise Stop(f"--threshold is {args.threshold:g}; it must lie between 0 and 1")
    if args.latency_budget_ms is not None and not 0 < args.latency_budget_ms < math.inf:
        raise Stop(f"--latency-budget-ms is {args.latency_budget_ms:g}; it must be above 0")
    question = {
        "model_id": args.model,
        "target": args.target,
        "threshold": args.threshold,
        "latency_budget_ms": args.latency_budget_ms,
        "policy": args.policy,
    }
    body = _ask(args.server, {key: value for key, value in question.items() if value is not None})
    try:
        reply = msgspec.json.decode(body, type=Reply)
    except msgspec.DecodeError:
        raise Stop(f"{args.server} answers, but is no coordinator of this version", UNAVAILABLE) from None
    if args.json:
        reports.write_bytes(msgspec.json.format(body, indent=1) + b"\n", args.json)
    if args.json != "-":
        _show(reply, args.server)
    return reports.exit_code(reply.state, reply.findings, strict=args.strict)


def _ask(server: str, question: dict[str, Any]) -> bytes:
    """Post the question; raises Stop with the coordinator's own words where it refuses."""
    if urlsplit(server).scheme not in {"http", "https"}:
        raise Stop(f"--server is '{server}'; write it as {SERVER}")
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        f"{server.rstrip('/')}/vision-readiness/deploy",
        data=msgspec.json.encode(question),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as reply:  # noqa: S310 - as above
            return bytes(reply.read())
    except urllib.error.HTTPError as error:
        raise _refused(server, error) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Stop(f"no coordinator at {server} ({reason}); start one with readiness serve", UNAVAILABLE) from None


def _refused(server: str, error: urllib.error.HTTPError) -> Stop:
    code = UNUSABLE if error.code < http.client.INTERNAL_SERVER_ERROR else UNAVAILABLE
    try:
        said = msgspec.json.decode(error.read(), type=Refusal)
    except (msgspec.DecodeError, OSError):
        return Stop(f"{server} answers {error.code}, but is no coordinator of this version", UNAVAILABLE)
    return Stop(f"{said.field}: {said.detail}" if said.field else said.detail, code)


def _show(reply: Reply, server: str) -> None:
    console = Console(file=sys.stdout, highlight=False)
    console.print(f"{reply.model_name} on {reply.target}: [bold]{said(reply.state)}[/], score {reply.score}")
    reports.print_findings(console, reply.findings)
    for action in reply.actions[:1]:
        console.print(f"next: {action['text']}", markup=False)
    console.print(f"{server.rstrip('/')}/decisions/{reply.decision_id}", markup=False, soft_wrap=True)
