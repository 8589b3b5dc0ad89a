"""Keeping editions with their files and mailing them, and reading what was kept."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db.models import Max, Q

from backend import __version__
from backend.jobs.models import Run
from backend.mail.outbox import store_file
from reporting import delivery
from reporting.builders.content import Report, thaw
from reporting.builders.speaking import Language
from reporting.defining import Definition
from reporting.faces import CONTENT_TYPES, Faces, file_name, template_version
from reporting.mails import Mail, mails_of
from reporting.models import Edition, EditionFile, EditionQuerySet, FileKind, Recheck, Recipient
from reporting.periods import Period
from reporting.scopes import Place


@dataclass(frozen=True)
class Draft:
    """An edition before it is kept: the value, its snapshot, its faces and its mail.

    `kept` is the edition that tells the same already and is only to be mailed, `at` the cut-off.
    """

    report: Report
    place: Place
    at: datetime
    snapshot: str
    sha256: str
    faces: Faces
    mails: dict[Language, Mail]
    kept: Edition | None = None


def kept_before(edition: Edition, *, place: Place, at: datetime, in_english: bool) -> Draft | None:
    """The edition with its files as they are kept; None where a face is missing or its content has
    no common form yet.
    """
    report = report_of(edition)
    files = edition.files.select_related("stored").order_by("pk")
    made = {FileKind(each.kind): bytes(each.stored.content) for each in files if each.stored}
    if report is None or len(made) < len(files):
        return None
    mails = mails_of(report, sha256=edition.sha256, made=made, in_english=in_english)
    faces = Faces(made, {})
    return Draft(report, place, at, edition.snapshot, edition.sha256, faces, mails, edition)


def report_of(edition: Edition) -> Report | None:
    """The content of an edition; None of one frozen before reports had a common form."""
    return _report(edition.snapshot)


def _report(snapshot: str) -> Report | None:
    try:
        return thaw(snapshot)
    except msgspec.ValidationError:
        return None


def editions_of(wanted: Definition, period: Period, place: Place) -> EditionQuerySet:
    return Edition.objects.issued().filter(
        report=wanted.code,
        period_first_date=period.first,
        period_last_date=period.last,
        **place.columns,
    )


def next_number(wanted: Definition, period: Period, place: Place, *, stem: str) -> int:
    """The number of the next edition of a period; its code begins with `stem`.

    An edition of a part of a period, as could be made once, bears the period's code too and keeps its
    number.
    """
    named = Q(period_first_date=period.first, period_last_date=period.last)
    named |= Q(code__startswith=f"{stem}-")
    same = Edition.objects.issued().filter(named, report=wanted.code, **place.columns)
    return 1 + (same.aggregate(highest=Max("number"))["highest"] or 0)


def first_of(earlier: EditionQuerySet) -> Report | None:
    """The first edition of the same thing, if its content can be compared."""
    first = earlier.order_by("number").first()
    return _report(first.snapshot) if first else None


def keep(made: Draft, *, run: Run, to: list[Recipient]) -> Edition:
    """Save the edition, or note that a kept one still holds; put it into the outbox of its readers.

    Whoever has a copy of it gets no other.
    """
    edition = made.kept or _kept(made, run)
    if made.kept:
        Recheck.objects.create(edition=edition, run=run, at=made.at)
        to = _without_copy(edition, to)
    for language, mail in made.mails.items():
        delivery.post(
            edition,
            mail.letter,
            to=[each for each in to if each.language == language],
            files=[(name, store_file(*file)) for name, file in mail.files.items()],
            due_at=made.at,
        )
    return edition


def _without_copy(edition: Edition, readers: list[Recipient]) -> list[Recipient]:
    """Those who have not got it by any schedule."""
    had = Recipient.objects.filter(delivery__edition=edition).values_list("user", "address")
    known = set(had)
    return [each for each in readers if (each.user_id, each.address) not in known]


def _kept(made: Draft, run: Run) -> Edition:
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
