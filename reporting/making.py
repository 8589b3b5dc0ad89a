"""Making editions: read the figures, build every face, keep all of it in one fenced transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec
from django.db import connection, transaction

from backend.clock import VN
from backend.jobs import queue
from backend.jobs.models import Run
from backend.jobs.queue import Fence
from backend.milestones import announce
from backend.org.models import Company
from reporting import figures, recipients
from reporting.asking import WEEKLY, period_of_run
from reporting.assembling import assemble
from reporting.builders.comparing import compare, tells_the_same
from reporting.builders.content import Heading, Report, digest, freeze
from reporting.control.in_force import controlled_under
from reporting.defining import Asked, Definition
from reporting.definitions import definition
from reporting.editions import Draft, editions_of, first_of, keep, kept_before, next_number
from reporting.faces import faces_of
from reporting.mails import mails_of
from reporting.periods import Period
from reporting.scopes import COMPANY, Place, all_places, places_of

#: The advisory locks of whoever makes an edition: one of a report and period.
_MAKING = 0x6D616B65


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
            or_kept=run.schedule_id is not None or "schedule" in run.payload,
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
    local = f"{cut_off_at.astimezone(VN):%H:%M %d/%m/%Y}"
    for each, edition in zip(drafts, editions, strict=True):
        if each.kept:
            announce("edition.holds", f"{edition.code} vẫn đúng lúc {local}, không lập bản mới")
        else:
            announce("edition.made", f"Đã lập {edition.code}, chốt số liệu {local}")


def draft(
    wanted: Definition,
    *,
    period: Period,
    cut_off_at: datetime,
    place: Place = COMPANY,
    trial: int | None = None,
    in_english: bool = False,
    or_kept: bool = False,
) -> Draft:
    """Read the figures and build every face and mail; nothing is kept yet.

    A `trial` is called by that number (its run's) and takes none of the editions' own. With
    `or_kept` it is the newest edition itself where that tells the same.
    """
    earlier = editions_of(wanted, period, place)
    asked = Asked(period, place.scope(cut_off_at.astimezone(VN).date()), cut_off_at)
    number = 0 if trial else next_number(wanted, period, place, stem=stem_of(wanted, asked))
    heading = heading_of(wanted, asked, number=number, trial=trial)
    report = made_report(wanted, asked, heading, first=first_of(earlier))
    if or_kept and not trial and (newest := earlier.order_by("-number").first()):
        kept = kept_before(newest, place=place, at=cut_off_at, in_english=in_english)
        if kept and tells_the_same(kept.report, report):
            return kept
    snapshot = freeze(report)
    sha256 = digest(snapshot)
    faces = faces_of(report, sha256=sha256)
    mails = mails_of(report, sha256=sha256, made=faces.made, in_english=in_english)
    return Draft(report, place, cut_off_at, snapshot, sha256, faces, mails)


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


def stem_of(wanted: Definition, asked: Asked) -> str:
    """The code of an edition before its number: giao-ban-tuan-2026-w47."""
    scope = asked.scope
    return "-".join([wanted.slug, asked.period.code, *([scope.slug] if scope.code else [])])


def heading_of(
    wanted: Definition, asked: Asked, *, number: int, trial: int | None = None
) -> Heading:
    """What stands above the edition: whose it is, of which period and scope, under which code."""
    company = Company.objects.own()
    period, scope = asked.period, asked.scope
    under, template = controlled_under(wanted.code, on=asked.cut_off_at.astimezone(VN).date())
    return Heading(
        report=wanted.code,
        code=f"{stem_of(wanted, asked)}-{f'thu-{trial}' if trial else number}",
        number=number,
        title=f"{wanted.title.vi} {period.name()}",
        short_title=f"{wanted.short.vi} {period.name()}",
        company=company.name,
        company_owner=company.owner_name,
        company_short=company.short_name or "Giao Ban",
        is_demonstration=company.is_demonstration,
        period_kind=period.kind,
        period=period.name(),
        first_date=period.first,
        last_date=period.last,
        scope=scope.name,
        cut_off_at=asked.cut_off_at,
        document=under,
        word_template=template,
    )
