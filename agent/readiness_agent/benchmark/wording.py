"""How a benchmark's numbers are said to people: with their bounds, and unknown where they are."""

from readiness import verdict
from readiness.evidence.benchmark import Agreement, Benchmark, Calls, Confidence, Paced, Placement, Source, Sustained
from readiness.evidence.bounded import Quantile, Rate
from readiness.finding import Finding
from readiness.listed import counted
from readiness.profile import Profile
from readiness.verdict import Verdict

UNKNOWN = "unknown"
TOO_FEW = "too few runs"
NOT_BOUNDED = "not bounded"


def visible(text: str) -> str:
    """Escape what would command a terminal or turn the line's direction, such as marks in a file's name."""
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop; a first word such as p95 stays as it is."""
    begun = text[:1].upper() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
    return begun if begun.endswith((".", "…")) else f"{begun}."


def number(value: float | None, unit: str = "", digits: int | None = None) -> str:
    """Say a number with its unit, three digits of it where no count of decimals is asked."""
    if value is None:
        return UNKNOWN
    if digits is None:
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".replace("-", "\N{MINUS SIGN}").rstrip()


def percent(share: float) -> str:
    return f"{100 * share:.{0 if share in {0, 1} else 1}f} %"


def quantile(one: Quantile) -> str:
    if one.value is None:
        return TOO_FEW
    return (
        f"{number(one.value)}, {NOT_BOUNDED}"
        if one.upper is None
        else f"{number(one.value)}, at most {number(one.upper)}"
    )


def rate(one: Rate) -> str:
    """Say a share with its bounds and counts; of nothing there is none."""
    if one.value is None:
        return "none to count"
    return f"{percent(one.value)} ({percent(one.lower)} to {percent(one.upper)}, {one.hits:,} of {one.n:,})"


def figure(value: float | None, bounds: tuple[float, float] | None) -> str:
    """Say the figure that models are ranked by, with its interval where one was measured."""
    if value is None:
        return "not compared"
    return f"{value:.2f}" if bounds is None else f"{value:.2f} ({bounds[0]:.2f} to {bounds[1]:.2f})"


def between(bounds: tuple[float | None, float | None], unit: str = "") -> str:
    low, high = bounds
    return NOT_BOUNDED if low is None or high is None else f"{number(low)} to {number(high, unit)}"


def verdict_line(reached: Verdict, name: str, profile: Profile | None) -> str:
    where = "no target named" if profile is None else f"for {profile.name}"
    return f"{verdict.said(reached.state).upper()}: {visible(name)}, {where}"


def way_out(finding: Finding) -> str:
    return visible(finding.action.text if finding.action else finding.fix)


def told(one: Benchmark, profile: Profile | None) -> list[tuple[str, str]]:
    """Give the whole benchmark as a few labelled lines; what was not asked for has none."""
    parts = [
        ("end to end", _latency(one, profile)),
        ("inference", f"p50 {quantile(one.latency_ms.p50)}; p95 {quantile(one.latency_ms.p95)} ms"),
        ("stages", stages(one)),
        ("throughput", _throughput(one, profile)),
        ("memory", _memory(one, profile)),
        ("validity", validity(one)),
    ]
    for label, said in (
        ("paced", one.paced and paced(one.paced)),
        ("sustained", one.sustained and sustained(one.sustained)),
        ("confidence", one.confidence and confidence(one.confidence)),
        ("agreement", one.agreement and agreement(one.agreement)),
        ("operators", one.placement and placement(one.placement)),
        ("calls", one.calls and calls(one.calls)),
        ("source", one.source and source(one.source)),
    ):
        if said:
            parts.append((label, said))
    return [*parts, ("run", run(one))]


def stages(one: Benchmark) -> str:
    named = ", ".join(f"{name} {number(value)}" for name, value in one.stages_ms.items())
    cold = f"; cold start {number(one.cold_start_ms, 'ms')}"
    return f"{named} ms (medians){cold}" if named else f"{UNKNOWN}{cold}"


def validity(one: Benchmark) -> str:
    return f"{one.validity}: {'; '.join(one.validity_because)}" if one.validity_because else one.validity


def paced(one: Paced) -> str:
    lost = f"{one.dropped:,} dropped by a camera that keeps the newest"
    return f"at {one.fps:g} frames/s p95 {quantile(one.latency_ms.p95)} ms; missed {rate(one.missed)}; {lost}"


def sustained(one: Sustained) -> str:
    at = "" if one.fps is None else f" at {one.fps:g} frames/s"
    grew = (
        "not known" if one.ratio is None else f"{one.ratio:.2f} times that of its first ({between(one.ratio_bounds)})"
    )
    leak = UNKNOWN if one.leak_mib_per_h is None else f"{number(one.leak_mib_per_h)} MiB/h ({between(one.leak_bounds)})"
    said = f"{one.seconds:.0f} s{at}: p95 of its last fifth {grew}; memory slope {leak}"
    if one.calibration_ms is not None:
        before, after = one.calibration_ms
        said += f"; a fixed computation took {number(before)} ms before and {number(after)} after"
    return said


def confidence(one: Confidence) -> str:
    answers = sum(one.histogram)
    sure = "" if one.entropy is None else f"; entropy {one.entropy:.2f} of 1"
    empty = f"{one.empty_frames:,} of {one.frames:,} frames" if one.empty is None else rate(one.empty)
    return f"{answers:,} answers on {one.frames:,} frames{sure}; frames without an answer: {empty}"


def agreement(one: Agreement) -> str:
    places = "" if one.places is None else f"; place {rate(one.places)}"
    beside = "" if one.iou is None else f"; mean IoU {one.iou:.2f}"
    shift = "" if one.score_shift is None else f"; confidence {one.score_shift:+.2f}".replace("-", "\N{MINUS SIGN}")
    name = visible(one.incumbent_name)
    return f"with '{name}' on {one.frames:,} frames: class {rate(one.classes)}{places}{beside}{shift}"


def placement(one: Placement) -> str:
    elsewhere = UNKNOWN if one.elsewhere_share is None else percent(one.elsewhere_share)
    parts = counted(one.partitions, "partitions")
    return f"{one.on_provider} of {one.operators} on {one.provider} in {parts}; time elsewhere {elsewhere}"


def calls(one: Calls) -> str:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in one.kinds.items())
    return f"failed {rate(one.failed)}{f': {kinds}' if kinds else ''}; {one.retries:,} retries"


def source(one: Source) -> str:
    lost = f"{one.dropped:,} of {one.arrived + one.dropped:,} frames dropped, {one.reconnects:,} reconnects"
    lost = lost if one.arrived or one.dropped or one.reconnects else "the same frames for every run"
    capture = "" if one.capture_ms is None else f", a frame every {number(one.capture_ms, 'ms')}"
    return f"{one.kind}: {lost}{capture}{f'; ended early: {visible(one.ended)}' if one.ended else ''}"


def run(one: Benchmark) -> str:
    times = (
        f"{counted(one.processes, 'processes', 'process')}, {one.runs:,} runs on {counted(one.frames_count, 'frames')}"
    )
    by = f"{one.runtime} {one.runtime_version}, {one.provider}"
    where = visible(one.device.model_name or one.device.board)
    on = f"called from {where}" if one.runtime == "http" else f"{counted(one.threads, 'threads')}; {where}"
    return f"{one.protocol}, {times}; {by}{';' if one.runtime == 'http' else ','} {on}, {one.observed_at}"


def _latency(one: Benchmark, profile: Profile | None) -> str:
    whole = one.end_to_end_ms
    named = "; ".join(f"{name} {quantile(getattr(whole, name))}" for name in ("p50", "p95", "p99"))
    budget = "" if profile is None else f"; budget of p95 {profile.budget.p95_ms:g} ms"
    worth = f"; {one.runs:,} runs worth {whole.p95.n_effective:,.0f} independent ones"
    return f"{named}; max {number(whole.max)} ms{budget}{worth}"


def _throughput(one: Benchmark, profile: Profile | None) -> str:
    wanted = None if profile is None else profile.budget.throughput_fps
    asked = "" if wanted is None else f"; {wanted:g} required"
    if one.throughput_fps is None:
        return f"{UNKNOWN}{asked}"
    return f"{number(one.throughput_fps)} frames/s ({between(one.throughput_bounds_fps)}){asked}"


def _memory(one: Benchmark, profile: Profile | None) -> str:
    memory, budget = one.memory_mib, None if profile is None else profile.budget.memory_mib
    if one.runtime == "http":
        return "an endpoint's cannot be seen from here"
    bound = NOT_BOUNDED if memory.peak_rss_upper is None else f"at most {number(memory.peak_rss_upper)}"
    peak = UNKNOWN if memory.peak_rss is None else f"{number(memory.peak_rss)}, {bound}"
    rest = (
        ("PSS", memory.pss),
        ("USS", memory.uss),
        ("model", memory.model_delta),
        ("left on the device", memory.headroom),
        ("GPU", memory.gpu),
    )
    named = ", ".join(f"{name} {number(value)}" for name, value in rest)
    return f"peak {peak} MiB{'' if budget is None else f', budget {budget:g}'}; {named}"
