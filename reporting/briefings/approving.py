"""Papers of a briefing: the draft, approval by the chair with a number, sending, a new issue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from backend.accounts.models import User
from backend.clock import VN
from backend.mail import outbox
from backend.mail.models import StoredFile
from backend.org.models import Company
from backend.pdf import PdfUnavailable, pdf
from backend.problems import Problem
from reporting.briefings.agenda import agenda_of
from reporting.briefings.leading import require_leader
from reporting.briefings.letters import link_of
from reporting.briefings.meeting import newest_minutes, roll_of
from reporting.briefings.votes import in_one_line
from reporting.control.in_force import foot_of_form
from reporting.models import (
    Briefing,
    BriefingPaper,
    BriefingState,
    PaperKind,
    PaperSending,
    Presence,
)
from reporting.papers.content import Attendee, Decision, PaperContent, digest, freeze, printable
from reporting.papers.writing import document, word
from reporting.tasks.following_up import TaskLine, decided
from reporting.tasks.states import State

WORD_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LETTERS: Final = {PaperKind.MINUTES: "BB", PaperKind.NOTICE: "TB"}
#: What the papers are called in the register of controlled documents.
_FORMS: Final = {PaperKind.MINUTES: "bien-ban", PaperKind.NOTICE: "thong-bao"}
#: Two chairs who approve at once are given numbers one after the other.
_TRIES: Final = 5


class NotClosed(Problem):
    status = 409
    code = "paper.not_closed"
    message = _("Phiên họp chưa bế mạc. Hãy bế mạc rồi duyệt văn bản.")


class NotTheChair(Problem):
    status = 403
    code = "paper.not_the_chair"
    message = _("Chỉ chủ trì duyệt được văn bản của phiên họp.")


class IssuedAlready(Problem):
    """There is one; a new issue says why."""

    status = 409
    code = "paper.issued"
    message = _("Văn bản này đã ban hành. Muốn sửa, hãy ghi lý do để ban hành bản thay thế.")


class NoPdf(Problem):
    status = 503
    code = "paper.no_pdf"
    message = _(
        "Máy chủ thiếu thư viện để tạo PDF (Pango) nên chưa duyệt được. Hãy báo quản trị cài"
        " libpango-1.0-0 và libpangoft2-1.0-0."
    )


class AddressRefused(Problem):
    code = "paper.address"

    def __init__(self, address: str) -> None:
        super().__init__(
            _(
                "«{address}» không phải địa chỉ thư của một tên miền được phép. Hãy sửa rồi gửi"
                " lại; chưa thư nào được gửi."
            ).format(address=address[:100])
        )


@dataclass(frozen=True, slots=True)
class _Files:
    pdf: bytes
    docx: bytes


def draft(briefing: Briefing, kind: PaperKind, *, at: datetime) -> PaperContent:
    """The paper as it would be approved now, without a number."""
    company = Company.objects.own()
    begins = (briefing.opened_at or briefing.starts_at).astimezone(VN)
    ends = (briefing.closed_at or briefing.starts_at + briefing.duration).astimezone(VN)
    minutes = newest_minutes(briefing)
    here, online, absent = _people(briefing)
    last = newest(briefing, kind)
    content = PaperContent(
        kind=kind.value,
        number=0,
        symbol=f"{_LETTERS[kind]}-{briefing.series.symbol}",
        day=at.astimezone(VN).date(),
        place=briefing.series.issuing_place,
        company=company.name,
        company_owner=company.owner_name,
        is_demonstration=company.is_demonstration,
        meeting=briefing.title,
        meeting_day=begins.date(),
        meeting_place=briefing.place,
        began=f"{begins:%H:%M}",
        ended=f"{ends:%H:%M}",
        chair=str(briefing.chair),
        chair_title=_title(briefing.chair),
        secretary=str(briefing.secretary),
        present=here,
        online=online,
        absent=absent,
        agenda=tuple(item.title for item in agenda_of(briefing)),
        proceedings=minutes.text if minutes else "",
        opinions=tuple(
            in_one_line(poll, at=at) for poll in briefing.polls.order_by("pk") if poll.is_over(at)
        ),
        decisions=_decisions(briefing, at),
        copies_to=tuple(line for line in briefing.series.copies_to.splitlines() if line.strip()),
        replaces=last.full_number if last else "",
        controlled=foot_of_form(_FORMS[kind], at.astimezone(VN).date()),
    )
    return printable(content)


def newest(briefing: Briefing, kind: PaperKind) -> BriefingPaper | None:
    """The paper of a kind that holds."""
    return briefing.papers.filter(kind=kind).order_by("-pk").first()


def approve(
    briefing: Briefing, kind: PaperKind, *, reason: str, by: User, at: datetime
) -> BriefingPaper:
    """Freeze the paper under the next number of the year; with a reason it replaces the one before.

    Raises NotTheChair, NotClosed, IssuedAlready, NoPdf.
    """
    if by.pk != briefing.chair_id:
        raise NotTheChair
    if briefing.state != BriefingState.CLOSED:
        raise NotClosed
    last = newest(briefing, kind)
    if last is not None and not reason.strip():
        raise IssuedAlready
    content = draft(briefing, kind, at=at)
    for _attempt in range(_TRIES):
        numbered = replace(content, number=_next_number(kind, content.day.year))
        try:
            return _keep(briefing, numbered, _made(numbered), last, reason, by=by, at=at)
        except IntegrityError:
            if newest(briefing, kind) != last:
                raise IssuedAlready from None
    raise IssuedAlready


def _next_number(kind: PaperKind, year: int) -> int:
    known = BriefingPaper.objects.filter(kind=kind, year=year).aggregate(last=Max("number"))
    return (known["last"] or 0) + 1


def _made(content: PaperContent) -> _Files:
    """Both files; made before the transaction that keeps them."""
    try:
        return _Files(pdf(document(content)), word(content))
    except PdfUnavailable as missing:
        raise NoPdf from missing


def _keep(
    briefing: Briefing,
    content: PaperContent,
    files: _Files,
    last: BriefingPaper | None,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> BriefingPaper:
    text = freeze(content)
    with transaction.atomic():
        return BriefingPaper.objects.create(
            briefing=briefing,
            kind=content.kind,
            year=content.day.year,
            number=content.number,
            symbol=content.symbol,
            content=text,
            sha256=digest(text),
            pdf=outbox.store_file(files.pdf, "application/pdf"),
            docx=outbox.store_file(files.docx, WORD_TYPE),
            approved_by=by,
            approved_at=at,
            replaces=last,
            reason=reason.strip()[:300] if last else "",
        )


def send(paper: BriefingPaper, *, addresses: Sequence[str], by: User, at: datetime) -> int:
    """Send the paper to everybody invited and to further addresses of allowed domains, once each.

    Returns how many mails are new. Raises NotLeading, AddressRefused.
    """
    briefing = paper.briefing
    require_leader(briefing, by)
    people = [row.user for row in briefing.participants.select_related("user").order_by("pk")]
    wanted: dict[str, User | str] = {u.email: u for u in people if u.is_active and u.email}
    for address in map(_allowed, addresses):
        wanted.setdefault(address, address)
    sent = paper.sendings.values_list("recipient", "mail__recipient")
    known = {address for both in sent for address in both}
    fresh = {address: to for address, to in wanted.items() if address not in known}
    with transaction.atomic():
        for place, (address, to) in enumerate(fresh.items(), start=len(sent) + 1):
            mail = outbox.enqueue(
                message_id=outbox.own_message_id(f"van-ban.{paper.pk}.{place}"),
                recipient=to,
                subject=f"{capfirst(paper.get_kind_display())} {paper.full_number}: {briefing.title}",
                text=_letter(paper),
                files=_attached(paper),
                due_at=at,
            )
            PaperSending.objects.create(paper=paper, recipient=address, mail=mail, by=by)
    return len(fresh)


def _allowed(address: str) -> str:
    """Raises AddressRefused."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise AddressRefused(address) from error
    if address.rsplit("@", 1)[1].lower() not in settings.MAIL_ALLOWED_DOMAINS:
        raise AddressRefused(address)
    return address


def _letter(paper: BriefingPaper) -> str:
    again = f"Văn bản này thay thế {paper.replaces.full_number}.\n\n" if paper.replaces else ""
    return (
        f"Kính gửi các đơn vị và cá nhân,\n\nGửi kèm {paper.get_kind_display()} số"
        f" {paper.full_number} của {paper.briefing.title}.\n\n{again}"
        f"Xem trên hệ thống: {link_of(paper.briefing)}\n"
    )


def _attached(paper: BriefingPaper) -> list[tuple[str, StoredFile]]:
    kept = ((paper.pdf, "pdf"), (paper.docx, "docx"))
    return [(file_name(paper, ending), file) for file, ending in kept if file is not None]


def file_name(paper: BriefingPaper, ending: str) -> str:
    """ "05-TB-XSKT-2026.pdf"."""
    return f"{paper.number:02d}-{paper.symbol}-{paper.year}.{ending}"


def _people(briefing: Briefing) -> tuple[tuple[Attendee, ...], ...]:
    """Who was there, online, and absent; who was not called is not told."""
    calls = roll_of(briefing)
    rows = briefing.participants.select_related("user__employee").order_by("pk")
    found: dict[str, list[Attendee]] = {presence.value: [] for presence in Presence}
    for row in rows:
        if call := calls.get(row.pk):
            position = row.user.employee.position if row.user.employee else ""
            person = Attendee(str(row.user), row.unit, position, call.reason)
            found[call.presence].append(person)
    order: Iterable[str] = (Presence.PRESENT, Presence.ONLINE, Presence.ABSENT)
    return tuple(tuple(found[presence]) for presence in order)


def _decisions(briefing: Briefing, at: datetime) -> tuple[Decision, ...]:
    """What holds: a conclusion whose task was cancelled is not announced."""
    lines = [line for line in decided(briefing, at=at) if line.state is not State.CANCELLED]
    return tuple(
        Decision(
            text=line.task.conclusion.text.rstrip("."),
            owners=line.owners,
            due=line.due,
            kpi=_figure(line),
        )
        for line in lines
    )


def _figure(line: TaskLine) -> str:
    """The figure with its value at the decision, where there was one."""
    return f"{line.kpi} {line.kpi_then}" if line.task.kpi_value is not None else line.kpi


def _title(user: User) -> str:
    """The office of who signs, as the staff list has it."""
    return (user.employee.position if user.employee else "") or "Chủ trì"
