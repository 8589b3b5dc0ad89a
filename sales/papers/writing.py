"""Writing papers of sales as HTML for print, by the templates beside this module. Pure."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.pdf import FAMILIES, FONT_FACES


def written(template: str, **values: Any) -> str:
    """The paper in our fonts; what a template asks for and is not given is an error."""
    return (
        _templates()
        .get_template(template)
        .render(font_faces=FONT_FACES, families=FAMILIES, **values)
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        dong=lambda amount: f"{amount:,}".replace(",", "."),
        day=lambda day: f"{day:%d/%m/%Y}" if day else "……/……/………",
    )
    return environment
