"""A paper as HTML for the page and the PDF, and as a Word file from a template a clerk can edit. Pure."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from backend.pdf import SERIF, SERIF_FACES
from reporting.builders.word_foot import write_foot
from reporting.control.footers import page_foot
from reporting.papers.content import PaperContent

_HERE: Final = Path(__file__).resolve().parent
#: The Word template of both papers; its tags are those of docxtpl.
WORD: Final = _HERE / "van-ban.docx"
_STYLE: Final = _HERE.parent / "static" / "reporting" / "decree30.css"
#: The oldest date a zip can tell: the same content makes the same file.
_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)


def body(content: PaperContent) -> str:
    """The paper itself, without page around it."""
    return _templates().get_template("decree30.jinja").render(paper=content)


def document(content: PaperContent) -> str:
    """A whole HTML document for print, its styles inside."""
    css = _STYLE.read_text(encoding="utf-8").replace("PAPER_FONT", SERIF)
    foot = page_foot(content.controlled, page="Trang", font=SERIF) if content.controlled else ""
    return (
        _templates()
        .get_template("decree30_document.jinja")
        .render(
            paper=content,
            css=Markup(SERIF_FACES + css + foot),  # noqa: S704 - our own
            body=Markup(body(content)),  # noqa: S704 - escaped already
        )
    )


def word(content: PaperContent) -> bytes:
    """The paper as .docx, filled into the template; what people typed cannot become markup."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(WORD)
    template.render({"paper": content, "day": _day, "paragraphs": _paragraphs}, autoescape=True)
    if content.controlled:
        write_foot(template, content.controlled)
    memory = BytesIO()
    template.save(memory)
    return _undated(memory.getvalue())


def _undated(file: bytes) -> bytes:
    """The same archive without the moment it was written."""
    memory = BytesIO()
    with ZipFile(BytesIO(file)) as source, ZipFile(memory, "w", ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            target.writestr(ZipInfo(name, _NO_DATE), source.read(name), ZIP_DEFLATED)
    return memory.getvalue()


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=_day, paragraphs=_paragraphs)
    return environment


def _day(day: Any) -> str:
    return f"{day:%d/%m/%Y}"


def _paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
