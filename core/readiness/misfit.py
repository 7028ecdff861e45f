"""What would fit where a model does not: smaller input, other precision, other runtime, other board, fewer frames."""

import math
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from readiness.option import Held, Option, counts, held, ms
from readiness.profile import Profile

WayKind = Literal["measure", "precision", "input", "runtime", "board", "rate"]
Basis = Literal["measured", "estimate", "not measured"]

_INT8 = {"int8", "uint8", "quant", "quantize", "quantized", "qdq", "integer"}
_HALF = {"float16", "fp16", "half"}
_OTHER = {"float", "float32", "fp32", "full", "dynamic", "range", "onnx", "tflite", "litert"}
_STRIDE = 32  # detectors halve their input five times
_LEAST_SIDE = 0.25  # of the side that was measured: below it other objects are seen, so no estimate is made
_SCALING = ("preprocess", "infer", "postprocess")
_TIMED = {"p95", "throughput"}


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way out, in words with figures, and what it stands on."""

    kind: WayKind
    basis: Basis
    text: str


class Misfit(msgspec.Struct, frozen=True, kw_only=True):
    """A model that the target's budget is shown to be too small for: what is missed, and what would fit."""

    name: str
    model: str
    missed: tuple[str, ...]
    ways: tuple[Way, ...]


def misfit(
    option: Option, options: Sequence[Option], profile: Profile, alternatives: Sequence[Profile]
) -> Misfit | None:
    """Say what an option misses and what would fit; None where nothing is shown to be missed."""
    if not counts(option, profile):
        board = option.benchmark.device.board
        text = f"benchmark it on {' or '.join(profile.boards)}: what it takes on {board} says nothing of {profile.name}"
        return _misfit(
            option, (f"it was measured on {board}",), (Way(kind="measure", basis="not measured", text=text),)
        )
    missed = tuple(one for one in held(option, profile) if one.answer == "found")
    if not missed:
        return None
    ways = (
        *_precision(option, options, missed, profile),
        *_input(option, missed),
        *_runtime(option, options, missed, profile),
        *(way for one in alternatives for way in _board(option, one)),
        *_rate(option, missed),
    )
    return _misfit(option, tuple(one.said for one in missed), ways)


def precision(name: str) -> str:
    """Read the precision out of a model's name, where exporters write it; a name without one is taken for float."""
    tokens = set(_tokens(name))
    if tokens & _INT8:
        return "dynamic-range int8" if "dynamic" in tokens else "int8"
    return "fp16" if tokens & _HALF else "float"


def _misfit(option: Option, missed: tuple[str, ...], ways: tuple[Way, ...]) -> Misfit:
    return Misfit(name=option.name, model=option.model.digest, missed=missed, ways=ways)


def _tokens(name: str) -> list[str]:
    return re.split(r"[-_. ]+", name.lower())


def _stem(name: str) -> tuple[str, ...]:
    return tuple(token for token in _tokens(name) if token not in _INT8 | _HALF | _OTHER)


def _siblings(option: Option, options: Sequence[Option]) -> list[Option]:
    """Give the other exports of the same network: alike but for precision and runtime in the name."""

    def traits(one: Option) -> tuple[object, ...]:
        card = one.model.card
        return (_stem(one.name), card.task, card.input.size, card.classes, one.benchmark.device.board)

    return [one for one in options if one is not option and traits(one) == traits(option)]


def _beside(option: Option, other: Option, missed: Sequence[Held], profile: Profile) -> str:
    """Say in figures what a sibling needs beside the option, and whether that fits."""
    ratios = []
    if any(one.demand in _TIMED for one in missed) and option.p95_ms and other.p95_ms:
        share = other.p95_ms / option.p95_ms
        ratios.append(f"p95 at most {ms(other.p95_ms)}, {share:.2f} times this one's")
    if any(one.demand == "memory" for one in missed) and option.peak_mib and other.peak_mib:
        share = other.peak_mib / option.peak_mib
        ratios.append(f"peak at most {other.peak_mib:.0f} MiB, {share:.2f} times this one's")
    if any(one.demand == "model file" for one in missed) and other.model.size_mib is not None:
        ratios.append(f"a file of {other.model.size_mib:.1f} MiB")
    answers = {one.answer for one in held(other, profile)}
    fits = "does not fit either" if "found" in answers else "is not shown to fit" if "undecided" in answers else "fits"
    return f"{', '.join(ratios) or 'nothing of it is bounded'}; it {fits}"


def _precision(option: Option, options: Sequence[Option], missed: Sequence[Held], profile: Profile) -> list[Way]:
    if all(one.demand == "runtime" for one in missed):
        return []
    own = precision(option.name)
    others = [one for one in _siblings(option, options) if precision(one.name) != own]
    if others:
        return [
            Way(
                kind="precision",
                basis="measured",
                text=f"{precision(one.name)}: '{one.name}' was measured, {_beside(option, one, missed, profile)}",
            )
            for one in others
        ]
    if own in {"int8", "dynamic-range int8"}:
        return []
    text = "int8: not measured here; quantise it and benchmark both together, then evaluate what it costs"
    return [Way(kind="precision", basis="not measured", text=text)]


def _runtime(option: Option, options: Sequence[Option], missed: Sequence[Held], profile: Profile) -> list[Way]:
    if all(one.demand == "model file" for one in missed) or option.model.format == "http":
        return []
    own = precision(option.name)
    exports = [
        one
        for one in _siblings(option, options)
        if one.model.format != option.model.format and precision(one.name) == own
    ]
    ways = [
        Way(
            kind="runtime",
            basis="measured",
            text=f"{one.model.format}: '{one.name}' was measured, {_beside(option, one, missed, profile)}",
        )
        for one in exports
    ]
    tried = {option.model.format, *(one.model.format for one in exports), "http"}
    return [
        *ways,
        *(
            Way(kind="runtime", basis="not measured", text=f"{name}: {profile.name} runs it; not measured here")
            for name in profile.runtimes
            if name not in tried
        ),
    ]


def _input(option: Option, missed: Sequence[Held]) -> list[Way]:
    """Reckon the input size whose pixels would fit; what does not scale with them stays as it was measured."""
    rooms = [share for one in missed if (share := _area(option, one)) is not None]
    if not rooms or len(rooms) < sum(1 for one in missed if one.demand != "runtime"):
        return []
    width, height = option.model.card.input.size
    side = math.sqrt(max(0.0, min(rooms)))
    new = [int(length * side // _STRIDE) * _STRIDE for length in (width, height)]
    if min(new) < _STRIDE or min(new[0] / width, new[1] / height) < _LEAST_SIDE:
        least = f"{_LEAST_SIDE:g} of {width}x{height}"
        return [Way(kind="input", basis="estimate", text=f"no smaller input: even at {least} it would not fit")]
    share = new[0] * new[1] / (width * height)
    figures = ", ".join(_foretold(option, one, share) for one in missed)
    text = f"input {new[0]}x{new[1]} instead of {width}x{height}: about {figures} by its {share:.2f} times the pixels"
    return [Way(kind="input", basis="estimate", text=f"{text}; an estimate, to be exported and measured")]


def _fixed(option: Option) -> float | None:
    """Give the share of the time that does not scale with the input: capture and decoding of the frame."""
    stages = option.benchmark.stages_ms
    whole = sum(stages.values())
    return None if not whole else 1 - sum(stages.get(name, 0.0) for name in _SCALING) / whole


def _area(option: Option, missed: Held) -> float | None:
    """Give the share of the input's pixels at which a demand would be met; None where pixels do not decide it."""
    if missed.limit is None:
        return None
    if missed.demand == "memory":
        scaling = _scaling_mib(option)
        return None if scaling is None else 1 - (_most(option, missed) - missed.limit) / scaling
    fixed = _fixed(option)
    if fixed is None or fixed >= 1 or missed.demand not in _TIMED:
        return None
    return (_wanted(option, missed) - fixed) / (1 - fixed)


def _wanted(option: Option, missed: Held) -> float:
    """Give the share of the present time that would be in time."""
    assert missed.limit is not None
    most = _most(option, missed)
    return missed.limit / most if missed.demand == "p95" else most / missed.limit


def _most(option: Option, missed: Held) -> float:
    """Give the bound that a way out has to bring within the limit: the far one, so that no way is promised too much.

    Of p95 it is that of run after run; where only frames in line, or heat, break the budget, that of the worst way.
    """
    far = {"p95": option.p95_ms, "memory": option.peak_mib, "throughput": option.benchmark.throughput_bounds_fps[0]}
    bound = far.get(missed.demand)
    if bound is None or (missed.demand == "p95" and missed.limit is not None and bound <= missed.limit):
        bound = missed.least
    assert bound is not None
    return bound


def _scaling_mib(option: Option) -> float | None:
    """Give the memory that scales with the input: the model's own, less its weights."""
    delta, weights = option.benchmark.memory_mib.model_delta, option.model.size_mib
    return None if delta is None or weights is None or delta <= weights else delta - weights


def _foretold(option: Option, missed: Held, share: float) -> str:
    most = _most(option, missed)
    if missed.demand == "memory":
        return f"{most - (_scaling_mib(option) or 0.0) * (1 - share):.0f} MiB"
    fixed = _fixed(option) or 0.0
    time = fixed + (1 - fixed) * share
    return f"p95 {ms(most * time)}" if missed.demand == "p95" else f"{most / time:.1f} frames/s"


def _board(option: Option, other: Profile) -> list[Way]:
    """Say what another target offers, and by how much this model would have to be faster there."""
    if option.model.format not in other.runtimes:
        return []
    if option.benchmark.device.board in other.boards:
        there = held(option, other)
        fits = all(one.answer == "clear" for one in there)
        figures = "; ".join(one.said for one in there if one.demand != "runtime")
        words = "it fits there as measured here" if fits else "it is not shown to fit there"
        return [Way(kind="board", basis="measured", text=f"{other.name}: {words}: {figures}")]
    budget, parts = other.budget, []
    if option.p95_ms is not None:
        parts.append(f"p95 budget {budget.p95_ms:g} ms, at most {ms(option.p95_ms)} here{_faster(option, other)}")
    if budget.memory_mib is not None and option.peak_mib is not None:
        parts.append(f"memory budget {budget.memory_mib:g} MiB, at most {option.peak_mib:.0f} here")
    text = f"{other.name}: {'; '.join(parts)}; how fast it is there is not known, benchmark it there"
    return [Way(kind="board", basis="not measured", text=text)]


def _faster(option: Option, other: Profile) -> str:
    assert option.p95_ms is not None
    factor = option.p95_ms / other.budget.p95_ms
    return f", so it must be {factor:.1f} times as fast there" if factor > 1 else ""


def _rate(option: Option, missed: Sequence[Held]) -> list[Way]:
    """Say the rate that is kept as it is; the p95 budget is none of the rate's."""
    lower = option.benchmark.throughput_bounds_fps[0]
    short = next((one for one in missed if one.demand == "throughput"), None)
    if short is None or not lower or option.p95_ms is None:
        return []
    kept = min(lower, 1000 / option.p95_ms)
    rate = math.floor(kept) if kept >= 1 else math.floor(kept * 100) / 100
    late = "; its p95 stays over the budget" if any(one.demand == "p95" for one in missed) else ""
    text = f"{rate:g} frames/s instead of {short.limit:g}, at which 95 % of the frames are answered in time{late}"
    return [Way(kind="rate", basis="measured", text=text)] if rate else []
