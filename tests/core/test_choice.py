"""The choice among models: Pareto set, recommendation in words, and what would fit where a model does not."""

import re
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from readiness.choice import Choice, Standing, choose
from readiness.evidence.benchmark import Agreement, Memory
from readiness.evidence.bounded import Quantile
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import CardInput
from readiness.misfit import Misfit, misfit, precision
from readiness.option import Option
from readiness.profile import Budget, Profile
from readiness.verdict import DEPLOYABLE, STATES, State
from specimens import benchmark, card, class_result, device, evaluation, latency, model, profile, rate

PI = Profile(
    name="pi",
    title="Pi",
    kind="edge",
    boards=("raspberry-pi-4",),
    runtimes=("onnx", "tflite"),
    budget=Budget(p95_ms=100.0, memory_mib=400.0, model_mib=32.0, throughput_fps=10.0),
    alternatives=("orin",),
)
ORIN = Profile(
    name="orin",
    title="Orin",
    kind="edge",
    boards=("jetson-orin-nano",),
    runtimes=("onnx",),
    budget=Budget(p95_ms=33.0, memory_mib=2000.0),
)


def option(
    name: str,
    p95: float | None = 60.0,
    peak: float | None = 200.0,
    state: State = "ready",
    seen: Evaluation | None = None,
    board: str = "raspberry-pi-4",
    **changes: Any,
) -> Option:
    """An option whose bounds are the values themselves; it answers 1000 / p95 frames a second."""
    digest = "sha256:" + name
    nothing = Quantile(value=None, lower=None, upper=None, n_effective=3.0)
    point = nothing if p95 is None else Quantile(value=p95, lower=p95, upper=p95, n_effective=900.0)
    record = benchmark(
        model=digest,
        model_name=name,
        device=device(board=board),
        end_to_end_ms=msgspec.structs.replace(latency(50.0), p95=point),
        memory_mib=Memory(peak_rss=peak, peak_rss_upper=peak, model_delta=changes.pop("delta", 20.0)),
        throughput_bounds_fps=(None, None) if p95 is None else (1000 / p95, 1000 / p95),
        **changes.pop("benchmark", {}),
    )
    changes.setdefault("format", "tflite" if "tflite" in name else "onnx")
    own = model(name=name, digest=digest, **changes)
    return Option(model=own, benchmark=record, evaluation=seen, state=state)


def seen(ap: float, nut: float = 0.95, wide: float = 0.05, **changes: Any) -> Evaluation:
    results = (class_result("bolt"), class_result("nut", recall=rate(round(nut * 400), 400)))
    bounds = {"ap": (ap - wide, ap + wide)}
    return evaluation(metrics={"ap": ap}, metric_bounds=bounds, classes=results, **changes)


def standing(choice: Choice, name: str) -> Standing:
    return next(one for one in choice.standings if one.name == name)


def test_the_front_holds_whom_no_other_beats() -> None:
    options = [option("fast", 5, 200), option("small", 9, 100), option("worse", 9, 201), option("twin", 5, 200)]
    made = choose(options, None)
    assert made.front == ("fast", "twin", "small")
    assert standing(made, "worse").beaten_by == "fast"
    assert made.recommended == "fast"
    assert "no target was named" in made.because
    assert "no evaluation is at hand" in made.because


def test_quality_keeps_a_slow_model_on_the_front() -> None:
    options = [option("small", 20, 100, seen=seen(0.7)), option("large", 90, 300, seen=seen(0.8))]
    assert choose(options, PI).front == ("small", "large")
    assert choose([option("small", 20, 100), option("large", 90, 300)], PI).front == ("small",)


def test_the_recommendation_says_fit_headroom_and_cost() -> None:
    """The small model pays 0.02 recall of one class beside the large one and takes a third of its time."""
    options = [option("small-int8", 30, 276, seen=seen(0.79, 0.93)), option("small", 90, 300, seen=seen(0.80, 0.95))]
    made = choose(options, PI)
    assert made.recommended == "small-int8"
    assert made.because == (
        "ready; fits pi with 31 % headroom (memory at most 276 MiB of 400, at least 33.3 frames/s where 10 are"
        " required, p95 at most 30.0 ms of 100); costs 0.02 recall on 'nut' (0.95 to 0.93, n 400, within the bounds, so"
        " it may be chance) beside 'small', in 0.33 times its p95; AP 0.79 (95 % 0.74 to 0.84, n 700) against AP 0.80"
        " (95 % 0.75 to 0.85, n 700)"
    )
    assert made.notes == ("'small' is not shown to see better than 'small-int8': equal within the bounds",)


def test_a_model_that_costs_too_much_of_one_class_is_not_recommended() -> None:
    """Its mean is as good as the other's, and one class pays for it: a mean never decides alone."""
    options = [option("fast", 20, 100, seen=seen(0.80, 0.80)), option("slow", 90, 300, seen=seen(0.80, 0.95))]
    assert choose(options, PI).recommended == "fast"  # of two with the same figure the faster is the best itself
    options = [option("fast", 20, 100, seen=seen(0.79, 0.80)), option("slow", 90, 300, seen=seen(0.80, 0.95))]
    made = choose(options, PI)
    assert made.recommended == "slow"
    assert "its figure is the highest" in made.because
    lower = [option("fast", 20, 100, seen=seen(0.70)), option("slow", 90, 300, seen=seen(0.80))]
    assert choose(lower, PI).recommended == "slow"


def test_a_difference_beyond_the_bounds_is_told_so() -> None:
    options = [option("a", 20, seen=seen(0.76, 0.91, 0.01)), option("b", 90, seen=seen(0.80, 0.96, 0.01))]
    made = choose(options, PI)
    assert "costs 0.05 recall on 'nut' (0.96 to 0.91, n 400, shown by the bounds)" in made.because
    assert made.notes == ()


def test_quality_is_compared_only_where_it_can_be() -> None:
    for other, said in (
        (None, "no evaluation is at hand of 'b'"),
        (seen(0.8, dataset="sha256:other"), "of different datasets"),
        (seen(0.8, split="val"), "of different splits"),
        (seen(0.8, iou=0.75), "of different overlaps"),
    ):
        made = choose([option("a", 20, seen=seen(0.7)), option("b", 90, seen=other)], PI)
        assert made.ranked_by == ""
        assert made.recommended == "a"
        assert said in made.because
        assert {one.quality for one in made.standings} == {None}


def test_none_is_recommended_that_is_not_deployable() -> None:
    blocked = option("fast", 5, 50, state="blocked")
    assert choose([blocked, option("slow", 50)], PI).recommended == "slow"
    made = choose([blocked, option("worse", 50, state="retrain_required")], PI)
    assert made.recommended is None
    assert made.because.startswith("none of 2 is deployable")
    assert choose([], PI).because == "none ran"
    warned = choose([option("odd", 20, state="warning")], PI)
    assert (warned.recommended, "needs an approval" in warned.because) == ("odd", True)


def test_a_better_state_and_a_shown_fit_come_before_speed() -> None:
    options = [option("fast", 5, state="monitor_required"), option("sure", 50)]
    assert choose(options, PI).recommended == "sure"
    undecided = option("fast", 5, None, state="ready")
    assert choose([undecided, option("sure", 50)], PI).recommended == "sure"


def test_what_is_unknown_is_not_placed_and_not_zero() -> None:
    made = choose([option("known"), option("few", None), option("dark", 1, None)], PI)
    assert made.front == ("known",)
    assert standing(made, "few").unplaced == "its p95 is not bounded: too few runs"
    assert standing(made, "dark").unplaced == "its peak memory is not bounded"
    assert [one.name for one in made.standings] == ["dark", "known", "few"]
    assert standing(made, "dark").room is None


def test_what_was_not_validly_measured_is_placed_nowhere_and_comes_last() -> None:
    odd = option("odd", 20.0, 100.0, benchmark={"validity": "contended"})
    choice = choose([odd, option("calm", 60.0, 200.0)], PI)
    assert (choice.recommended, choice.front) == ("calm", ("calm",))
    assert standing(choice, "odd").unplaced == "its benchmark is contended"
    assert any("'odd' (contended)" in note for note in choice.notes)
    alone = choose([odd], PI)
    assert alone.recommended == "odd"
    assert "its benchmark is contended, so measure it again" in alone.because


def test_endpoints_are_compared_without_memory() -> None:
    cloud = Profile(
        name="cloud", title="C", kind="cloud", boards=("cloud",), runtimes=("http",), budget=Budget(p95_ms=300.0)
    )
    calls = {"format": "http", "size_mib": None, "benchmark": {"runtime": "http"}, "board": "x86-64"}
    made = choose([option("a", 90, None, **calls), option("b", 40, None, **calls)], cloud)
    assert made.front == ("b",)
    assert made.recommended == "b"
    assert "fits cloud with 86 % headroom" in made.because


def test_the_incumbent_is_named_beside_it() -> None:
    same = Agreement(incumbent="sha256:old", incumbent_name="old", frames=9, classes=rate(9, 9))
    options = [option("old", 50), option("new", 40, benchmark={"agreement": same})]
    assert choose(options, PI).because.endswith("0.80 times the p95 of the incumbent 'old'")


def told(made: Misfit | None) -> dict[str, str]:
    assert made is not None
    return {way.kind: way.text for way in made.ways}


def test_a_smaller_input_is_reckoned_from_the_stages() -> None:
    """Of 200 ms 10 % are decoding and stay: 100 ms need 4/9 of the pixels, 2/3 of the side, in steps of 32."""
    large = option(
        "large", 200, state="blocked", card=msgspec.structs.replace(card(), input=CardInput(size=(640, 480)))
    )
    ways = told(misfit(large, [large], PI, [ORIN]))
    share = 416 * 320 / (640 * 480)
    assert ways["input"] == (
        f"input 416x320 instead of 640x480: about p95 {200 * (0.1 + 0.9 * share):.1f} ms,"
        f" {5 / (0.1 + 0.9 * share):.1f} frames/s by its {share:.2f} times the pixels;"
        " an estimate, to be exported and measured"
    )
    assert ways["rate"].startswith("5 frames/s instead of 10")
    assert ways["rate"].endswith("its p95 stays over the budget")
    assert ways["precision"].startswith("int8: not measured here")
    assert ways["runtime"] == "tflite: pi runs it; not measured here"
    assert ways["board"] == (
        "orin: p95 budget 33 ms, at most 200 ms here, so it must be 6.1 times as fast there;"
        " memory budget 2000 MiB, at most 200 here; how fast it is there is not known, benchmark it there"
    )


@given(st.floats(101, 1500), st.integers(3, 40), st.integers(3, 40))
def test_an_estimated_input_fits_and_the_next_larger_does_not(p95: float, width: int, height: int) -> None:
    """By its own formula: the size proposed is in time, in steps of 32, and no larger than what was measured."""
    size = (32 * width, 32 * height)
    one = option("m", p95, card=msgspec.structs.replace(card(), input=CardInput(size=size)))
    text = told(misfit(one, [one], PI, []))["input"]
    found = re.match(r"input (\d+)x(\d+) instead", text)
    if found is None:
        assert text.startswith("no smaller input")
        return
    new = int(found[1]), int(found[2])
    assert all(side % 32 == 0 and 0 < side <= old for side, old in zip(new, size, strict=True))
    assert p95 * (0.1 + 0.9 * new[0] * new[1] / (size[0] * size[1])) <= 100 * (1 + 1e-9)


def test_no_input_is_proposed_where_none_would_do() -> None:
    hopeless = option("m", 5000)
    assert told(misfit(hopeless, [hopeless], PI, []))["input"].startswith("no smaller input")
    heavy = option("m", 50, 900, delta=20.0)
    assert told(misfit(heavy, [heavy], PI, []))["input"].startswith("no smaller input")
    weights = option("m", 50, 900, delta=1.0)
    assert "input" not in told(misfit(weights, [weights], PI, []))
    file = option("m", 50, size_mib=90.0)
    assert set(told(misfit(file, [file], PI, []))) == {"precision"}


def test_memory_scales_without_its_weights() -> None:
    large = option("m", 50, 600, delta=510.0, size_mib=10.0, card=_input(640))
    share = (480 / 640) ** 2
    assert told(misfit(large, [large], PI, []))["input"].startswith(
        f"input 480x480 instead of 640x640: about {600 - 500 * (1 - share):.0f} MiB"
    )


def test_siblings_that_were_measured_are_named_with_their_ratio() -> None:
    large = option("net", 200)
    options = [large, option("net-int8", 80), option("net-tflite", 150), option("other-int8", 1)]
    ways = told(misfit(large, options, PI, []))
    assert ways["precision"] == "int8: 'net-int8' was measured, p95 at most 80.0 ms, 0.40 times this one's; it fits"
    assert ways["runtime"] == (
        "tflite: 'net-tflite' was measured, p95 at most 150 ms, 0.75 times this one's; it does not fit either"
    )
    back = told(misfit(options[1], options, _tight(), []))["precision"]
    assert back.startswith("float: 'net-tflite' was measured, p95 at most 150 ms, 1.88 times this one's; it does")
    assert "precision" not in told(misfit(options[1], [options[1]], _tight(), []))


def test_a_runtime_that_is_not_offered_needs_another_export() -> None:
    one = option("m", 50)
    only = msgspec.structs.replace(PI, runtimes=("tflite",))
    made = misfit(one, [one], only, [])
    assert made is not None
    assert made.missed == ("pi runs tflite, the model is onnx",)
    assert told(made) == {"runtime": "tflite: pi runs it; not measured here"}


def test_another_target_of_the_same_board_is_judged_by_what_was_measured() -> None:
    one = option("m", 150)
    slow = msgspec.structs.replace(PI, name="slow", budget=Budget(p95_ms=500.0, memory_mib=2048.0))
    way = next(way for way in misfit(one, [one], PI, [slow]).ways if way.kind == "board")  # type: ignore[union-attr]
    assert way.basis == "measured"
    assert way.text.startswith("slow: it fits there as measured here: p95 is at most 150 ms, the budget is 500 ms")


def test_a_board_that_does_not_count_says_nothing_of_the_target() -> None:
    one = option("m", 200, board="x86-64")
    made = misfit(one, [one], PI, [ORIN])
    assert made is not None
    assert told(made) == {"measure": "benchmark it on raspberry-pi-4: what it takes on x86-64 says nothing of pi"}
    assert choose([one], PI).standings[0].room is None


def test_what_fits_or_is_undecided_is_no_misfit() -> None:
    assert misfit(option("m"), [option("m")], PI, []) is None
    assert misfit(option("m", None, None), [], PI, []) is None
    assert choose([option("m")], PI).misfits == ()


def test_precision_is_read_from_names() -> None:
    names = ("yolox_nano_int8_quantize", "a.fp16", "b-dynamic-range-quant", "ssd_mobilenet_v1", "interesting")
    assert [precision(name) for name in names] == ["int8", "fp16", "dynamic-range int8", "float", "float"]


SEEN = (seen(0.5), seen(0.55, 0.8), seen(0.7, 0.9), seen(0.7, 0.97), None)
OPTIONS = st.lists(
    st.builds(
        option,
        name=st.sampled_from(["a", "b-int8", "c-tflite", "d"]),
        p95=st.none() | st.floats(1, 400),
        peak=st.none() | st.floats(20, 900),
        state=st.sampled_from(STATES),
        seen=st.sampled_from(SEEN),
    ),
    max_size=5,
    unique_by=lambda one: one.name,
)


@given(OPTIONS)
def test_whatever_is_chosen_from(options: list[Option]) -> None:
    """By brute force: nobody on the front is beaten, all others are or are unknown; the order given changes nothing."""
    made = choose(options, PI, [ORIN])
    again = choose(options[::-1], PI, [ORIN])
    assert (made.standings, made.recommended, made.because) == (again.standings, again.recommended, again.because)
    states = {one.name: one.state for one in options}
    assert made.recommended is None or states[made.recommended] in DEPLOYABLE | {"warning"}
    known = [one for one in made.standings if not one.unplaced]
    costs = {
        one.name: tuple(
            x for x in (one.p95_ms, one.peak_mib, None if one.quality is None else -one.quality) if x is not None
        )
        for one in known
    }
    for name, mine in costs.items():
        beaten = any(
            theirs != mine and all(a <= b for a, b in zip(theirs, mine, strict=True)) for theirs in costs.values()
        )
        assert (name in made.front) is not beaten
    assert "nan" not in str(made)


def _input(side: int) -> Any:
    return msgspec.structs.replace(card(), input=CardInput(size=(side, side)))


def _tight() -> Profile:
    return profile(boards=("raspberry-pi-4",), budget=Budget(p95_ms=10.0, memory_mib=400.0))
