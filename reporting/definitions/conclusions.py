"""What became of the conclusions of briefings (theo dõi thực hiện kết luận) in a week."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.urls import reverse

from backend.clock import VN
from reporting.builders.content import (
    Blocks,
    Column,
    Figure,
    Kind,
    Row,
    Sentence,
    Sentences,
    Table,
    linked,
    row,
    total_of,
)
from reporting.builders.speaking import english
from reporting.builders.telling import count, of_many
from reporting.defining import Asked, Definition, SectionOf, Words
from reporting.models import Conclusion, Task
from reporting.periods import PeriodKind
from reporting.sections import rows_behind
from reporting.tasks.following_up import TaskLine, task_lines
from reporting.tasks.states import ENDED, State

#: Rows the page and the paper show before the annex.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Conclusions of the period, tasks that ended in it, and those open when it was frozen."""

    decided: int
    ended: Sequence[TaskLine]
    open: Sequence[TaskLine]

    @property
    def is_empty(self) -> bool:
        return not (self.decided or self.ended or self.open)

    @property
    def late(self) -> list[TaskLine]:
        return [line for line in self.open if line.days_late]


def _follow_up(asked: Asked) -> FollowUp:
    start = datetime.combine(asked.period.first, time.min, tzinfo=VN)
    end = asked.period.ends_at
    ended = Task.objects.filter(
        state__in=sorted(ENDED), changed_at__gte=start, changed_at__lt=end
    ).order_by("changed_at", "pk")
    return FollowUp(
        decided=Conclusion.objects.filter(at__gte=start, at__lt=end).count(),
        ended=task_lines(ended, at=asked.cut_off_at),
        open=task_lines(Task.objects.open(), at=asked.cut_off_at),
    )


def _summary(asked: Asked, found: FollowUp) -> Blocks:
    if found.is_empty:
        return ()
    decided = count(found.decided, rows_behind.tasks(asked, "ket-luan"))
    ended = count(len(found.ended), rows_behind.tasks(asked, "da-xong"))
    still, late = count(len(found.open), _tasks()), count(len(found.late), _tasks("qua-han"))
    whole = Sentence(
        (decided, " kết luận trong kỳ, ", ended, " việc kết thúc; còn ", still, " việc mở, ",
         late, " quá hạn."),
        (decided, of_many(found.decided, " conclusion", " conclusions"), " in the period, ", ended,
         of_many(len(found.ended), " task", " tasks"), " ended; ", still,
         of_many(len(found.open), " is", " are"), " open, ", late, " of them overdue."),
    )  # fmt: skip
    return (Sentences((whole, *_waiting(found), *_latest(found))),)


def _waiting(found: FollowUp) -> list[Sentence]:
    waiting = sum(line.state is State.REPORTED for line in found.open)
    number = count(waiting, _tasks("cho-xac-nhan"))
    vi = " việc báo xong, chờ xác nhận."
    what = of_many(waiting, " task is reported done and waits", " tasks are reported done and wait")
    en = f"{what} for confirmation."
    return [Sentence((number, vi), (number, en))] if waiting else []


def _latest(found: FollowUp) -> list[Sentence]:
    """Whose task has been overdue longest."""
    if not found.late:
        return []
    worst = max(found.late, key=lambda line: line.days_late)
    days = count(worst.days_late, reverse("task", args=[worst.task.pk]))
    vi, en = (f"{owners}: “{worst.task}”" for owners in (worst.owners, english(worst.owners)))
    return [
        Sentence(
            ("Quá hạn lâu nhất, ", days, f" ngày, là việc của {vi}."),
            ("Overdue longest, by ", days, of_many(worst.days_late, " day", " days"), f": {en}."),
        )
    ]


def _open(asked: Asked, found: FollowUp) -> Blocks:
    if not found.open:
        return ()
    columns = (
        Column("Việc", Kind.TEXT, in_mail=True, width=50),
        Column("Đơn vị thực hiện", Kind.TEXT, in_mail=True, width=30),
        Column("Hạn", Kind.DAY, in_mail=True),
        Column("Số ngày quá hạn", in_mail=True),
        Column("Trạng thái", Kind.TEXT, in_mail=True),
        Column("Tiến độ", Kind.SHARE),
        *_KPI,
    )
    rows = tuple(
        row(
            _name(line), line.owners, line.due, line.days_late or None, _STATES[line.state],
            line.percent * 100, line.kpi, line.kpi_then, line.kpi_now,
        )
        for line in found.open
    )  # fmt: skip
    return (Table("Việc còn mở, hạn gần trước", columns, rows, shown=SHOWN, in_mail=10),)


def _ended(asked: Asked, found: FollowUp) -> Blocks:
    if not found.ended:
        return ()
    columns = (
        Column("Việc", Kind.TEXT, in_mail=True, width=50),
        Column("Đơn vị thực hiện", Kind.TEXT, in_mail=True, width=30),
        Column("Hạn", Kind.DAY, in_mail=True),
        Column("Kết thúc", Kind.DAY, in_mail=True),
        Column("Trạng thái", Kind.TEXT, in_mail=True),
        *_KPI,
    )
    rows = tuple(
        row(
            _name(line), line.owners, line.due, line.task.changed_at.astimezone(VN).date(),
            _STATES[line.state], line.kpi, line.kpi_then, line.kpi_now,
        )
        for line in found.ended
    )  # fmt: skip
    return (Table("Việc kết thúc trong kỳ", columns, rows, shown=SHOWN, in_mail=10),)


def _units(asked: Asked, found: FollowUp) -> Blocks:
    """Each task is its leading unit's, so that the totals are those of the summary."""
    still, late, ended = (
        Counter(map(_lead, each)) for each in (found.open, found.late, found.ended)
    )
    names = sorted(still.keys() | ended.keys(), key=lambda name: (-late[name], -still[name], name))
    if not names:
        return ()
    columns = (
        Column("Đơn vị chủ trì", Kind.TEXT, in_mail=True, width=30),
        Column("Còn mở", adds=True, in_mail=True),
        Column("Quá hạn", adds=True, in_mail=True),
        Column("Kết thúc trong kỳ", adds=True, in_mail=True),
    )
    rows = tuple(row(name, still[name], late[name], ended[name]) for name in names)
    whole: Row = total_of("Cộng", columns, rows)
    return (Table("Theo đơn vị chủ trì", columns, rows, whole, in_mail=10),)


def _lead(line: TaskLine) -> str:
    return next(str(owner.unit) for owner in line.task.owners.all() if owner.is_lead)


def _name(line: TaskLine) -> Figure:
    return linked(line.task.conclusion.text, reverse("task", args=[line.task.pk]))


def _tasks(which: str = "") -> str:
    return reverse("tasks") + (f"?loc={which}" if which else "")


_STATES = {
    State.NEW: "mới giao",
    State.DOING: "đang làm",
    State.REPORTED: "chờ xác nhận",
    State.CONFIRMED: "đã xong",
    State.CANCELLED: "đã hủy",
}
_KPI = (
    Column("Chỉ tiêu", Kind.TEXT),
    Column("Khi quyết định", Kind.TEXT),
    Column("Tuần gần nhất", Kind.TEXT),
)

REPORT = Definition(
    code="conclusions",
    slug="ket-luan",
    title=Words("Theo dõi thực hiện kết luận", "Follow-up of conclusions,"),
    short=Words("Thực hiện kết luận", "Conclusions"),
    period=PeriodKind.WEEK,
    capability="briefings.manage",
    datasets={"follow_up": _follow_up},
    sections=(
        SectionOf("summary", "Tóm tắt", _summary, needs=("follow_up",)),
        SectionOf(
            "open", "Việc còn mở", _open, needs=("follow_up",), nothing="Không còn việc nào mở."
        ),
        SectionOf("units", "Theo đơn vị", _units, needs=("follow_up",)),
        SectionOf(
            "ended",
            "Việc kết thúc",
            _ended,
            needs=("follow_up",),
            nothing="Không có việc nào kết thúc trong kỳ.",
        ),
    ),
    remarks=(
        "Kết luận và việc kết thúc là của kỳ; việc còn mở và quá hạn là lúc chốt số liệu.",
        "Chỉ tiêu là của tuần trọn gần nhất, bên cạnh tuần trước khi kết luận.",
    ),
    about=Words(
        "Kết luận giao ban: việc còn mở, quá hạn, đã xong theo đơn vị, chỉ tiêu trước và nay.",
        "Conclusions of briefings: tasks open, overdue and done by unit, figures then and now.",
    ),
)
