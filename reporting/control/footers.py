"""What stands at the foot of a controlled document and of reports made under one. Pure.

Texts are Vietnamese whatever the language of the page: they are frozen with what they stand on.
"""

from datetime import date
from typing import Final

from backend.pdf import FAMILIES
from reporting.control.rules import Standing

UNCONTROLLED: Final = "BẢN IN KHÔNG KIỂM SOÁT"
OUT_OF_FORCE: Final = "HẾT HIỆU LỰC"
_NOT_YET: Final = {
    Standing.DRAFT: "DỰ THẢO, CHƯA CÓ HIỆU LỰC",
    Standing.SUBMITTED: "CHỜ DUYỆT, CHƯA CÓ HIỆU LỰC",
    Standing.COMING: "CHƯA ĐẾN NGÀY HIỆU LỰC",
    Standing.WITHDRAWN: OUT_OF_FORCE,
}


def identity(code: str, number: int, effective: date) -> str:
    """ "QT-01 · Lần ban hành 2 · Hiệu lực từ 01/12/2026"."""
    return f"{code} · Lần ban hành {number} · Hiệu lực từ {effective:%d/%m/%Y}"


def copy_name(copy: int | None) -> str:
    """ "Bản kiểm soát số 03"; who is not on the distribution list holds no controlled copy."""
    return UNCONTROLLED if copy is None else f"Bản kiểm soát số {copy:02d}"


def warning(standing: Standing) -> str:
    """What is written across every page of an issue that does not hold; empty for the one in force."""
    return _NOT_YET.get(standing, "")


def page_foot(line: str, *, page: str, font: str = FAMILIES) -> str:
    """The style of a page with the line and page x/y at its foot. Codes hold no quote or backslash."""
    box = f"font: 400 8pt {font}; color: #5b6675; vertical-align: top; padding-top: 3mm;"
    return (
        f'@page {{ @bottom-left {{ content: "{line}"; {box} }}'
        f' @bottom-right {{ content: "{page} " counter(page) "/" counter(pages); {box} }} }}'
    )
