"""The templates: as pages of the coordinator, and as one file that needs nothing beside it."""

from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from readiness_coordinator.reports import printable

_STATIC = resources.files("readiness_coordinator.web") / "static"


def _shape(name: str) -> Markup:
    return Markup('<svg aria-hidden="true"><use href="/static/i.svg#{}"/></svg>').format(name)


def _shape_inside(name: str) -> Markup:
    return Markup('<svg aria-hidden="true"><use href="#{}"/></svg>').format(name)


def _visible(value: object) -> object:
    """Escape what would hide or turn text, such as marks of direction in a file's name; our own mark-up stays."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _environment(**shared: Any) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("readiness_coordinator.web"),
        autoescape=True,
        finalize=_visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= shared
    return made


_PAGES = _environment(shape=_shape)
_FILES = _environment(shape=_shape_inside)


def page(template: str, **values: Any) -> str:
    """Render a page of the coordinator, which asks it for style and shapes."""
    return _PAGES.get_template(template).render(**values)


def one_file(template: str, **values: Any) -> str:
    """Render a file that holds its own style and shapes and asks nobody for anything."""
    style, sprite = (Markup((_STATIC / name).read_text("utf-8")) for name in ("app.css", "i.svg"))  # noqa: S704 - ours
    return _FILES.get_template(template).render(style=style, sprite=sprite, **values)
