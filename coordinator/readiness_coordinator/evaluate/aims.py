"""What a threshold is asked for: an aim and thresholds per class, out of a policy, arguments or a query."""

import argparse
import math
from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from readiness.evidence.threshold import Aim, AimKind
from readiness_coordinator.evaluate import simulator
from readiness_coordinator.evaluate.simulator import Prepared

_CURVE_POINTS = 100


class BadAsked(ValueError):
    """What was asked for cannot be; `field` names the argument, the message says what it wants."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add --aim, --target, --cost-missed and --cost-false; `of_arguments` reads them."""
    parser.add_argument(
        "--aim", choices=get_args(AimKind), help="what to recommend a threshold for (default: policy's)"
    )
    parser.add_argument("--target", metavar="R", type=float, help="recall or precision to promise, such as 0.9")
    parser.add_argument("--cost-missed", metavar="N", type=float, help="cost of a missed object, for --aim cost")
    parser.add_argument("--cost-false", metavar="N", type=float, help="cost of a false answer, for --aim cost")


def aim(
    default: Aim,
    kind: str | None = None,
    target: float | None = None,
    cost_missed: float | None = None,
    cost_false: float | None = None,
) -> Aim:
    """Give the aim asked for: what is not said is the policy's, `default`, where that has the same kind.

    Raises BadAsked for a kind that does not exist and a value that the kind cannot have.
    """
    if kind is not None and kind not in get_args(AimKind):
        raise BadAsked("aim", f"the aim is '{kind[:40]}'; it is one of {', '.join(get_args(AimKind))}")
    start = default if kind in {None, default.kind} else msgspec.convert({"kind": kind}, Aim)
    given = {"target": target, "cost_missed": cost_missed, "cost_false": cost_false}
    asked = msgspec.structs.replace(start, **{key: value for key, value in given.items() if value is not None})
    if (fault := asked.wrong()) is not None:
        raise BadAsked(fault.split("'")[1], fault)
    return asked


def of_arguments(args: argparse.Namespace, default: Aim) -> Aim:
    """Give the aim of a command line that has `arguments`. Raises BadAsked."""
    return aim(default, args.aim, args.target, args.cost_missed, args.cost_false)


def per_class(pairs: Sequence[str], classes: Sequence[str]) -> dict[str, float]:
    """Read thresholds per class, each `name=0.4`; a name may hold an equals sign. Raises BadAsked."""
    asked: dict[str, float] = {}
    for pair in pairs:
        name, _, text = pair.rpartition("=")
        if name not in classes:
            raise BadAsked("class", f"'{pair[:100]}': write class=threshold, with a class of this evaluation")
        if name in asked:
            raise BadAsked("class", f"class '{name}' has two thresholds")
        asked[name] = share(text, "class")
    return asked


def share(text: str | float, field: str) -> float:
    """Read a threshold from 0 to 1. Raises BadAsked."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise BadAsked(field, f"the threshold is {str(text)[:40]!r}; it lies between 0 and 1")
    return value


def answer(
    prepared: Prepared,
    *,
    confidence: float | None = None,
    classes: Sequence[str] = (),
    curve: str | None = None,
    aim: Aim,
) -> dict[str, Any]:
    """Answer a query for what the model would do at thresholds: the body of GET /vision-readiness/model/thresholds.

    `confidence` is the threshold of all classes, by default the deployed one, `classes` those of some, each
    `name=0.4`; `curve` names the class whose curve is wanted too, `*` for all classes together. Raises BadAsked.
    """
    subject = prepared.subject
    rest = subject.deployed if confidence is None else share(confidence, "confidence")
    asked = dict.fromkeys(subject.classes, rest) | per_class(classes, subject.classes)
    body = {
        "predictions": subject.predictions,
        "dataset": subject.dataset,
        "deployed": subject.deployed,
        "iou": subject.iou,
        "aim": msgspec.to_builtins(aim),
        **msgspec.to_builtins(simulator.simulate(prepared, asked, aim)),
    }
    if curve is None:
        return body
    if curve != "*" and curve not in subject.classes:
        raise BadAsked("curve", f"there is no class '{curve[:100]}' in this evaluation; * stands for all")
    row = None if curve == "*" else subject.classes.index(curve)
    points = simulator.curve(prepared, row, _CURVE_POINTS)._asdict()
    return body | {"curve": {name: values.tolist() for name, values in points.items()}}
