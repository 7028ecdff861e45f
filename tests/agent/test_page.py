"""The benchmark's page: whole, escaped, needing nothing outside, with a table beside each plot and no empty axes."""

import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.evidence.benchmark import Sustained
from readiness_agent.benchmark import charts, plot
from readiness_agent.benchmark.page import page
from readiness_agent.benchmark.plot import Scale
from readiness_agent.benchmark.report import Reported, chosen
from readiness_agent.benchmark.trace import Point, Trace
from reported import TARGET, dark, reported, seen, trace, whole
from specimens import latency

PROFILES = Path(__file__).resolve().parents[2] / "profiles"
VOID = {"meta", "line", "circle", "rect", "path", "polyline", "polygon", "use", "br"}
HOSTILE = '<script>alert("1")</script>\u202egpj.exe'


class Read(HTMLParser):
    """What a page holds: its text, ids, links, attributes, and tags that were opened and never closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        known = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name == "href" and value]
        assert not any(name.startswith("on") for name in known), "no handler"
        assert "style" not in known, "no inline style"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "title"}:
            self.text += data


def read(models: list[Reported], unusable: dict[str, str] | None = None) -> Read:
    return Read(page(models, unusable or {}, chosen(models, TARGET, PROFILES)))


MANY = {
    "everything": [whole()],
    "next to nothing": [dark()],
    "several": [whole(), seen(reported("fast", end_to_end_ms=latency(5.0)), 0.8, 380), dark()],
    "none": [],
    "over budget": [reported("slow", end_to_end_ms=latency(90.0), trace=trace(hot=False))],
}


@pytest.mark.parametrize("models", MANY.values(), ids=MANY)
def test_a_page_is_whole_and_needs_nothing_outside(models: list[Reported]) -> None:
    html = page(models, {"/data/bad.onnx": "no ONNX model"}, chosen(models, TARGET, PROFILES))
    got = Read(html)
    assert got.open == []
    assert len(got.ids) == len(set(got.ids))
    assert all(link.startswith("#") and link[1:] in got.ids for link in got.links)
    assert not {"script", "link", "img", "iframe", "object", "form", "input"} & set(got.tags)
    assert re.findall(r"https?://[^\s\"'<]+", html.replace("http://www.w3.org/2000/svg", "")) == []
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html
    assert "no ONNX model".capitalize()[:2] in got.text
    assert got.tags.count("h1") == 1
    for word in ("None", "nan", "inf "):
        assert word not in got.text.replace("None of", "").replace("information", "")


def test_each_plot_has_its_sentence_and_its_numbers() -> None:
    got = read([whole()])
    plots = [value for name, value in got.attributes if name == "class" and value == "ch"]
    assert len(plots) == 5  # share of runs, over time, temperature, frequency, long run
    labels = [value for name, value in got.attributes if name == "aria-label"]
    for title in (
        "Share of runs.",
        "Latency over time, ms.",
        "Temperature, °C.",
        "Clock frequency, MHz.",
        "Latency of",
    ):
        assert any(label.startswith(title) and len(label) > len(title) + 20 for label in labels), title
    for table in ("Latency", "Distribution", "Latency over time", "Stages", "Memory", "Long run", "Confidence"):
        assert f"{table} table" in labels
    for words in ("budget 33 ms", "bolt", "0.11", "/layer/0", "Small gateway"):
        assert words in got.text


def test_what_was_not_measured_is_said_and_draws_no_axes() -> None:
    got = read([dark()])
    assert ("class", "ch") not in got.attributes
    assert got.text.count("Unknown: ") == 4
    assert "too few runs" in got.text
    assert "unknown" in got.text
    assert "No budget was named" in got.text


def test_heat_is_drawn_only_where_it_was_told() -> None:
    got = read([reported(trace=trace(hot=False))])
    labels = [value for name, value in got.attributes if name == "aria-label"]
    assert any(label.startswith("Share of runs.") for label in labels)
    assert not any(label.startswith("Temperature") for label in labels)
    assert got.text.count("Unknown: the board told none") == 2


def test_names_and_paths_are_text_whatever_they_hold() -> None:
    models = [whole(HOSTILE), reported("名前 🦊 " + "n" * 200), reported("שלום")]
    got = read(models, {HOSTILE: f"{HOSTILE}: no model"})
    assert "script" not in got.tags
    assert '<script>alert("1")</script>' in got.text
    assert "\u202e" not in got.text
    assert "🦊" in got.text
    assert "n" * 200 in got.text
    assert "bdi" in got.tags


def test_the_pareto_picture_has_the_axis_that_was_asked() -> None:
    fast, slow = reported("fast", end_to_end_ms=latency(9.0)), reported("slow")
    plain = charts.pareto(chosen([fast, slow], TARGET, PROFILES), TARGET)
    assert plain is not None
    assert plain.title == "Peak memory at most, MiB"
    assert [(dot.said, dot.look) for dot in plain.dots] == [("1", "ready"), ("2", "ready")]
    ranked = charts.pareto(chosen([seen(fast, 0.7, 380), seen(slow, 0.8, 380)], TARGET, PROFILES), TARGET)
    assert ranked is not None
    assert ranked.title == "AP"
    assert ranked.dots[1].y < ranked.dots[0].y  # the better one stands higher
    assert ranked.dots[1].x > ranked.dots[0].x
    for dot in ranked.dots:
        assert dot.interval is not None
        assert dot.interval[0] < dot.y < dot.interval[1]
    assert len(ranked.lines) == 1
    worse = charts.pareto(chosen([seen(fast, 0.8, 380), seen(slow, 0.7, 380)], TARGET, PROFILES), TARGET)
    assert worse is not None
    assert worse.lines == ()  # a slower model that sees less is no step of the line
    assert charts.pareto(chosen([fast, dark()], TARGET, PROFILES), TARGET) is None


def test_the_budget_is_drawn_where_it_does_not_press_the_data_flat() -> None:
    drawn, off = charts.over_time(trace(), 20.0), charts.over_time(trace(), 300.0)
    assert drawn is not None
    assert off is not None
    assert [limit.said for limit in drawn.limits] == ["budget 20 ms"]
    assert off.limits == ()
    assert "300 ms lies off the picture" in off.told
    assert len(drawn.lines) == 4
    assert len(drawn.steps) == 1


def test_processes_are_moved_together_so_that_waiting_for_others_takes_no_room() -> None:
    first, second = trace().processes
    far = tuple(msgspec.structs.replace(point, start_s=point.start_s + 500) for point in second)
    apart = charts.over_time(Trace(processes=(first, far)), None)
    together = charts.over_time(trace(), None)
    assert apart is not None
    assert together is not None
    assert apart.lines == together.lines
    ends = [tuple(float(pair.split(",")[0]) for pair in line.points.split()) for line in apart.lines]
    assert min(map(min, ends)) == 0
    assert ends[0][-1] < ends[2][0] < ends[0][-1] + 20


def test_a_distribution_shows_its_bounds_and_a_long_tail_by_logarithm() -> None:
    drawn = charts.distribution(trace(), 10.0)
    assert drawn is not None
    assert len(drawn.bands) == 1
    assert "logarithmic" not in drawn.across
    assert "bounds hold from share 0.05 to 0.95" in drawn.told
    last = msgspec.structs.replace(trace().steps[-1], value_ms=900.0)
    long = charts.distribution(Trace(steps=(*trace().steps[:-1], last)), None)
    assert long is not None
    assert "logarithmic" in long.across
    assert charts.distribution(Trace(steps=trace().steps[:1]), None) is None
    assert charts.distribution(None, 10.0) is None


def test_bounds_far_beyond_the_runs_stay_in_the_picture() -> None:
    steps = [msgspec.structs.replace(one, upper_ms=one.upper_ms and 40.0) for one in trace().steps]
    drawn = charts.distribution(Trace(steps=tuple(steps)), None)
    assert drawn is not None
    xs = [float(pair.split(",")[0]) for pair in drawn.bands[0].split()]
    assert 0 <= min(xs) <= max(xs) <= 100


def test_long_courses_are_thinned_and_end_where_they_end() -> None:
    points = [(float(at), float(at)) for at in range(10_001)]
    kept = plot.thinned(points)
    assert len(kept) <= plot.MOST_POINTS + 1
    assert kept[-1] == points[-1]
    long = Trace(processes=(tuple(Point(start_s=float(at), p50_ms=1.0, p95_ms=2.0) for at in range(5000)),))
    assert len(page([reported(trace=long)], {}, chosen([reported()], None))) < 200_000


def test_a_long_run_of_one_stretch_is_no_line() -> None:
    assert charts.sustained(Sustained(seconds=5.0, fps=None, buckets=())) is None
    assert charts.sustained(None) is None


@given(st.lists(st.just(0.0) | st.floats(1e-4, 1e7), min_size=1, max_size=30))
def test_scales_hold_their_values_and_few_ticks(values: list[float]) -> None:
    for scale in (plot.from_zero(values), plot.around(values)):
        assert all(-0.01 <= scale.at(value) <= 100.01 for value in values)
        assert len(scale.ticks()) <= 11
        assert all(-0.01 <= tick.at <= 100.01 for tick in scale.ticks())


@given(st.floats(1e-4, 1e4), st.floats(5.1, 1e6))
def test_logarithmic_scales_have_a_tick(low: float, ratio: float) -> None:
    scale = Scale(low, low * ratio, log=True)
    assert scale.ticks()
    assert (scale.at(low), scale.at(low * ratio)) == (0.0, 100.0)
