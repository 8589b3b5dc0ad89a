"""The week in charts and tables, section by section. Pure."""

from django.urls import reverse
from msgspec.structs import replace

from attendance.figures import AttendanceSummary
from reporting.builders.content import (
    Blocks,
    Chart,
    Column,
    Form,
    Kind,
    Part,
    Row,
    Sentence,
    Sentences,
    Series,
    Table,
    figure,
    linked,
    row,
    total_of,
)
from reporting.builders.numbers import short_day, weekday
from reporting.builders.telling import count, of_many
from reporting.defining import Asked
from reporting.definitions.weekly_briefing.week import WeekRevenue, gain_amount, over_amount
from reporting.sections import rows_behind
from reporting.sections.people import departments_table, nobody, present_bps
from reporting.sections.sales import TODAYS_UNITS
from sales.figures import AgentDebt, DrawLine, Mover, Movers, SalesLine, WeeklySales

#: So many regions and debts on the page; the annex and the workbook have all of them.
REGIONS_SHOWN = 10
DEBTS_SHOWN = 10


def tickets_sold(asked: Asked, sales: WeeklySales, weeks: tuple[WeekRevenue, ...] | None) -> Blocks:
    if sales.is_empty:
        return ()
    charts = [_weeks_chart(weeks)] if weeks else []
    products = [_lines_table("Theo loại vé", "Loại vé", sales.products, sales.total)]
    return (
        *charts,
        _draws_chart(sales.draws),
        _draws_table(asked, sales),
        *(products if len(sales.products) > 1 else ()),
    )


def _weeks_chart(weeks: tuple[WeekRevenue, ...]) -> Chart:
    return Chart(
        title=f"Doanh thu {len(weeks)} tuần gần nhất",
        description="Doanh thu các tuần gần đây; tuần của báo cáo ở cuối.",
        form=Form.COLUMN,
        head="Tuần từ ngày",
        categories=tuple(short_day(week.first) for week in weeks),
        series=(Series("Doanh thu", tuple(week.revenue_amount for week in weeks)),),
        kind=Kind.MILLIONS,
        highlight_last=True,
        in_mail=True,
    )


def _draws_chart(draws: tuple[DrawLine, ...]) -> Chart:
    before = tuple(d.previous_week.revenue_amount if d.previous_week else None for d in draws)
    return Chart(
        title="Doanh thu từng kỳ quay",
        description="Doanh thu từng kỳ quay trong tuần và kỳ cùng thứ tuần trước.",
        form=Form.COLUMN,
        head="Kỳ quay",
        categories=tuple(f"{weekday(draw.date)} {short_day(draw.date)}" for draw in draws),
        series=(
            Series("Tuần này", tuple(draw.now.revenue_amount for draw in draws)),
            Series("Tuần trước", before, pale=True),
        ),
        kind=Kind.MILLIONS,
        beside=True,
    )


def _draws_table(asked: Asked, sales: WeeklySales) -> Table:
    columns = (
        Column("Ngày quay", Kind.DAY, in_mail=True),
        Column("Đài mở thưởng", Kind.TEXT),
        Column("Vé phát hành", Kind.TICKETS, adds=True),
        Column("Vé tiêu thụ", Kind.TICKETS, adds=True, in_mail=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Tuần trước", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Năm trước", Kind.MILLIONS, adds=True, on_paper=False),
    )
    now, total = sales.total.now, sales.total
    return Table(
        "Theo kỳ quay",
        columns,
        tuple(_draw_row(draw) for draw in sales.draws),
        row(
            "Cộng", None, now.issued, now.sold, now.sell_through_bps, now.revenue_amount,
            total.previous_week.before.revenue_amount, total.last_year.before.revenue_amount,
        ),
    )  # fmt: skip


def _draw_row(draw: DrawLine) -> Row:
    now, week, year = draw.now, draw.previous_week, draw.last_year
    return row(
        linked(draw.date, reverse("draw_result", args=[draw.date.isoformat()])),
        draw.host, now.issued, now.sold, now.sell_through_bps, now.revenue_amount,
        week.revenue_amount if week else None, year.revenue_amount if year else None,
    )  # fmt: skip


def regions(asked: Asked, sales: WeeklySales) -> Blocks:
    if sales.is_empty:
        return ()
    title = "Địa bàn theo doanh thu, từ cao đến thấp"
    table = _lines_table(title, "Địa bàn", sales.regions, sales.total, shown=REGIONS_SHOWN)
    table = replace(table, note=TODAYS_UNITS) if sales.in_todays_units else table
    return _regions_chart(sales.regions), table


def _regions_chart(regions: tuple[SalesLine, ...]) -> Chart:
    by_change = sorted(regions, key=lambda line: (-gain_amount(line), line.code))
    up = [line for line in by_change[:5] if gain_amount(line) > 0]
    down = [line for line in by_change[-5:] if gain_amount(line) < 0]
    return Chart(
        title="Địa bàn tăng và giảm nhiều nhất",
        description="Thay đổi doanh thu so với các kỳ tuần trước.",
        form=Form.BAR,
        head="Địa bàn",
        categories=tuple(line.name for line in up + down),
        series=(Series("Thay đổi", tuple(gain_amount(line) for line in up + down)),),
        kind=Kind.SIGNED_MILLIONS,
    )


def _lines_table(
    title: str, first: str, lines: tuple[SalesLine, ...], total: SalesLine, shown: int = 0
) -> Table:
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=9),
        Column(first, Kind.TEXT, in_mail=True),
        Column("Vé phát hành", Kind.TICKETS, adds=True),
        Column("Vé tiêu thụ", Kind.TICKETS, adds=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Tuần trước", Kind.MILLIONS, adds=True, on_paper=False),
        Column("So tuần trước", Kind.CHANGE, in_mail=True),
        Column("So năm trước", Kind.CHANGE, in_mail=True),
    )
    whole = Row(("", "Cộng", *_line_row(total).cells[2:]))
    return Table(
        title, columns, tuple(map(_line_row, lines)), whole, shown, in_mail=5 if shown else 0
    )


def _line_row(line: SalesLine) -> Row:
    now = line.now
    return row(
        line.code, line.name, now.issued, now.sold, now.sell_through_bps, now.revenue_amount,
        line.previous_week.before.revenue_amount, line.previous_week.revenue_change_bps,
        line.last_year.revenue_change_bps,
    )  # fmt: skip


def agents(asked: Asked, movers: Movers) -> Blocks:
    moved_most = (*movers.risers, *movers.fallers)
    if not moved_most:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Địa bàn", Kind.TEXT),
        Column("Tuần trước", Kind.MILLIONS, in_mail=True),
        Column("Tuần này", Kind.MILLIONS, in_mail=True),
        Column("Thay đổi", Kind.SIGNED_MILLIONS, in_mail=True),
    )
    title = "Đại lý tăng và giảm nhiều nhất so với các kỳ tuần trước"
    return (Table(title, columns, tuple(map(_mover_row, moved_most))),)


def _mover_row(mover: Mover) -> Row:
    name = linked(mover.name, reverse("agent", args=[mover.code]))
    return row(
        mover.code, name, mover.region, mover.before_amount, mover.now_amount, mover.change_amount
    )


def over_limit(asked: Asked, debts: tuple[AgentDebt, ...]) -> Blocks:
    if not debts:
        return ()
    columns = (
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Địa bàn", Kind.TEXT),
        Column("Dư nợ", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Hạn mức", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Vượt", Kind.MILLIONS, adds=True, in_mail=True),
    )
    rows = tuple(map(_debt_row, debts))
    whole = total_of("Cộng", columns, rows)
    title = "Đại lý vượt hạn mức công nợ"
    return (Table(title, columns, rows, whole, DEBTS_SHOWN, in_mail=5),)


def _debt_row(debt: AgentDebt) -> Row:
    name = linked(debt.name, reverse("statement", args=[debt.code]))
    return row(name, debt.code, debt.region, debt.debt_amount, debt.limit_amount, over_amount(debt))


def people_of_the_week(asked: Asked, people: AttendanceSummary) -> Blocks:
    if nobody(people):
        return ()
    return (_people_note(asked, people), _presence_chart(people), departments_table(people))


def _people_note(asked: Asked, people: AttendanceSummary) -> Sentences:
    newest = people.newest_punch_at
    strangers = count(people.unknown_punches, reverse("unknown_users"))
    vi: tuple[Part, ...] = ("; ", strangers, " lượt chấm chưa biết của ai")
    punches = of_many(people.unknown_punches, " punch", " punches")
    en: tuple[Part, ...] = ("; ", strangers, punches, " of unknown people")
    fresh = figure(newest, Kind.MOMENT)
    who = count(people.employees, rows_behind.timesheets(asked))
    questions = count(people.open_questions, rows_behind.timesheets(asked, questions=True))
    words = Sentence(
        (who, " nhân viên có lịch làm việc; ", questions, " ngày công còn phải làm rõ",
         *(vi if people.unknown_punches else ()), ". Lượt chấm mới nhất: ", fresh, "."),
        (who, of_many(people.employees, " employee", " employees"), " with a roster; ", questions,
         of_many(people.open_questions, " day", " days"), " still to be clarified",
         *(en if people.unknown_punches else ()), ". Newest punch: ", fresh, "."),
    )  # fmt: skip
    return Sentences((words,))


def _presence_chart(people: AttendanceSummary) -> Chart:
    lines = [line for line in people.departments if present_bps(line) is not None]
    return Chart(
        title="Tỷ lệ đi làm theo phòng ban",
        description="Số ngày đi làm trên số ngày phải làm, không kể phép và công tác.",
        form=Form.BAR,
        head="Phòng ban",
        categories=tuple(line.name for line in lines),
        series=(Series("Tỷ lệ đi làm", tuple(present_bps(line) for line in lines)),),
        kind=Kind.SHARE,
        beside=True,
    )
