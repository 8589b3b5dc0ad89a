"""The faces of a report as files: what each is called, and the Word template it is poured into."""

import logging
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from backend.mail.models import StoredFile
from backend.pdf import PdfUnavailable, pdf
from reporting.builders import html
from reporting.builders.content import Heading, Report
from reporting.builders.docx import BadTemplate, docx
from reporting.builders.workbook import workbook
from reporting.control.uploads import DOCX
from reporting.models import FileKind

logger = logging.getLogger(__name__)

CONTENT_TYPES = {
    FileKind.HTML: "text/html; charset=utf-8",
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: DOCX,
}


@dataclass(frozen=True)
class Faces:
    """Every face of a report, or why one is missing."""

    made: dict[FileKind, bytes]
    reasons: dict[FileKind, str]


def faces_of(report: Report, *, sha256: str) -> Faces:
    """All faces of one value. Without the PDF's libraries the others are made all the same."""
    made = {
        FileKind.HTML: html.article(report, sha256=sha256).encode(),
        FileKind.XLSX: workbook(report, sha256=sha256),
    }
    reasons: dict[FileKind, str] = {}
    try:
        made[FileKind.PDF] = pdf(html.document(report, sha256=sha256))
    except PdfUnavailable as missing:
        logger.warning("no PDF: %s", missing)
        reasons[FileKind.PDF] = _(
            "Máy chủ thiếu thư viện để tạo PDF (Pango). Cài libpango-1.0-0 và libpangoft2-1.0-0"
            " rồi lập bản mới; các phần khác của báo cáo vẫn đủ."
        )
    try:
        made[FileKind.DOCX] = docx(report, sha256=sha256, template=word_template(report.heading))
    except BadTemplate as fault:
        logger.warning("no Word document: %s", fault)
        reasons[FileKind.DOCX] = _("Mẫu Word của công ty có lỗi: {fault}").format(fault=fault)[:300]
    return Faces(made, reasons)


def word_template(heading: Heading) -> bytes | None:
    """The Word template approved for the report when it was made, else the one of the settings.

    Raises BadTemplate.
    """
    if heading.word_template:
        return bytes(
            StoredFile.objects.get(sha256=heading.word_template, content_type=DOCX).content
        )
    if not settings.REPORT_WORD_TEMPLATE:
        return None
    try:
        return Path(settings.REPORT_WORD_TEMPLATE).read_bytes()
    except OSError as error:
        raise BadTemplate(str(error)) from error


def template_version(heading: Heading) -> str:
    """Changes with our templates and with the company's Word template."""
    try:
        own = word_template(heading)
    except BadTemplate:
        own = None
    return (
        f"{html.TEMPLATE_VERSION}+{sha256_of(own).hexdigest()[:12]}"
        if own
        else html.TEMPLATE_VERSION
    )


def file_name(code: str, kind: FileKind) -> str:
    """What a downloaded or attached file is called."""
    return f"{code}.{kind}"
