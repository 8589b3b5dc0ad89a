"""Reads the punches of a span, some people at a time, with what became of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from attendance.engine.facts import BY_HAND
from attendance.exports.punch_trail import ParkedLine, Trail, TrailLine
from attendance.exports.punch_uses import Uses, uses_of
from attendance.models import (
    Enrolment,
    ManualPunch,
    ParkedRecord,
    ParkedResolution,
    PeriodLock,
    PullSource,
    Punch,
    UserIdSetAside,
)
from attendance.people.owners import owners
from attendance.timesheet.timesheets import clock_error
from backend.clock import VN
from backend.org.models import Employee

#: People whose punches are read and computed together.
BATCH: Final = 50
_CHUNK: Final = 2_000
#: Bytes of a parked record that are shown; whole records are shorter.
_RAW: Final = 512

_OWNED: Final = """
    SELECT enrolment.employee_id, punch.device_user_id, terminal.code, punch.serial_number,
        punch.device_time, punch.punched_at, pull.clock_offset_seconds, punch.verify, punch.state,
        pull.source, punch.pull_id, punch.received_at, correction.shift_seconds, correction.reason,
        coalesce(nullif(account.full_name, ''), account.username), correction.at
    FROM attendance_punch punch
    JOIN attendance_pull pull ON pull.id = punch.pull_id
    JOIN attendance_terminal terminal ON terminal.id = punch.terminal_id
    LEFT JOIN attendance_clockcorrection correction ON correction.id = punch.correction_id
    LEFT JOIN accounts_user account ON account.id = correction.by_id
    JOIN attendance_enrolment enrolment
      ON enrolment.device_user_id = punch.device_user_id
     AND (punch.punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= enrolment.valid_from
     AND (enrolment.valid_to IS NULL
          OR (punch.punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= enrolment.valid_to)
    WHERE enrolment.employee_id = ANY(%(people)s)
      AND punch.punched_at >= %(first)s AND punch.punched_at < %(last)s
    ORDER BY punch.punched_at, punch.id
"""

#: Told how many of how many people are done.
Tick = Callable[[int, int], None]


def load_trail(
    people: QuerySet[Employee], *, whole_company: bool, first: date, last: date, tick: Tick
) -> Trail:
    """The trail of these people's punches; with the whole company, of nobody's punches too.

    The lines are read while they are taken, a batch of people at a time.
    """
    within = _moments(first, last)
    nobody = Punch.objects.filter(~Exists(owners()), **within)
    return Trail(
        people=_of_people(people, first, last, tick),
        unknown=_unknown(nobody) if whole_company else (),
        parked=_parked(people, first, last, whole_company=whole_company),
        stored=Punch.objects.filter(**within).count() if whole_company else None,
    )


def _moments(first: date, last: date) -> dict[str, datetime]:
    return {
        "punched_at__gte": datetime.combine(first, time.min, tzinfo=VN),
        "punched_at__lt": datetime.combine(last + timedelta(days=1), time.min, tzinfo=VN),
    }


def _of_people(
    people: QuerySet[Employee], first: date, last: date, tick: Tick
) -> Iterator[TrailLine]:
    enrolled = Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=first), employee=OuterRef("pk"),
        valid_from__lte=last,
    )  # fmt: skip
    by_hand = ManualPunch.objects.filter(employee=OuterRef("pk"), **_moments(first, last))
    chosen = list(
        people.filter(Exists(enrolled) | Exists(by_hand))
        .select_related("department")
        .order_by("department__code", "sort_key", "pk")
    )
    locks = _locks()
    for start in range(0, len(chosen), BATCH):
        tick(start, len(chosen))
        yield from _of_batch(chosen[start : start + BATCH], first, last, locks)
    tick(len(chosen), len(chosen))


def _locks() -> dict[date, datetime]:
    return dict(PeriodLock.objects.standing().values_list("period", "at"))


def _of_batch(
    batch: Sequence[Employee], first: date, last: date, locks: dict[date, datetime]
) -> Iterator[TrailLine]:
    keys = [person.pk for person in batch]
    uses = uses_of(keys, first=first, last=last)
    found: dict[int, list[TrailLine]] = {person.pk: [] for person in batch}
    people = {person.pk: person for person in batch}
    for pk, line in _owned(people, uses, first, last):
        found[pk].append(_after_lock(line, locks))
    for pk, line in _manual(people, uses, first, last):
        found[pk].append(_after_lock(line, locks))
    for pk in keys:
        yield from sorted(found[pk], key=lambda line: line.counted_at)


def _owned(
    people: dict[int, Employee], uses: Uses, first: date, last: date
) -> Iterator[tuple[int, TrailLine]]:
    moments = _moments(first, last)
    with connection.cursor() as cursor:
        cursor.execute(
            _OWNED,
            {
                "people": list(people),
                "first": moments["punched_at__gte"],
                "last": moments["punched_at__lt"],
            },
        )
        rows = cursor.fetchall()
    counted = [(_counted(row[5], row[11], row[6], row[12]), row) for row in rows]
    for (moment, error), row in sorted(counted, key=lambda each: each[0][0]):
        yield row[0], _line(people[row[0]], uses, moment, error, row)


def _counted(
    punched: datetime, received: datetime, measured: int | None, shift: int | None
) -> tuple[datetime, int]:
    """The moment that counts, and how many seconds it is from the reading (§4.1)."""
    if shift is not None:
        return _local(punched), shift
    error = clock_error(punched, received, measured)
    return _local(punched) - timedelta(seconds=error), -error


def _line(
    person: Employee, uses: Uses, moment: datetime, shift: int, row: tuple[Any, ...]
) -> TrailLine:
    given = row[5].astimezone(VN).replace(tzinfo=None)
    minute = moment.replace(second=0, tzinfo=None)
    use, remark = uses.of(str(person.pk), given=given, counted=minute, terminal=row[2])
    if row[12] is not None:
        told = _("Giờ do %(by)s hiệu chỉnh lúc %(at)s: %(reason)s") % {
            "by": row[14],
            "at": f"{_local(row[15]):%H:%M %d/%m/%Y}",
            "reason": row[13],
        }
        remark = f"{remark}; {told}" if remark else told
    return TrailLine(
        code=person.code,
        name=person.full_name,
        department=person.department.name,
        user_id=row[1],
        terminal=row[2],
        serial=row[3],
        device_time=row[4],
        counted_at=moment,
        shift_seconds=shift,
        verify=row[7],
        key=row[8],
        source=str(PullSource(row[9]).label),
        pull=row[10],
        received_at=_local(row[11]),
        use=use,
        remark=remark,
    )


def _manual(
    people: dict[int, Employee], uses: Uses, first: date, last: date
) -> Iterator[tuple[int, TrailLine]]:
    """What was entered by hand, standing or withdrawn."""
    punches = (
        ManualPunch.objects.filter(employee__in=list(people), **_moments(first, last))
        .select_related("by", "withdrawal__by")
        .order_by("punched_at", "pk")
    )
    for punch in punches:
        moment = _local(punch.punched_at)
        use, remark = _use_of_manual(punch, moment, uses)
        person = people[punch.employee_id]
        yield (
            punch.employee_id,
            TrailLine(
                code=person.code,
                name=person.full_name,
                department=person.department.name,
                user_id="",
                terminal="",
                serial="",
                device_time=None,
                counted_at=moment,
                shift_seconds=0,
                verify=None,
                key=None,
                source=_("nhập tay"),
                pull=None,
                received_at=_local(punch.at),
                use=use,
                remark=remark,
                reason=punch.reason,
                entered_by=str(punch.by),
            ),
        )


def _use_of_manual(punch: ManualPunch, moment: datetime, uses: Uses) -> tuple[str, str]:
    withdrawal = getattr(punch, "withdrawal", None)
    if withdrawal is None:
        given = moment.replace(tzinfo=None)
        return uses.of(str(punch.employee_id), given=given, counted=given, terminal=BY_HAND)
    told = _("%(by)s thu hồi lúc %(at)s: %(reason)s") % {
        "by": withdrawal.by,
        "at": f"{_local(withdrawal.at):%H:%M %d/%m/%Y}",
        "reason": withdrawal.reason,
    }
    return _("đã thu hồi"), told


def _after_lock(line: TrailLine, locks: dict[date, datetime]) -> TrailLine:
    """Of a closed month: what came later changes no row, only adjusts (§11)."""
    locked_at = locks.get(line.counted_at.date().replace(day=1))
    if locked_at is None or line.received_at <= locked_at:
        return line
    told = _("Đến sau khi khóa kỳ công: chỉ thành điều chỉnh.")
    remark = f"{line.remark}; {told}" if line.remark else told
    return replace(line, remark=remark)


def _with_setting_aside(punches: QuerySet[Punch]) -> QuerySet[Any]:
    """Until when and why their user ids were set aside, if they were."""
    known = UserIdSetAside.objects.filter(device_user_id=OuterRef("device_user_id"))
    newest = known.order_by("-pk")
    return punches.annotate(
        aside_upto=Subquery(newest.values("upto")[:1]),
        aside_reason=Subquery(newest.values("reason")[:1]),
    )


def _unknown(nobody: QuerySet[Punch]) -> Iterator[TrailLine]:
    punches = nobody.select_related("terminal", "pull", "correction__by")
    ordered = _with_setting_aside(punches).order_by("punched_at", "pk")
    for punch in ordered.iterator(chunk_size=_CHUNK):
        correction = punch.correction
        moment, shift = _counted(
            punch.punched_at,
            punch.received_at,
            punch.pull.clock_offset_seconds,
            correction.shift_seconds if correction else None,
        )
        is_aside = punch.aside_upto is not None and punch.punched_at <= punch.aside_upto
        yield TrailLine(
            code="",
            name="",
            department="",
            user_id=punch.device_user_id,
            terminal=punch.terminal.code,
            serial=punch.serial_number,
            device_time=punch.device_time,
            counted_at=moment,
            shift_seconds=shift,
            verify=punch.verify,
            key=punch.state,
            source=str(PullSource(punch.pull.source).label),
            pull=punch.pull_id,
            received_at=_local(punch.received_at),
            use=_("để riêng") if is_aside else _("chưa dùng"),
            remark=punch.aside_reason if is_aside else _("Mã chưa gắn với nhân viên nào ngày ấy."),
        )


def _parked(
    people: QuerySet[Employee], first: date, last: date, *, whole_company: bool
) -> Iterator[ParkedLine]:
    """Records set aside that came, or say they are, in the span; their readings may be nonsense."""
    moments = _moments(first, last)
    came = Q(received_at__gte=moments["punched_at__gte"], received_at__lt=moments["punched_at__lt"])
    says = Q(
        device_time__gte=datetime.combine(first, time.min),
        device_time__lt=datetime.combine(last + timedelta(days=1), time.min),
    )
    records = ParkedRecord.objects.filter(came | says)
    if not whole_company:
        ids = Enrolment.objects.filter(employee__in=people).values("device_user_id")
        records = records.filter(device_user_id__in=ids)
    found = (
        records.select_related("terminal", "pull")
        .prefetch_related("resolutions__correction__by", "resolutions__dismissal__by")
        .order_by("received_at", "pk")
    )
    for record in found.iterator(chunk_size=_CHUNK):
        yield _parked_line(record)


def _parked_line(record: ParkedRecord) -> ParkedLine:
    became, reason, by, at = _resolved(list(record.resolutions.all()))
    return ParkedLine(
        terminal=record.terminal.code,
        serial=record.serial_number,
        user_id=record.device_user_id,
        device_time=record.device_time,
        why=record.get_reason_display(),
        raw=_raw(bytes(record.raw), as_text=record.line is not None),
        line=record.line,
        source=str(PullSource(record.pull.source).label),
        pull=record.pull_id,
        received_at=_local(record.received_at),
        became=became,
        reason=reason,
        by=by,
        at=at,
    )


def _raw(content: bytes, *, as_text: bool) -> str:
    shown = content[:_RAW]
    text = shown.decode("utf-8", "backslashreplace") if as_text else shown.hex(" ")
    return text if len(content) <= _RAW else f"{text} … ({len(content)} byte)"


def _resolved(resolutions: Sequence[ParkedResolution]) -> tuple[str, str, str, datetime | None]:
    """What was decided: a correction counts before a dismissal. (decision, reason, by, at)"""
    for each in resolutions:
        if each.correction is not None:
            told = _("thành lượt chấm, giờ %(seconds)s giây so với máy") % {
                "seconds": f"{each.correction.shift_seconds:+}"
            }
            made = each.correction
            return told, made.reason, str(made.by), _local(made.at)
    for each in resolutions:
        if each.dismissal is not None:
            left = each.dismissal
            return _("bỏ qua"), left.reason, str(left.by), _local(left.at)
    return _("chưa quyết"), "", "", None


def _local(moment: datetime) -> datetime:
    return moment.astimezone(VN)
