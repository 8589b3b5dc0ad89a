"""Making editions: read the figures, build every face, keep all of it in one fenced transaction."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256 as sha256_of
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend import __version__
from backend.accounts.models import User
from backend.clock import VN
from backend.jobs import queue
from backend.jobs.models import Run, RunState
from backend.jobs.queue import Fence
from backend.mail.models import StoredFile
from backend.mail.outbox import store_file
from backend.milestones import announce
from backend.org.models import Company
from backend.pdf import PdfUnavailable, pdf
from backend.problems import Problem
from reporting import delivery, figures, recipients
from reporting.assembling import assemble
from reporting.builders import html
from reporting.builders.comparing import compare
from reporting.builders.content import Heading, Report, digest, freeze, thaw
from reporting.builders.docx import BadTemplate, docx
from reporting.builders.mail import Letter
from reporting.builders.speaking import Language, speaking
from reporting.builders.workbook import workbook
from reporting.control.in_force import controlled_under
from reporting.control.uploads import DOCX
from reporting.defining import Asked, Definition
from reporting.definitions import definition
from reporting.in_english import KINDS as ENGLISH_KINDS
from reporting.in_english import english_report
from reporting.in_english import file_of as english_of
from reporting.models import Edition, EditionFile, EditionQuerySet, FileKind, Recipient
from reporting.periods import Period
from reporting.scopes import COMPANY, Place, all_places, places_of

logger = logging.getLogger(__name__)

#: Advisory locks, each of a report and period: held by whoever asks for an edition, or makes one.
_ASKING, _MAKING = 0x61736B, 0x6D616B65
WEEKLY = "weekly-briefing"
#: What makes editions of the report named in the payload. Schedules remember it by this old name.
HANDLER = "report.weekly_briefing"
CONTENT_TYPES = {
    FileKind.HTML: "text/html; charset=utf-8",
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: DOCX,
}


class AlreadyBeingMade(Problem):
    """The same edition is asked for again while it is still in the queue."""

    code = "edition.being_made"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Bản mới đang được lập; hãy chờ ít giây rồi tải lại trang."))


@dataclass(frozen=True)
class Faces:
    """Every face of a report, or why one is missing."""

    made: dict[FileKind, bytes]
    reasons: dict[FileKind, str]


@dataclass(frozen=True)
class Mail:
    """What is sent in one language: the letter, and the files that go with it by their names."""

    letter: Letter
    files: dict[str, tuple[bytes, str]]


@dataclass(frozen=True)
class Draft:
    """An edition before it is kept: the value, its snapshot, its faces and its mail."""

    report: Report
    place: Place
    snapshot: str
    sha256: str
    faces: Faces
    mails: dict[Language, Mail]


def run_due(run: Run, *, fence: Fence) -> None:
    """Make the editions a run asks for: one for each scope, mailed to its readers.

    The payload may name the `report` (else the weekly briefing), another period (`first_date`,
    `last_date`), the person who asked (`made_by`) and `send: false`. Raises NoSuchReport.
    """
    wanted = definition(run.payload.get("report", WEEKLY))
    period = period_of_run(wanted, run)
    with _alone_making(wanted, period):
        _make(wanted, period, run=run, fence=fence)


@contextmanager
def _alone_making(wanted: Definition, period: Period) -> Iterator[None]:
    """Whoever makes the same thing waits: its number, and what changed, are not known before.

    A lock of the session, since building takes seconds and no transaction may stay open so long. A
    process that dies lets it go.
    """
    lock = (_MAKING, f"{wanted.code} {period.first}")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, hashtext(%s))", lock)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s, hashtext(%s))", lock)


def _make(wanted: Definition, period: Period, *, run: Run, fence: Fence) -> None:
    cut_off_at = queue.database_now()
    readers = recipients.readers_of(run, report=wanted.code)
    sends = run.payload.get("send", True)
    told = {each.pk: places_of(each.user, wanted) for each in readers}
    trial = run.pk if "only" in run.payload else None
    places = all_places(told.values(), with_company=trial is None)
    drafts = [
        draft(
            wanted,
            period=period,
            place=place,
            cut_off_at=cut_off_at,
            trial=trial,
            in_english=any(r.language == "en" and place in told[r.pk] for r in readers),
        )
        for place in places
    ]
    with transaction.atomic():
        fence.hold()
        editions = [
            keep(each, run=run, to=[one for one in readers if sends and each.place in told[one.pk]])
            for each in drafts
        ]
        fence.finish()
    for edition in editions:
        local = cut_off_at.astimezone(VN)
        announce("edition.made", f"Đã lập {edition.code}, chốt số liệu {local:%H:%M %d/%m/%Y}")


def request_new(
    *, first: date, last: date, send: bool, by: User, at: datetime, report: str = WEEKLY
) -> Run:
    """Ask for another edition of a period; a scheduler makes it.

    Raises AlreadyBeingMade (by another person or a schedule), NoSuchReport.
    """
    wanted = definition(report)
    payload = {
        "report": wanted.code,
        "first_date": first.isoformat(),
        "last_date": last.isoformat(),
        "made_by": by.pk,
        "send": send,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(%s, hashtext(%s))", [_ASKING, f"{wanted.code} {first}"]
        )
        if any(period_of_run(wanted, each).first == first for each in _waiting(report, at=at)):
            raise AlreadyBeingMade
        return queue.enqueue(handler=HANDLER, payload=payload, due_at=at)


def _waiting(report: str, *, at: datetime) -> QuerySet[Run]:
    """Runs that are about to make editions of the report, or do so now; trials are none."""
    due = Run.objects.filter(
        handler=HANDLER, state__in=[RunState.DUE, RunState.DOING], due_at__lte=at
    ).exclude(payload__has_key="only")
    named = Q(payload__report=report)
    if report == WEEKLY:
        named |= ~Q(payload__has_key="report")
    return due.filter(named)


def period_of_run(wanted: Definition, run: Run) -> Period:
    """The period the payload names, else the last one that had ended when the run was due."""
    if "first_date" in run.payload:
        days = (date.fromisoformat(run.payload[name]) for name in ("first_date", "last_date"))
        return Period(wanted.period, *days)
    return wanted.last_period(run.due_at)


def draft(
    wanted: Definition,
    *,
    period: Period,
    cut_off_at: datetime,
    place: Place = COMPANY,
    trial: int | None = None,
    in_english: bool = False,
) -> Draft:
    """Read the figures and build every face and mail; nothing is kept yet.

    A `trial` is called by that number (its run's) and takes none of the editions' own.
    """
    earlier = _editions_of(wanted, period, place)
    asked = Asked(period, place.scope(cut_off_at.astimezone(VN).date()), cut_off_at)
    heading = heading_of(wanted, asked, number=0 if trial else 1 + earlier.count(), trial=trial)
    report = made_report(wanted, asked, heading, first=_first_of(earlier))
    snapshot = freeze(report)
    sha256 = digest(snapshot)
    faces = faces_of(report, sha256=sha256)
    mails: dict[Language, Mail] = {"vi": _mail(report, sha256, faces.made)}
    if in_english:
        mails["en"] = _english_mail(report, sha256)
    return Draft(report, place, snapshot, sha256, faces, mails)


def _mail(report: Report, sha256: str, made: Mapping[FileKind, bytes], suffix: str = "") -> Mail:
    files = {
        file_name(f"{report.heading.code}{suffix}", kind): (content, CONTENT_TYPES[kind])
        for kind, content in made.items()
        if kind in delivery.ATTACHED
    }
    sizes = {name: len(content) for name, (content, _kind) in files.items()}
    letter, attached = delivery.write(report, sha256=sha256, files=sizes)
    return Mail(letter, {name: files[name] for name in attached})


def _english_mail(report: Report, sha256: str) -> Mail:
    """The same frozen numbers, letter and files in English."""
    translated, made = english_report(report), {}
    for kind in (each for each in ENGLISH_KINDS if each in delivery.ATTACHED):
        try:
            made[kind] = english_of(translated, kind, sha256=sha256)
        except PdfUnavailable as missing:
            logger.warning("no PDF: %s", missing)
    with speaking("en"):
        return _mail(translated, sha256, made, suffix="-en")


def made_report(
    wanted: Definition, asked: Asked, heading: Heading, *, first: Report | None
) -> Report:
    """The report as the database tells it now, with what changed since its first edition."""
    told = figures.read(wanted, asked)
    heading = msgspec.structs.replace(heading, recorded_until_at=told.recorded_until_at)
    report = assemble(wanted, asked=asked, heading=heading, data=told.data, found=told.found)
    if first is None:
        return report
    return msgspec.structs.replace(report, sections=(*report.sections, compare(first, report)))


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


def report_of(edition: Edition) -> Report | None:
    """The content of an edition; None of one frozen before reports had a common form."""
    return _report(edition.snapshot)


def _report(snapshot: str) -> Report | None:
    try:
        return thaw(snapshot)
    except msgspec.ValidationError:
        return None


def _editions_of(wanted: Definition, period: Period, place: Place) -> EditionQuerySet:
    return Edition.objects.issued().filter(
        report=wanted.code,
        period_first_date=period.first,
        period_last_date=period.last,
        **place.columns,
    )


def _first_of(earlier: EditionQuerySet) -> Report | None:
    """The first edition of the same thing, if its content can be compared."""
    first = earlier.order_by("number").first()
    return _report(first.snapshot) if first else None


def heading_of(
    wanted: Definition, asked: Asked, *, number: int, trial: int | None = None
) -> Heading:
    """What stands above the edition: whose it is, of which period and scope, under which code."""
    company = Company.objects.order_by("pk").first()
    period, scope = asked.period, asked.scope
    under, template = controlled_under(wanted.code, on=asked.cut_off_at.astimezone(VN).date())
    parts = [wanted.slug, period.code, *([scope.slug] if scope.code else [])]
    parts.append(f"thu-{trial}" if trial else str(number))
    return Heading(
        report=wanted.code,
        code="-".join(parts),
        number=number,
        title=f"{wanted.title.vi} {period.name()}",
        short_title=f"{wanted.short.vi} {period.name()}",
        company=company.name if company else "",
        company_owner=company.owner_name if company else "",
        company_short=company.short_name if company else "Giao Ban",
        is_demonstration=bool(company and company.is_demonstration),
        period_kind=period.kind,
        period=period.name(),
        first_date=period.first,
        last_date=period.last,
        scope=scope.name,
        cut_off_at=asked.cut_off_at,
        document=under,
        word_template=template,
    )


def keep(made: Draft, *, run: Run, to: list[Recipient]) -> Edition:
    """Save the edition with its files and put it into the outbox of its readers."""
    heading = made.report.heading
    edition = Edition.objects.create(
        code=heading.code,
        report=heading.report,
        period_first_date=heading.first_date,
        period_last_date=heading.last_date,
        **made.place.columns,
        number=heading.number,
        cut_off_at=heading.cut_off_at,
        snapshot=made.snapshot,
        sha256=made.sha256,
        is_complete=made.report.completeness.is_complete,
        program_version=__version__,
        template_version=template_version(heading),
        run=run,
        made_by_id=run.payload.get("made_by"),
    )
    _store(edition, made.faces)
    for language, mail in made.mails.items():
        delivery.post(
            edition,
            mail.letter,
            to=[each for each in to if each.language == language],
            files=[(name, store_file(*file)) for name, file in mail.files.items()],
        )
    return edition


def _store(edition: Edition, faces: Faces) -> None:
    """Keep the faces, and the reasons of those that are missing."""
    kept = {kind: store_file(content, CONTENT_TYPES[kind]) for kind, content in faces.made.items()}
    files = [
        EditionFile(edition=edition, kind=kind, name=file_name(edition.code, kind), stored=file)
        for kind, file in kept.items()
    ]
    missing = [
        EditionFile(
            edition=edition,
            kind=kind,
            name=file_name(edition.code, kind),
            unavailable_reason=reason,
        )
        for kind, reason in faces.reasons.items()
    ]
    EditionFile.objects.bulk_create([*files, *missing])
