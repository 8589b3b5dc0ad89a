"""Charts as PNG pictures for mail and Word, drawn by resvg with the fonts shipped with us. Pure."""

from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.pdf import shipped_font

#: Twice the 600 px of a mail, for sharp screens and print.
WIDTH = 1_200


def png(svg: str) -> bytes:
    """The picture of an SVG; the same SVG gives the same bytes."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=WIDTH,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(Path(_folder().name) / "font.ttf")],
            font_family="Be Vietnam Pro",
        )
    )


@cache
def _folder() -> TemporaryDirectory[str]:
    """Holds the font with all letters in one file: resvg looks for a letter in one file only."""
    from fontTools.merge import Merger, Options

    parts = [
        BytesIO(shipped_font(f"be-vietnam-pro-{letters}-400-normal.woff2"))
        for letters in ("latin", "vietnamese", "latin-ext")
    ]
    whole = Merger(Options(drop_tables=["GSUB", "GPOS", "GDEF"])).merge(parts)
    folder = TemporaryDirectory(prefix="giao-ban-font-")
    whole.save(Path(folder.name) / "font.ttf")
    return folder
