"""Files of controlled documents: PDF, Word, Excel, told by their bytes, bounded and harmless."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.office_files import DOCUMENT, WORKBOOK, Harmful, Reason, check_office
from backend.pages.files import PDF, XLSX
from backend.problems import Problem
from reporting.control.stamping import BadPdf, page_sizes

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_BYTES: Final = 15 * 1024 * 1024
_MAX_UNPACKED: Final = 100 * 1024 * 1024
ENDINGS: Final = {PDF: "pdf", DOCX: "docx", XLSX: "xlsx"}
_MAIN: Final = {DOCX: DOCUMENT, XLSX: WORKBOOK}


class FileMissing(Problem):
    code = "document.file_missing"
    message = _("Chưa chọn tệp. Hãy chọn tệp PDF, Word (.docx) hoặc Excel (.xlsx) rồi lưu lại.")


class FileTooLarge(Problem):
    code = "document.file_too_large"
    status = 413
    message = _(
        "Tệp lớn hơn 15 MB, hoặc giải nén ra quá lớn. Hãy giảm hình trong tệp rồi tải lên lại."
    )


class FileRefused(Problem):
    code = "document.file_refused"
    message = _(
        "Nội dung tệp không phải PDF, Word (.docx) hay Excel (.xlsx), hoặc tệp hỏng. Hãy mở tệp"
        " bằng chương trình soạn thảo, lưu lại đúng dạng rồi tải lên."
    )


class PdfRefused(Problem):
    """The PDF cannot be marked with code, issue and copy number."""

    code = "document.pdf_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(_("Tệp PDF không dùng được: {reason}.").format(reason=reason))


class HasMacros(Problem):
    code = "document.macros"
    message = _("Tệp có macro hoặc nút lệnh. Hãy lưu lại dạng .docx hoặc .xlsx không macro.")


class ReachesOutside(Problem):
    code = "document.reaches_outside"

    def __init__(self, where: str) -> None:
        super().__init__(
            _(
                "Tệp lấy nội dung từ tệp khác ({where}). Hãy ngắt liên kết, nhúng hình vào tệp rồi"
                " tải lên lại."
            ).format(where=where)
        )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as received; `content_type` was told from the bytes, the name's ending made to fit."""

    content: bytes
    content_type: str
    name: str


def upload_of(content: bytes, *, name: str) -> Upload:
    """Raises FileMissing, FileTooLarge, FileRefused, PdfRefused, HasMacros, ReachesOutside."""
    if not content:
        raise FileMissing
    if len(content) > MAX_BYTES:
        raise FileTooLarge
    content_type = _pdf(content) if content.startswith(b"%PDF-") else _office(content)
    stem = PurePath(name.replace("\\", "/")).stem.strip()[:150] or "tai-lieu"
    return Upload(content, content_type, f"{stem}.{ENDINGS[content_type]}")


def _pdf(content: bytes) -> str:
    try:
        page_sizes(content)
    except BadPdf as error:
        raise PdfRefused(str(error)) from error
    return PDF


def _office(content: bytes) -> str:
    """Word or Excel by what the package says it is; what is neither is refused as broken."""
    if not content.startswith(b"PK\x03\x04"):
        raise FileRefused
    for content_type, main in _MAIN.items():
        try:
            check_office(
                content, main=main, most=MAX_BYTES, most_unpacked=_MAX_UNPACKED, may_link=True
            )
        except Harmful as found:
            if found.reason is not Reason.NOT_ONE:
                raise _problem(found) from found
        else:
            return content_type
    raise FileRefused


def _problem(found: Harmful) -> Problem:
    match found.reason:
        case Reason.TOO_LARGE:
            return FileTooLarge()
        case Reason.MACROS:
            return HasMacros()
        case Reason.OUTSIDE:
            return ReachesOutside(found.where)
    return FileRefused()
