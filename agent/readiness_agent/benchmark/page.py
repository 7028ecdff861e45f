"""The benchmark's page: one file that needs nothing beside it, with plots and the numbers behind them."""

from collections.abc import Sequence
from importlib import metadata, resources

import jinja2
import msgspec
from markupsafe import Markup

from readiness import verdict
from readiness.choice import Choice
from readiness.quality import RANKED_BY
from readiness_agent.benchmark import charts, sheet, wording
from readiness_agent.benchmark.judging import Reported
from readiness_agent.benchmark.plot import Plot
from readiness_agent.benchmark.sheet import Sheet

_TEMPLATES = resources.files("readiness_agent") / "templates"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One model in the table of the choice."""

    id: str
    name: str
    look: str
    word: str
    validity: str
    cells: tuple[str, ...]
    place: str
    chosen: bool


class Page(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    version: str
    meta: tuple[tuple[str, str], ...]
    unusable: tuple[tuple[str, str], ...]
    choice: Choice | None
    ranked_by: str
    pareto: Plot | None
    standings: tuple[Row, ...]
    sheets: tuple[Sheet, ...]


def page(reported: Sequence[Reported], unusable: dict[str, str], choice: Choice) -> str:
    """Render all models of one benchmark as a page; `unusable` says of a path why its model could not be measured."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        finalize=_visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["shape"] = _shape
    environment.filters["sentence"] = wording.sentence
    style, sprite = (Markup(_template(name)) for name in ("bench.css", "shapes.svg"))  # noqa: S704 - our own files
    template = environment.get_template("bench.html")
    return template.render(page=_laid_out(reported, unusable, choice), style=style, sprite=sprite)


def _laid_out(reported: Sequence[Reported], unusable: dict[str, str], choice: Choice) -> Page:
    several = len(reported) > 1
    profile = next((one.budgets for one in reported), None)
    return Page(
        title=_title(reported, choice),
        version=metadata.version("model-readiness-advisor"),
        meta=tuple(_meta(reported)),
        unusable=tuple((name, why.removeprefix(f"{name}: ")) for name, why in unusable.items()),
        choice=choice if several else None,
        ranked_by=RANKED_BY.get(choice.ranked_by, "Quality"),
        pareto=charts.pareto(choice, profile) if several else None,
        standings=tuple(_rows(reported, choice)) if several else (),
        sheets=tuple(sheet.sheet(one, choice, f"m{number}") for number, one in enumerate(reported, 1)),
    )


def _title(reported: Sequence[Reported], choice: Choice) -> str:
    if not reported:
        return "No model could be measured"
    device = reported[0].benchmark.device
    on = device.model_name or device.board
    if len(reported) == 1:
        one = reported[0]
        where = "called from" if one.benchmark.runtime == "http" else "on"
        return f"{one.model.name} {where} {on}: {verdict.said(one.verdict.state)}"
    said = "none is recommended" if choice.recommended is None else f"{choice.recommended} is recommended"
    return f"{len(reported)} models on {on}: {said}"


def _meta(reported: Sequence[Reported]) -> list[tuple[str, str]]:
    if not reported:
        return []
    first = reported[0].benchmark
    frames = f"{first.frames_count:,}, digest {first.frames.removeprefix('sha256:')[:12]}"
    target = reported[0].profile.title if reported[0].profile else "none named"
    return [
        ("Target", target),
        ("Board", first.device.board),
        ("Protocol", first.protocol),
        ("Frames", frames),
        ("Measured", first.observed_at.replace("T", " ").replace("Z", " UTC")),
    ]


def _rows(reported: Sequence[Reported], choice: Choice) -> list[Row]:
    ids = {(one.model.name, one.model.digest): (number, one) for number, one in enumerate(reported, 1)}
    rows = []
    for standing in choice.standings:
        number, one = ids[standing.name, standing.model]
        validity = one.benchmark.validity
        rows.append(
            Row(
                id=f"m{number}",
                name=standing.name,
                look=charts.SHAPES[standing.state],
                word=verdict.said(standing.state).capitalize(),
                validity="" if validity == "valid" else validity,
                cells=(
                    wording.number(standing.p95_ms, "ms"),
                    wording.number(standing.peak_mib, "MiB"),
                    wording.figure(standing.quality, standing.quality_bounds),
                ),
                place=standing.unplaced or (f"beaten by {standing.beaten_by}" if standing.beaten_by else "in it"),
                chosen=standing.name == choice.recommended,
            )
        )
    return rows


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _shape(name: str) -> Markup:
    return Markup('<svg aria-hidden="true"><use href="#{}"/></svg>').format(name)


def _visible(value: object) -> object:
    """Escape what would hide or turn text, such as marks of direction in a model's name; our own mark-up stays."""
    return wording.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
