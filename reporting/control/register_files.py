"""The register as a workbook and as a PDF to sign and file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from io import BytesIO
from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.heading import Heading
from backend.org.models import Company
from backend.pdf import FAMILIES, FONT_FACES, PdfUnavailable, pdf
from backend.tables import Column, Table, Value, write_workbook
from reporting.control.giving_out import NoPdf
from reporting.control.register import Line

TITLE: Final = "DANH MỤC TÀI LIỆU KIỂM SOÁT"
_COLUMNS: Final = (
    Column("STT", 6, "plain"),
    Column("Mã tài liệu", 16),
    Column("Tên tài liệu", 48, "wrap"),
    Column("Loại", 16),
    Column("Đơn vị chủ quản", 28, "wrap"),
    Column("Lần ban hành", 10, "plain"),
    Column("Ngày hiệu lực", 12, "day"),
    Column("Tình trạng", 20),
    Column("Soát xét trước ngày", 12, "day"),
    Column("SHA-256 của tệp", 20),
)


def register_workbook(lines: Iterable[Line], *, by: User, at: datetime) -> bytes:
    """One row a document; a name that begins with "=" stays a text."""
    heading = _heading(by, at)
    table = Table("Danh mục", TITLE, heading.lines(), _COLUMNS, list(_rows(lines)), frozen=3)
    sink = BytesIO()
    write_workbook(sink, [table], title=TITLE, heading=heading)
    return sink.getvalue()


def register_pdf(lines: Iterable[Line], *, by: User, at: datetime) -> bytes:
    """A4 on its side, with room for signatures. Raises NoPdf."""
    try:
        return pdf(_document(lines, _heading(by, at)))
    except PdfUnavailable as missing:
        raise NoPdf from missing


def _heading(by: User, at: datetime) -> Heading:
    local = at.astimezone(VN)
    return Heading(
        Company.objects.own().name, "Toàn công ty", local.date(), local.date(), local, str(by)
    )


def _rows(lines: Iterable[Line]) -> Iterator[Sequence[Value]]:
    for number, line in enumerate(lines, start=1):
        document, shown = line.document, line.shown
        issue = shown.issue if shown else None
        yield (
            number,
            document.code,
            document.title,
            str(document.get_kind_display()),
            document.owner.name,
            issue.number if issue else None,
            issue.effective_date if issue else None,
            shown.name if shown else str(_("chưa ban hành")),
            line.review_date,
            issue.sha256 if issue else "",
        )


def _document(lines: Iterable[Line], heading: Heading) -> str:
    heads = "".join(f'<th scope="col">{escape(each.head)}</th>' for each in _COLUMNS[:-1])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_written(each))}</td>" for each in row[:-1]) + "</tr>"
        for row in _rows(lines)
    )
    signers = "".join(f"<p><strong>{who}</strong><br>(Ký, ghi rõ họ tên)</p>" for who in _SIGNERS)
    notes = "".join(f"<p>{escape(line)}</p>" for line in heading.lines())
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{TITLE}</title>'
        f"<style>{FONT_FACES}{_STYLE}</style></head><body><h1>{TITLE}</h1>{notes}"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        f'<div class="signers">{signers}</div></body></html>'
    )


def _written(value: Value) -> str:
    if isinstance(value, datetime) or not hasattr(value, "strftime"):
        return "" if value is None else str(value)
    return f"{value:%d/%m/%Y}"


_SIGNERS: Final = ("Người lập", "Người kiểm soát tài liệu", "Người phê duyệt")
_STYLE: Final = (
    "@page { size: A4 landscape; margin: 14mm 12mm 14mm 16mm; @bottom-right { content: 'Trang '"
    f" counter(page) '/' counter(pages); font: 400 8pt {FAMILIES}; }} }}"
    f" body {{ font: 400 9pt {FAMILIES}; margin: 0; }} h1 {{ font-size: 14pt; margin: 0 0 2mm; }}"
    " p { margin: 0 0 1mm; } table { width: 100%; border-collapse: collapse; margin-top: 3mm; }"
    " thead { display: table-header-group; } tr { break-inside: avoid; }"
    " th, td { border: 0.5pt solid #777; padding: 1mm 1.5mm; text-align: left; vertical-align: top; }"
    " td:not(:nth-child(3), :nth-child(5)) { white-space: nowrap; } th { background: #eef1f5; } .signers { display: flex; margin-top: 8mm; break-inside: avoid; }"
    " .signers p { flex: 1; text-align: center; }"
)
