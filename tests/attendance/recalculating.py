"""LibreOffice computes a workbook's formulas, as the person who opens it would see them."""

import subprocess
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl import Workbook


def recalculated(books: Mapping[str, bytes]) -> dict[str, Workbook]:
    """Workbooks by name with the values of their formulas; all in one start of LibreOffice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for book, content in books.items():
            (folder / f"{book}.xlsx").write_bytes(content)
        subprocess.run(
            [
                "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
                "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"),
                *(str(folder / f"{book}.xlsx") for book in books),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return {
            book: openpyxl.load_workbook(
                BytesIO((folder / "out" / f"{book}.xlsx").read_bytes()), data_only=True
            )
            for book in books
        }
