"""Controlled documents of the company: a report, two forms, a procedure in its second issue."""

from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Department
from backend.pdf import FAMILIES, FONT_FACES, PdfUnavailable, pdf
from reporting.asking import WEEKLY
from reporting.control.distributing import acknowledge, give_copies
from reporting.control.issuing import approve, submit
from reporting.control.registering import Draft, Entry, draft_issue, register
from reporting.control.uploads import Upload, upload_of
from reporting.models import ControlledDocument, DocumentKind

_TITLE: Final = "QUY TRÌNH NHẬN VÀ KIỂM ĐẾM VÉ Ế"
_FIRST: Final = (
    "1. Đại lý nộp vé ế trước giờ quay theo hợp đồng.",
    "2. Hai người kiểm đếm độc lập, ghi số vào hệ thống.",
    "3. Lệch số thì đếm lại trước mặt đại lý, lập biên bản.",
)
_ADDED: Final = (
    "4. Vé ế được cắt góc ngay sau khi hai số khớp.",
    "5. Trưởng phòng Kinh doanh xác nhận trước khi khóa kỳ.",
)


def create_documents(*, controller: User, approver: User, reader: User, at: datetime) -> None:
    """Enter and approve them as of some months ago; nothing when there are any."""
    if ControlledDocument.objects.exists():
        return
    began = _morning(at, days_ago=120)
    papers = (_paper(_TITLE, _FIRST), _paper(_TITLE, (*_FIRST, *_ADDED)))
    with transaction.atomic():
        _made(
            "BC-01",
            Entry(
                "Báo cáo giao ban tuần",
                DocumentKind.REPORT,
                _unit("TCHC"),
                title_en="Weekly briefing report",
                report=WEEKLY,
            ),
            controller, approver, at=began,
        )  # fmt: skip
        for code, form, title in (
            ("BM-01-01", "01a-LĐTL", "Bảng chấm công"),
            ("BM-01-02", "01b-LĐTL", "Bảng chấm công làm thêm giờ"),
        ):
            entry = Entry(title, DocumentKind.FORM, _unit("TCHC"), form=form)
            _made(code, entry, controller, approver, at=began)
        _procedure(papers, controller, approver, reader, began=began, at=at)


def _procedure(
    papers: tuple[Upload | None, Upload | None],
    controller: User,
    approver: User,
    reader: User,
    *,
    began: datetime,
    at: datetime,
) -> None:
    """Two issues: read by one person, paper of the first to take back."""
    entry = Entry(
        "Quy trình nhận và kiểm đếm vé ế",
        DocumentKind.PROCEDURE,
        _unit("KD"),
        title_en="Receiving and counting unsold tickets",
    )
    document = register("QT-01", entry, by=controller, at=began)
    first, second = papers
    if first is None:
        return
    _issue(document, "Ban hành lần đầu", first, controller, approver, at=began)
    give_copies(document, [_unit("KD"), reader], is_printed=True, by=controller, at=began)
    again = _morning(at, days_ago=20)
    what = "Thêm bước cắt góc vé ế và xác nhận của trưởng phòng"
    _issue(document, what, second, controller, approver, at=again)
    acknowledge(document.issues.get(number=2), by=reader, at=again + timedelta(days=1))


def _made(
    code: str, entry: Entry, controller: User, approver: User, *, at: datetime
) -> ControlledDocument:
    document = register(code, entry, by=controller, at=at)
    _issue(document, "Ban hành lần đầu", None, controller, approver, at=at)
    return document


def _issue(
    document: ControlledDocument,
    summary: str,
    file: Upload | None,
    controller: User,
    approver: User,
    *,
    at: datetime,
) -> None:
    draft = Draft(summary, at.astimezone(VN).date(), file)
    issue = draft_issue(document, draft, by=controller, at=at)
    submit(issue, by=controller, at=at + timedelta(minutes=30))
    approve(issue, effective=None, by=approver, at=at + timedelta(minutes=90))


def _paper(title: str, lines: tuple[str, ...]) -> Upload | None:
    """None where the machine cannot make PDF."""
    text = "".join(f"<p>{line}</p>" for line in lines)
    style = f"{FONT_FACES} @page {{ size: A4; margin: 25mm; }} body {{ font: 12pt {FAMILIES}; }}"
    try:
        made = pdf(
            f'<html lang="vi"><head><title>{title}</title><style>{style}</style></head>'
            f"<body><h1>{title}</h1>{text}</body></html>"
        )
    except PdfUnavailable:
        return None
    return upload_of(made, name="QT-01.pdf")


def _morning(at: datetime, *, days_ago: int) -> datetime:
    """Steps of one day follow in hours: whoever starts the demonstration at night has them, too."""
    day = (at - timedelta(days=days_ago)).astimezone(VN).date()
    return datetime.combine(day, time(9), tzinfo=VN)


def _unit(code: str) -> Department:
    return Department.objects.get(code=code)
