"""A report as one HTML page that loads and runs nothing; its codes stand on every page that is printed."""

from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from gateway.svg_drawing import drawn
from gateway.visible import printable
from sharing.reports.pages import Pages


def html(pages: Pages) -> bytes:
    """The page in UTF-8; the same report gives the same bytes."""
    return _template().render(pages=pages).encode()


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"shown": printable, "drawn": drawn}
    path = resources.files("gateway").joinpath("page_templates", "pages.html.jinja")
    return environment.from_string(path.read_text(encoding="utf-8"))
