"""Making editions: read the figures, build every face, keep all of it in one fenced transaction."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
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
from backend.org.models import Company, Region
from backend.pdf import PdfUnavailable, pdf
from backend.problems import Problem
from reporting import delivery, figures, recipients
from reporting.builders import html
from reporting.builders.briefing import Briefing, Heading, digest, freeze
from reporting.builders.mail import Letter
from reporting.builders.workbook import workbook
from reporting.models import Edition, EditionFile, EditionQuerySet, FileKind, Recipient
from reporting.periods import week_before

logger = logging.getLogger(__name__)

WEEKLY = "weekly-briefing"
HANDLER = "report.weekly_briefing"
CONTENT_TYPES = {
    FileKind.HTML: "text/html; charset=utf-8",
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class AlreadyBeingMade(Problem):
    """The same edition is asked for again while it is still in the queue."""

    code = "edition.being_made"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Bản mới đang được lập; hãy chờ ít giây rồi tải lại trang."))


@dataclass(frozen=True)
class Draft:
    """An edition before it is kept: the value, its snapshot, and its faces or why one is missing."""

    briefing: Briefing
    region: Region | None
    snapshot: str
    sha256: str
    faces: dict[FileKind, bytes]
    reasons: dict[FileKind, str]
    letter: Letter
    attached: list[str]


def run_due(run: Run, *, fence: Fence) -> None:
    """What the schedule "report.weekly_briefing" does: an edition per scope, mailed to its readers.

    The payload may name another period (`first_date`, `last_date`), the person who asked
    (`made_by`) and `send: false`.
    """
    first, last = _period(run)
    cut_off_at = queue.database_now()
    readers = recipients.readers_of(run, report=WEEKLY)
    drafts = [
        draft(first=first, last=last, region=scope, cut_off_at=cut_off_at)
        for scope in _scopes(readers)
    ]
    with transaction.atomic():
        fence.hold()
        editions = [
            keep(each, run=run, readers=readers if run.payload.get("send", True) else [])
            for each in drafts
        ]
        fence.finish()
    for edition in editions:
        local = cut_off_at.astimezone(VN)
        announce("edition.made", f"Đã lập {edition.code}, chốt số liệu {local:%H:%M %d/%m/%Y}")


def request_new(*, first: date, last: date, send: bool, by: User, at: datetime) -> Run:
    """Ask for another edition of a period; a scheduler makes it. Raises AlreadyBeingMade."""
    payload = {
        "first_date": first.isoformat(),
        "last_date": last.isoformat(),
        "made_by": by.pk,
        "send": send,
    }
    waiting = Run.objects.filter(
        handler=HANDLER,
        state__in=[RunState.DUE, RunState.DOING],
        due_at__lte=at,
        payload__first_date=payload["first_date"],
    )
    if waiting.exists():
        raise AlreadyBeingMade
    return queue.enqueue(handler=HANDLER, payload=payload, due_at=at)


def _period(run: Run) -> tuple[date, date]:
    if "first_date" in run.payload:
        payload = run.payload
        return date.fromisoformat(payload["first_date"]), date.fromisoformat(payload["last_date"])
    return week_before(run.due_at)


def _scopes(readers: list[Recipient]) -> list[Region | None]:
    """The whole company always, and every region somebody is responsible for."""
    regions = {scope.pk: scope for reader in readers if (scope := recipients.scope_of(reader))}
    return [None, *(regions[pk] for pk in sorted(regions))]


def draft(*, first: date, last: date, region: Region | None, cut_off_at: datetime) -> Draft:
    """Read the figures and build every face; nothing is kept yet."""
    number = 1 + _editions_of(first, last, region).count()
    heading = _heading(first, last, region, cut_off_at, number)
    briefing = figures.weekly_briefing(heading=heading, region=region)
    snapshot = freeze(briefing)
    sha256 = digest(snapshot)
    faces = {
        FileKind.HTML: html.article(briefing, sha256=sha256).encode(),
        FileKind.XLSX: workbook(briefing, sha256=sha256),
    }
    reasons: dict[FileKind, str] = {}
    try:
        faces[FileKind.PDF] = pdf(html.document(briefing, sha256=sha256))
    except PdfUnavailable as missing:
        logger.warning("no PDF: %s", missing)
        reasons[FileKind.PDF] = _(
            "Máy chủ thiếu thư viện để tạo PDF (Pango). Cài libpango-1.0-0 và libpangoft2-1.0-0"
            " rồi lập bản mới; các phần khác của báo cáo vẫn đủ."
        )
    letter, attached = delivery.write(
        briefing,
        sha256=sha256,
        files={
            file_name(heading.code, kind): len(content)
            for kind, content in faces.items()
            if kind is not FileKind.HTML
        },
    )
    return Draft(briefing, region, snapshot, sha256, faces, reasons, letter, attached)


def file_name(code: str, kind: FileKind) -> str:
    """What a downloaded or attached file is called."""
    return f"{code}.{kind}"


def _editions_of(first: date, last: date, region: Region | None) -> EditionQuerySet:
    return Edition.objects.filter(
        report=WEEKLY, period_first_date=first, period_last_date=last, region=region
    )


def _heading(
    first: date, last: date, region: Region | None, cut_off_at: datetime, number: int
) -> Heading:
    company = Company.objects.order_by("pk").first()
    year, week, _day = first.isocalendar()
    scope = f"{region.code}-" if region else ""
    return Heading(
        report=WEEKLY,
        code=f"giao-ban-tuan-{year}-w{week:02d}-{scope}{number}",
        number=number,
        company=company.name if company else "",
        company_owner=company.owner_name if company else "",
        company_short=company.short_name if company else "Giao Ban",
        is_demonstration=bool(company and company.is_demonstration),
        first_date=first,
        last_date=last,
        region=region.name if region else "",
        cut_off_at=cut_off_at,
    )


def keep(made: Draft, *, run: Run, readers: list[Recipient]) -> Edition:
    """Save the edition with its files and put it into the outbox of those whose scope it is."""
    heading = made.briefing.heading
    edition = Edition.objects.create(
        code=heading.code,
        report=heading.report,
        period_first_date=heading.first_date,
        period_last_date=heading.last_date,
        region=made.region,
        number=heading.number,
        cut_off_at=heading.cut_off_at,
        snapshot=made.snapshot,
        sha256=made.sha256,
        is_complete=made.briefing.completeness.is_complete,
        program_version=__version__,
        template_version=html.TEMPLATE_VERSION,
        run=run,
        made_by_id=run.payload.get("made_by"),
    )
    stored = _store(edition, made)
    delivery.post(
        edition,
        made.letter,
        to=[each for each in readers if recipients.scope_of(each) == made.region],
        files=[(name, stored[name]) for name in made.attached],
    )
    return edition


def _store(edition: Edition, made: Draft) -> dict[str, StoredFile]:
    """Keep the faces, and the reasons of those that are missing. File name → bytes."""
    kept = {kind: store_file(content, CONTENT_TYPES[kind]) for kind, content in made.faces.items()}
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
        for kind, reason in made.reasons.items()
    ]
    EditionFile.objects.bulk_create([*files, *missing])
    return {file_name(edition.code, kind): file for kind, file in kept.items()}
