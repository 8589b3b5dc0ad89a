"""Health of the terminals (tình trạng máy chấm công) in a week: contact, clocks, memory, punches."""

from collections.abc import Sequence

from django.urls import reverse

from attendance import figures as attendance_figures
from attendance.figures import TerminalHealth
from backend.shares import share_bps
from reporting.builders.content import (
    Blocks,
    Column,
    Kind,
    Row,
    Sentence,
    Sentences,
    Table,
    linked,
    row,
    total_of,
)
from reporting.builders.telling import count, of_many
from reporting.defining import Asked, Definition, SectionOf, Source, Words
from reporting.periods import PeriodKind

#: A clock further off than this is said to be wrong (as on the terminals' board).
CLOCK_SECONDS = 60
#: A memory this full is worth a look (as on the terminals' board).
FULL_BPS = 8_000
#: What asks the board for the terminals that need a look.
_TROUBLE = "chi=loi"


def _terminals(asked: Asked) -> tuple[TerminalHealth, ...]:
    return tuple(
        attendance_figures.terminal_health(first=asked.period.first, last=asked.period.last)
    )


def _did_something(terminals: Sequence[TerminalHealth]) -> bool:
    return any(each.good_pulls or each.failed_pulls or each.punches for each in terminals)


def _summary(asked: Asked, terminals: tuple[TerminalHealth, ...]) -> Blocks:
    if not _did_something(terminals):
        return ()
    used = [each for each in terminals if each.enabled]
    board = reverse("terminals")
    found = sum(terminal.punches for terminal in terminals)
    many, punches = count(len(used), board), count(found, board)
    failed = count(sum(each.failed_pulls > 0 for each in used), f"{board}?{_TROUBLE}")
    good = Sentence(
        (many, " máy đang dùng, ", punches, " lượt chấm trong kỳ; ", failed,
         " máy có lần liên lạc hỏng."),
        (many, of_many(len(used), " terminal in use, ", " terminals in use, "), punches,
         of_many(found, " punch", " punches"), " in the period; ", failed,
         " with failed contacts."),
    )  # fmt: skip
    return (Sentences((good, *_warnings(used))),)


def _warnings(used: Sequence[TerminalHealth]) -> list[Sentence]:
    """Clocks that are off, memories that fill, punches set aside: only where there are any."""
    look = f"{reverse('terminals')}?{_TROUBLE}"
    clocks = count(sum(_clock_is_off(each) for each in used), look)
    full = count(sum((_fill(each) or 0) >= FULL_BPS for each in used), look)
    parked = count(sum(each.parked for each in used), reverse("parked_records"))
    told = (
        (clocks, " máy lệch giờ quá một phút.",
         " terminal is off", " terminals are off", " by more than a minute."),
        (full, " máy đã dùng từ 80 % bộ nhớ.",
         " terminal has used", " terminals have used", " 80% of the memory."),
        (parked, " bản ghi để riêng chờ xử lý.",
         " record set aside waits", " records set aside wait", " for a decision."),
    )  # fmt: skip
    return [
        Sentence((number, vi), (number, of_many(number.value, one, many), en))
        for number, vi, one, many, en in told
        if isinstance(number.value, int) and number.value
    ]


def _clock_is_off(each: TerminalHealth) -> bool:
    return each.clock_offset_seconds is not None and abs(each.clock_offset_seconds) > CLOCK_SECONDS


def _fill(each: TerminalHealth) -> int | None:
    return share_bps(each.records or 0, each.record_capacity or 0)


def _each(asked: Asked, terminals: tuple[TerminalHealth, ...]) -> Blocks:
    if not _did_something(terminals):
        return ()
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=9),
        Column("Máy", Kind.TEXT, in_mail=True),
        Column("Địa điểm", Kind.TEXT),
        Column("Liên lạc gần nhất", Kind.MOMENT, in_mail=True),
        Column("Lần tốt", adds=True),
        Column("Lần hỏng", adds=True, in_mail=True),
        Column("Giờ không liên lạc được", adds=True),
        Column("Lượt chấm", adds=True, in_mail=True),
        Column("Lệch giờ (giây)", Kind.SIGNED, in_mail=True),
        Column("Bộ nhớ", Kind.SHARE),
        Column("Người dùng", Kind.COUNT, on_paper=False),
        Column("Để riêng", adds=True),
    )
    ordered = sorted(terminals, key=lambda each: (-each.failed_pulls, each.code))
    rows = tuple(map(_row, ordered))
    whole = Row(("", "Cộng", *total_of("", columns, rows).cells[2:]))
    return (Table("Từng máy, hỏng nhiều trước", columns, rows, whole, in_mail=10),)


def _row(each: TerminalHealth) -> Row:
    name = each.name if each.enabled else f"{each.name} (không dùng)"
    return row(
        each.code, linked(name, reverse("terminal", args=[each.code])), each.site,
        each.last_contact_at, each.good_pulls, each.failed_pulls, each.silent_hours, each.punches,
        each.clock_offset_seconds, _fill(each), each.users, each.parked,
    )  # fmt: skip


REPORT = Definition(
    code="terminal-health",
    slug="may-cham-cong",
    title=Words("Tình trạng máy chấm công", "Health of the terminals,"),
    short=Words("Máy chấm công", "Terminals"),
    period=PeriodKind.WEEK,
    capability="terminals.view",
    datasets={"terminals": _terminals},
    sections=(
        SectionOf("summary", "Tóm tắt", _summary, needs=("terminals",)),
        SectionOf("terminals", "Từng máy", _each, needs=("terminals",)),
    ),
    sources=frozenset({Source.TERMINALS}),
    remarks=(
        "Lượt chấm và số lần liên lạc là của kỳ; đồng hồ, bộ nhớ, để riêng là lúc chốt số liệu.",
    ),
    about=Words(
        "Liên lạc tốt và hỏng, lượt chấm, lệch giờ, bộ nhớ từng máy.",
        "Good and failed contacts, punches, clocks and memory of each terminal.",
    ),
)
