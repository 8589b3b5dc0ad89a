"""HTML to PDF by WeasyPrint, which may only read the fonts shipped with us."""

import atexit
import logging
import threading
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "static" / "fonts"
SCHEME = "font:"
#: The families that together have every letter, in the order to name them.
FAMILIES = '"Be Vietnam Pro", "Be Vietnam Pro Vi", "Be Vietnam Pro Ext"'
#: Their @font-face rules, for the styles of a document.
FONT_FACES = "".join(
    f'@font-face {{ font-family: "Be Vietnam Pro{name}"; font-weight: {weight}; '
    f'src: url("{SCHEME}be-vietnam-pro-{letters}-{weight}-normal.woff2"); }}\n'
    for name, letters in (("", "latin"), (" Vi", "vietnamese"), (" Ext", "latin-ext"))
    for weight in (400, 600, 700)
)
#: For papers by Decree 30: metrics of Times New Roman, every Vietnamese letter.
SERIF = '"Tinos"'
SERIF_FACES = "".join(
    f'@font-face {{ font-family: "Tinos"; font-weight: {weight}; font-style: {style}; '
    f'src: url("{SCHEME}tinos-{name}.woff2"); }}\n'
    for name, weight, style in (
        ("regular", 400, "normal"),
        ("bold", 700, "normal"),
        ("italic", 400, "italic"),
        ("bold-italic", 700, "italic"),
    )
)

_THREAD = threading.local()

# It warns of CSS meant for the screen; what matters is tested on the finished PDF.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class PdfUnavailable(Exception):
    """WeasyPrint's system libraries (Pango and others) are not on this machine."""


def pdf(document: str) -> bytes:
    """The PDF/UA of an HTML document; the same document gives the same bytes. Raises PdfUnavailable."""
    return joined_pdf([document])


def untagged_pdf(document: str) -> bytes:
    """The PDF of a document that is drawn over the pages of another. Raises PdfUnavailable."""
    return joined_pdf([document], variant=None)


def joined_pdf(parts: Iterable[str], *, variant: str | None = "pdf/ua-1") -> bytes:
    """One PDF/UA of at least one HTML document, each with page numbers of its own.

    The next part is asked for when the one before it is laid out. Raises PdfUnavailable.
    """
    try:
        from weasyprint import HTML
    except OSError as error:
        raise PdfUnavailable(str(error)) from error
    options: dict[str, Any] = {"pdf_variant": variant, "pdf_identifier": b"giaoban"}
    fonts = _fonts_of_thread()
    laid_out = [
        HTML(string=part, base_url="document:", url_fetcher=fetch_font).render(
            font_config=fonts, **options
        )
        for part in parts
    ]
    pages = [page for part in laid_out for page in part.pages]
    result: bytes = laid_out[0].copy(pages).write_pdf(**options)
    return result


def _fonts_of_thread() -> Any:
    """What this thread has unpacked of our fonts: a folder of its own, where WeasyPrint would make one
    for every document and leave it until garbage is collected.
    """
    from weasyprint.text.fonts import FontConfiguration

    if not hasattr(_THREAD, "fonts"):
        _THREAD.fonts = FontConfiguration()
    return _THREAD.fonts


@atexit.register
def _forget_fonts_of_main_thread() -> None:
    # Their folder can no longer be removed once the interpreter clears its modules.
    _THREAD.__dict__.clear()


def fetch_font(url: str, *_args: Any, **_options: Any) -> Any:
    """Open "font:<file name>" from our own fonts; everything else is refused."""
    from weasyprint.urls import URLFetcherResponse

    name = url.removeprefix(SCHEME)
    if not url.startswith(SCHEME) or name != Path(name).name or not name.endswith(".woff2"):
        raise ValueError(f"not allowed in a document: {url}")
    return URLFetcherResponse(url, shipped_font(name), {"Content-Type": "font/ttf"})


@cache
def shipped_font(name: str) -> bytes:
    """The font unpacked once for all; WeasyPrint would unpack it for every document (0.3 s)."""
    from fontTools.ttLib import TTFont

    family = "tinos" if name.startswith("tinos-") else "be-vietnam-pro"
    font = TTFont(FONTS / family / name, recalcTimestamp=False)
    font.flavor = None
    memory = BytesIO()
    font.save(memory)
    return memory.getvalue()
