"""Files of documents as they are given out: every page of a PDF says what it is and whose copy."""

from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.pages.files import PDF
from backend.pdf import FAMILIES, FONT_FACES, PdfUnavailable, untagged_pdf
from backend.problems import Problem
from reporting.control.distributing import copy_of
from reporting.control.footers import copy_name, identity, warning
from reporting.control.registering import require_controller
from reporting.control.rules import standing
from reporting.control.stamping import BadPdf, Size, page_sizes, stamped
from reporting.control.uploads import ENDINGS, PdfRefused
from reporting.models import ControlledCopy, DocumentIssue, IssueDownload


class NoPdf(Problem):
    status = 503
    code = "document.no_pdf"
    message = _(
        "Máy chủ thiếu thư viện để ghi chân trang lên PDF (Pango). Hãy báo quản trị cài"
        " libpango-1.0-0 và libpangoft2-1.0-0."
    )


class NoSuchCopy(Problem):
    status = 404
    code = "document.no_such_copy"
    message = _("Không có bản kiểm soát số này trong danh sách phân phối; hãy tải lại trang.")


@dataclass(frozen=True, slots=True)
class Given:
    """A file for one person."""

    content: bytes
    content_type: str
    name: str


def give_out(
    issue: DocumentIssue, *, for_copy: int | None = None, by: User, at: datetime
) -> Given | None:
    """The file for a person, noted as given out; None where the issue has no file.

    A controller who prints paper for somebody on the list names the number of that copy.
    Raises MayNotControl, NoSuchCopy, NoPdf, PdfRefused.

    A PDF carries code, issue, effective day, copy number and page x/y on every page; for who is not
    on the distribution list that it is no controlled copy; and across it when it does not hold.
    Word and Excel files are given as they were approved: people fill them in.
    """
    if issue.file is None:
        return None
    copy = _printed_for(issue, for_copy, by) if for_copy else copy_of(issue.document, by)
    content, content_type = bytes(issue.file.content), issue.file.content_type
    if content_type == PDF:
        number = copy.number if copy else None
        content = _marked(issue, content, copy=number, on=at.astimezone(VN).date())
    IssueDownload.objects.create(issue=issue, copy=copy, by=by, at=at)
    name = f"{issue.document.code}-lan-{issue.number}.{ENDINGS[content_type]}"
    return Given(content, content_type, name)


def _printed_for(issue: DocumentIssue, number: int, by: User) -> ControlledCopy:
    require_controller(by)
    copy = issue.document.copies.current().filter(number=number).first()
    if copy is None:
        raise NoSuchCopy
    return copy


def _marked(issue: DocumentIssue, content: bytes, *, copy: int | None, on: date) -> bytes:
    facts = [each.facts for each in issue.document.issues.all()]
    foot = (
        f"{identity(issue.document.code, issue.number, issue.effective_date)} · {copy_name(copy)}"
    )
    across = warning(standing(issue.facts, facts, on))
    try:
        marks = untagged_pdf(marks_page(page_sizes(content), foot=foot, across=across))
    except PdfUnavailable as missing:
        raise NoPdf from missing
    try:
        return stamped(content, marks)
    except BadPdf as error:
        raise PdfRefused(str(error)) from error


def marks_page(sizes: list[Size], *, foot: str, across: str) -> str:
    """An HTML document with one page for each size: the foot with page x/y, and words across it."""
    # One rule a size, not a page: of hundreds of rules each page would try every one.
    kinds = {size: f"p{number}" for number, size in enumerate(dict.fromkeys(sizes))}
    rules = "".join(
        f"@page {name} {{ size: {s.width:.2f}pt {s.height:.2f}pt; }} .{name} {{ page: {name}; height:"
        f" {s.height - 1:.2f}pt; }} .{name} b {{ top: {s.height / 2 - 30:.2f}pt; font-size:"
        f" {min(s.width / 16, 48):.2f}pt; }}\n"
        for s, name in kinds.items()
    )
    mark = f"<b>{escape(across)}</b>" if across else ""
    pages = "".join(
        f'<div class="{kinds[size]}">{mark}<p>{escape(foot)} · Trang {n}/{len(sizes)}</p></div>'
        for n, size in enumerate(sizes, start=1)
    )
    style = (
        f"{FONT_FACES} @page {{ margin: 0; }} body {{ margin: 0; font-family: {FAMILIES}; }}"
        " div { position: relative; break-after: page; } div:last-child { break-after: auto; }"
        " p { position: absolute; left: 20pt; right: 20pt; bottom: 8pt; margin: 0; padding-top: 2pt;"
        " border-top: 0.5pt solid #555; font-size: 7pt; color: #333; text-align: center; }"
        " b { position: absolute; left: 0; right: 0; text-align: center; color: #c0392b;"
        " opacity: 0.28; transform: rotate(-35deg); }"
    )
    return f'<html lang="vi"><style>{style}{rules}</style><body>{pages}</body></html>'
